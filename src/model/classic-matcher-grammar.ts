/**
 * The classic grammar of matchers: `{foo="bar", baz=~x.*}` with Prometheus' classic label names, tolerant of missing
 * quotes, unbalanced braces and stray backslashes. Accepts and refuses what Alertmanager's does, in the same words.
 */
import { Matcher, type MatcherType } from './matcher.ts';
import { excerpt, MatcherParseError } from './matcher-parse-error.ts';
import { RegexError } from './regex.ts';

/** `=~` stands before `=`, which would leave the tilde to the value. */
const NAME_AND_OPERATOR = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)/;
/** What Go's `\s` means, which is less than JavaScript's. */
const ASCII_SPACE = /[\t\n\f\r ]/;
const WHITE_SPACE = /\p{White_Space}/u;

/** Throws MatcherParseError. One brace at each end is cut off, whether or not there is one at the other. */
export function parseClassicMatchers(input: string): readonly Matcher[] {
  return splitAtCommas(input.replace(/^\{/, '').replace(/\}$/, '')).map(parseClassicMatcher);
}

/** Only commas outside double quotes separate; what is left after the last one may be blank. */
function splitAtCommas(list: string): readonly string[] {
  const pieces: string[] = [];
  let pieceStart = 0;
  let isQuoted = false;
  let isEscaped = false;
  for (let index = 0; index < list.length; index++) {
    const character = list[index];
    if (character === ',') {
      // A comma leaves an escape standing, as in Alertmanager.
      if (isQuoted) continue;
      pieces.push(list.slice(pieceStart, index));
      pieceStart = index + 1;
    } else if (character === '\\') {
      isEscaped = !isEscaped;
    } else {
      if (character === '"' && !isEscaped) isQuoted = !isQuoted;
      isEscaped = false;
    }
  }
  const last = trim(list.slice(pieceStart), WHITE_SPACE);
  return last === '' ? pieces : [...pieces, last];
}

/** Throws MatcherParseError. No braces here: they are part of the value. */
export function parseClassicMatcher(input: string): Matcher {
  const match = NAME_AND_OPERATOR.exec(input);
  if (match === null) throw new MatcherParseError(`bad matcher format: ${excerpt(input)}`);
  const [head, name = '', operator] = match;
  const value = unescapeValue(trim(input.slice(head.length), ASCII_SPACE));
  try {
    return new Matcher(operator as MatcherType, name, value);
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    throw new MatcherParseError(cause.message, { cause });
  }
}

/** OpenMetrics escapes; any other backslash stands for itself. The quotes around the value are optional, but go in pairs. */
function unescapeValue(raw: string): string {
  const hasQuote = raw.startsWith('"');
  const text = hasQuote ? raw.slice(1) : raw;
  let value = '';
  let isClosed = !hasQuote;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    const isLast = index === text.length - 1;
    if (character === '\\' && !isLast) {
      index++;
      const escaped = text[index] as string;
      value += escaped === 'n' ? '\n' : escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
    } else if (character === '"') {
      if (isClosed || !isLast) throw unescapedQuote(raw);
      isClosed = true;
    } else value += character;
  }
  if (!isClosed) throw unescapedQuote(raw);
  return value;
}

function unescapedQuote(raw: string): MatcherParseError {
  return new MatcherParseError(`matcher value contains unescaped double quote: ${excerpt(raw)}`);
}

/** By hand, since a regular expression for the end of a text tries again at every white space inside it. */
function trim(text: string, space: RegExp): string {
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text[start] as string)) start++;
  while (end > start && space.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}
