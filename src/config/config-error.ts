/** What is wrong with a configuration, where, and what to do about it: one error a line, all of them at once. */

import { escapeUnprintableJson, stripUnprintable } from '../model/printable-text.ts';

/** From the top of the file to a value: keys and list indexes. */
export type ConfigPath = readonly (string | number)[];

export interface ConfigError {
  /** 1-based. Absent when the file as a whole is meant. */
  readonly line?: number;
  /** 1-based, in UTF-16 units. Absent without a line. */
  readonly column?: number;
  /** `route.routes[2].group_wait`; '' for the whole file. */
  readonly path: string;
  /** What is wrong and what to do; never holds a secret. */
  readonly message: string;
}

/** Beyond this a file is of another kind, and a longer list helps nobody. */
const MOST_ERRORS = 1000;

const LONGEST_MESSAGE = 500;

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const SECRET_KEY = /(?:password|secrets?|token|token_id|credentials|key|url)$/;

/**
 * `receivers[0].webhook_configs[1].url`; keys that are no plain words are quoted: `route.match["a.b"]`. Ends at a key that
 * holds a secret: below it there are keys only if the secret itself was mistaken for YAML.
 */
export function formatPath(path: ConfigPath): string {
  let formatted = '';
  let inSecret = false;
  for (const step of path) {
    if (inSecret && typeof step === 'string') break;
    inSecret ||= typeof step === 'string' && SECRET_KEY.test(step);
    if (typeof step === 'number') formatted += `[${step}]`;
    else if (!PLAIN_KEY.test(step)) formatted += `[${quoted(step)}]`;
    else formatted += formatted === '' ? step : `.${step}`;
  }
  return formatted;
}

/** A value in a message: quoted, escaped and cut. Never for values that may be secret. */
export function quoted(value: string): string {
  return escapeUnprintableJson(JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value));
}

/** Whoever wrote a message may have put a value of the file in it: this keeps it printable, short and on one line. */
export function messageLine(message: string): string {
  const line = stripUnprintable(message.slice(0, LONGEST_MESSAGE));
  return message.length > LONGEST_MESSAGE ? `${line}…` : line;
}

/** By place, each once, at most a thousand and then a word on how many more there are. */
export function sortedErrors(errors: readonly ConfigError[]): readonly ConfigError[] {
  const seen = new Set<string>();
  const unique = errors.filter((error) => {
    const identity = JSON.stringify([error.line, error.path, error.message]);
    return !seen.has(identity) && seen.add(identity);
  });
  const sorted = unique.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const last = sorted[MOST_ERRORS - 1];
  if (last === undefined || sorted.length === MOST_ERRORS) return sorted;
  const rest = sorted.length - MOST_ERRORS + 1;
  return [...sorted.slice(0, MOST_ERRORS - 1), { ...last, path: '', message: `and ${rest} more errors from here on` }];
}

/** `line 12: route.routes[1]: …`: what is only doubtful is told by programs that say the file themselves. */
export function formatWarning({ line, path, message }: ConfigError): string {
  return [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path]), message].join(': ');
}

/** `tocsin.yml:12: route.receiver: …` or `tocsin.yml: …`, one line an error, without a line feed at the end. */
export function formatConfigErrors(fileName: string, errors: readonly ConfigError[]): string {
  return errors
    .map(({ line, path, message }) => {
      const place = line === undefined ? fileName : `${fileName}:${line}`;
      return [place, ...(path === '' ? [] : [path]), message].join(': ');
    })
    .join('\n');
}
