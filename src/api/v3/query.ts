/** The query parameters of API v3. What cannot be understood is refused by name: a mistyped filter must not show everything. */
import type { Matcher } from '../../model/matcher.ts';
import { isAffordable, madeAffordably, TOO_COSTLY } from '../../model/matcher-cost.ts';
import { MatcherParseError, parseMatcher } from '../../model/matcher-parser.ts';
import type { ApiContext } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { problem } from './problem.ts';

/** The matchers of the repeatable parameter `filter`, each of which holds one; or the 400 that says which is wrong. */
export function readFilters(context: ApiContext, options: MatcherQueryOptions): readonly Matcher[] | Response {
  const matchers = parseMatcherTexts(context.req.queries('filter') ?? [], options);
  return typeof matchers === 'string' ? problem(400, `filter: ${matchers}`) : matchers;
}

/** The matchers, or what is wrong with one of them. */
export function parseMatcherTexts(
  texts: readonly string[],
  { matcherSyntax, maxFilters }: MatcherQueryOptions,
): readonly Matcher[] | string {
  if (texts.length > maxFilters) return `${texts.length} matchers are too many; give at most ${maxFilters}`;
  try {
    const matchers = madeAffordably(() => texts.map((text) => parseMatcher(text, matcherSyntax).matcher));
    return isAffordable(matchers) ? matchers : TOO_COSTLY;
  } catch (error) {
    if (error instanceof MatcherParseError || (error instanceof Error && error.name === 'RegexError')) {
      return error.message;
    }
    throw error;
  }
}

/** A whole number within its bounds; of a parameter given several times the last one counts. */
export function readNumber(
  context: ApiContext,
  name: string,
  { least, most, byDefault }: { readonly least: number; readonly most: number; readonly byDefault: number },
): number | Response {
  const text = context.req.queries(name)?.at(-1) ?? '';
  if (text === '') return byDefault;
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= least && number <= most) return number;
  return problem(400, `${name} must be a whole number from ${least} to ${most}, not ${quoted(text)}`);
}

/** The words of a repeatable parameter; all of `words` if none is given. */
export function readWords<Word extends string>(
  context: ApiContext,
  name: string,
  words: readonly Word[],
): ReadonlySet<Word> | Response {
  const given = (context.req.queries(name) ?? []).filter((text) => text !== '');
  if (given.length === 0) return new Set(words);
  const unknown = given.find((text) => !words.includes(text as Word));
  if (unknown !== undefined) return problem(400, `${name} must be one of ${words.join(', ')}, not ${quoted(unknown)}`);
  return new Set(given as Word[]);
}

/** The last of a parameter given several times, cut to what anybody would type; '' if there is none. */
export function readText(context: ApiContext, name: string): string {
  return (context.req.queries(name)?.at(-1) ?? '').slice(0, LONGEST_TEXT);
}

const LONGEST_TEXT = 1_000;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
