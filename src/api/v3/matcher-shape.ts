/** Matchers as API v3 shows them: taken apart, and as they are written. */
import type { Matcher } from '../../model/matcher.ts';
import type { MatcherShape } from '../../shapes/terms.ts';

export function shownMatcher(matcher: Matcher): MatcherShape {
  return { name: matcher.name, type: matcher.type, value: matcher.value, text: matcher.toString() };
}
