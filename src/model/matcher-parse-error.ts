/** What every matcher grammar throws for a text it cannot read. */

/** Longer texts are cut where a message repeats them. */
const LONGEST_EXCERPT = 200;

/** The message says what was expected and, in the UTF-8 grammar, at which `start:end:` columns, counted in characters from 0. */
export class MatcherParseError extends Error {
  override readonly name = 'MatcherParseError';
}

export function excerpt(text: string): string {
  return text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT).toWellFormed()}…` : text;
}
