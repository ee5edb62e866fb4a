/**
 * Matchers from text. There are two grammars, and most texts mean the same in both; by default, as in Alertmanager, a
 * text is read in both and the classic meaning wins where they disagree, with a warning.
 */
import { parseClassicMatcher, parseClassicMatchers } from './classic-matcher-grammar.ts';
import { formatMatchers, type Matcher, sameMatchers } from './matcher.ts';
import { excerpt, MatcherParseError } from './matcher-parse-error.ts';
import { parseUtf8Matchers } from './utf8-matcher-grammar.ts';

export { MatcherParseError } from './matcher-parse-error.ts';

/** `fallback` is the default of Alertmanager, the others its `utf8-strict-mode` and `classic-mode`. */
export type MatcherSyntax = 'fallback' | 'utf8' | 'classic';

export interface ParsedMatchers {
  /** In the order of the text. */
  readonly matchers: readonly Matcher[];
  /** To be logged: the text is read in a way that will end one day; says how to write it instead. */
  readonly warning?: string;
}

/** The longest filter or matcher seen in the wild is a few kilobytes; this bounds the work on a hostile one. */
const LONGEST_INPUT = 100_000;

/** A list in one text, in braces or not; '' and `{}` are the empty list. Throws {@link MatcherParseError}. */
export function parseMatchers(text: string, syntax: MatcherSyntax = 'fallback'): ParsedMatchers {
  checkText(text);
  if (syntax === 'utf8') return { matchers: parseUtf8Matchers(text) };
  if (syntax === 'classic') return { matchers: parseClassicMatchers(text) };
  return reconcile(
    text,
    () => parseUtf8Matchers(text),
    () => parseClassicMatchers(text),
  );
}

/**
 * Exactly one, as in a filter or a command-line argument. Braces are refused, but in the classic syntax a closing one
 * is part of the value. Throws {@link MatcherParseError}.
 */
export function parseMatcher(
  text: string,
  syntax: MatcherSyntax = 'fallback',
): { readonly matcher: Matcher; readonly warning?: string } {
  checkText(text);
  if (syntax === 'classic') return { matcher: parseClassicMatcher(text) };
  if (text.startsWith('{') || text.endsWith('}')) {
    throw new MatcherParseError(`unexpected open or close brace: ${excerpt(text)}`);
  }
  if (syntax === 'utf8') return { matcher: parseUtf8Matcher(text) };
  const { matchers, ...warning } = reconcile(
    text,
    () => [parseUtf8Matcher(text)],
    () => [parseClassicMatcher(text)],
  );
  return { matcher: matchers[0] as Matcher, ...warning };
}

function parseUtf8Matcher(text: string): Matcher {
  const matchers = parseUtf8Matchers(text);
  const [matcher] = matchers;
  if (matcher === undefined) throw new MatcherParseError('no matchers');
  if (matchers.length > 1) throw new MatcherParseError(`expected 1 matcher, found ${matchers.length}`);
  return matcher;
}

function checkText(text: string): void {
  if (text.length > LONGEST_INPUT) {
    throw new MatcherParseError(
      `matchers of ${text.length} characters are too long; at most ${LONGEST_INPUT} are read`,
    );
  }
  if (!text.isWellFormed()) throw new MatcherParseError('matchers are not valid UTF-8');
}

type Attempt = readonly Matcher[] | MatcherParseError;

function reconcile(text: string, utf8: () => readonly Matcher[], classic: () => readonly Matcher[]): ParsedMatchers {
  const asUtf8 = attempt(utf8);
  const asClassic = attempt(classic);
  if (asClassic instanceof MatcherParseError) {
    // People know the classic syntax, so its complaint is the one that helps.
    if (asUtf8 instanceof MatcherParseError) throw asClassic;
    return { matchers: asUtf8 };
  }
  if (asUtf8 instanceof MatcherParseError) {
    return { matchers: asClassic, warning: incompatible(text, asClassic, asUtf8) };
  }
  if (sameMatchers(asUtf8, asClassic)) return { matchers: asUtf8 };
  return { matchers: asClassic, warning: ambiguous(text, asUtf8, asClassic) };
}

function attempt(parse: () => readonly Matcher[]): Attempt {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MatcherParseError) return error;
    throw error;
  }
}

function incompatible(text: string, matchers: readonly Matcher[], error: MatcherParseError): string {
  const suggestion = matchers.join(',');
  return (
    `matchers ${excerpt(text)} are only valid in the classic syntax, which will go away (${error.message}); ` +
    `to keep their meaning, write ${suggestion}`
  );
}

function ambiguous(text: string, utf8: readonly Matcher[], classic: readonly Matcher[]): string {
  return (
    `matchers ${excerpt(text)} mean ${formatMatchers(classic)} in the classic syntax, which is used, but ` +
    `${formatMatchers(utf8)} in the UTF-8 syntax; to mean the same in both, write ${classic.join(',')}`
  );
}
