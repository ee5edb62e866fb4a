/** Labels and matchers as they stand on a command line: `node=web-1`, `severity=~"a|b"`, or a bare alertname first. */

import { errorText } from '../model/error-text.ts';
import { goQuote, type Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { parseMatcher } from '../model/matcher-parser.ts';
import { CommandError } from './command-error.ts';

/** Filters for the node, which parses them itself. */
export function parseFilterWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => (index === 0 && isBare(word) ? `alertname=${goQuote(word)}` : word));
}

export interface MatcherWords {
  readonly matchers: readonly Matcher[];
  /** Where a word is read in a way its writer may not have meant. */
  readonly warnings: readonly string[];
}

/** Throws CommandError naming the word that is no matcher. */
export function parseMatcherWords(words: readonly string[]): MatcherWords {
  const parsed = parseFilterWords(words).map((word) => {
    try {
      return parseMatcher(word);
    } catch (cause) {
      const how = 'write name=value, name!=value, name=~regex or name!~regex';
      throw new CommandError(2, `${JSON.stringify(word)} is no matcher: ${errorText(cause)}; ${how}`, { cause });
    }
  });
  return {
    matchers: parsed.map(({ matcher }) => matcher),
    warnings: parsed.flatMap(({ warning }) => (warning === undefined ? [] : [warning])),
  };
}

/**
 * `name=value` words; the value may stand in double quotes, as in amtool. `bareWordIs` names the label a first word
 * without `=` is the value of. Throws CommandError naming the word that is wrong.
 */
export function parseLabelWords(words: readonly string[], { bareWordIs }: { bareWordIs?: string } = {}): Labels {
  const labels = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const isAlertname = index === 0 && bareWordIs !== undefined && isBare(word);
    const [name, value] = isAlertname ? [bareWordIs, word] : parseLabelWord(word);
    if (labels.has(name)) throw new CommandError(2, `${name} is given twice; give each name once`);
    labels.set(name, value);
  }
  return Object.fromEntries(labels);
}

function parseLabelWord(word: string): readonly [name: string, value: string] {
  const equals = word.indexOf('=');
  if (equals < 1) throw new CommandError(2, `${JSON.stringify(word)} is no label; write name=value`);
  const name = word.slice(0, equals);
  const value = word.slice(equals + 1);
  if (name.endsWith('!') || value.startsWith('~')) {
    throw new CommandError(2, `${JSON.stringify(word)} is a matcher, but a label has one value; write name=value`);
  }
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return [name.trim(), value];
  try {
    const { matcher } = parseMatcher(word);
    return [matcher.name, matcher.value];
  } catch {
    // Quotes that are part of the value: `"this" and "that"`.
    return [name.trim(), value];
  }
}

function isBare(word: string): boolean {
  return !/[=~]/.test(word);
}
