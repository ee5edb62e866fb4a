/** A matcher: one condition on one label. A list of them is a conjunction; printing is part of route and group keys. */
import { goQuote } from './go-quote.ts';
import { compareText, type Labels, labelValue } from './labels.ts';
import { type AnchoredRegex, compileRegex } from './regex.ts';

export type MatcherType = '=' | '!=' | '=~' | '!~';

/** The form matchers have in the API and in stored silences. */
export interface MatcherJson {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** All types, in the order in which matchers are sorted. */
export const TYPE_ORDER: readonly MatcherType[] = ['=', '!=', '=~', '!~'];

/** Names with these characters are quoted when printed, since the classic grammar cannot read them bare. */
const RESERVED_IN_NAME = /[\p{White_Space}{}!=~,\\"'`]/u;

export class Matcher {
  readonly type: MatcherType;
  readonly name: string;
  readonly value: string;
  readonly #regex: AnchoredRegex | undefined;

  /** Throws RegexError if the type asks for a regular expression and the value is none. */
  constructor(type: MatcherType, name: string, value: string) {
    this.type = type;
    this.name = name;
    this.value = value;
    this.#regex = type === '=~' || type === '!~' ? compileRegex(value) : undefined;
  }

  /** Throws RegexError. `isEqual` is true when absent, as in Alertmanager's API. */
  static fromJson(json: Omit<MatcherJson, 'isEqual'> & { readonly isEqual?: boolean | undefined }): Matcher {
    const isEqual = json.isEqual ?? true;
    const type = json.isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
    return new Matcher(type, json.name, json.value);
  }

  toJson(): MatcherJson {
    const { type, name, value } = this;
    return { name, value, isRegex: type === '=~' || type === '!~', isEqual: type === '=' || type === '=~' };
  }

  /** A missing label counts as the empty value, for all four types. */
  matches(labels: Labels): boolean {
    return this.matchesValue(labelValue(labels, this.name));
  }

  matchesValue(value: string): boolean {
    switch (this.type) {
      case '=':
        return value === this.value;
      case '!=':
        return value !== this.value;
      case '=~':
        return this.#regex?.test(value) === true;
      case '!~':
        return this.#regex?.test(value) === false;
    }
  }

  toString(): string {
    return RESERVED_IN_NAME.test(this.name)
      ? goQuote(this.name) + this.type + goQuote(this.value)
      : `${this.name}${this.type}"${escapeValue(this.value)}"`;
  }
}

/** OpenMetrics escaping: backslash, line feed and double quote, nothing else. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** True for an empty list: nothing is demanded. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  for (const matcher of matchers) if (!matcher.matches(labels)) return false;
  return true;
}

/** `{m1,m2}` without spaces, in the given order: the form inside route keys. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.join(',')}}`;
}

/** By name, then value, then type in the order `=`, `!=`, `=~`, `!~`. */
export function compareMatchers(a: Matcher, b: Matcher): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.value, b.value) ||
    TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type)
  );
}

/** A sorted copy. */
export function sortMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  return matchers.toSorted(compareMatchers);
}

/** Whether both hold the same matchers in the same order. */
export function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  return a.length === b.length && a.every((matcher, index) => isSameMatcher(matcher, b[index]));
}

function isSameMatcher(a: Matcher, b: Matcher | undefined): boolean {
  return a.type === b?.type && a.name === b.name && a.value === b.value;
}
