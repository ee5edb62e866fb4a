/**
 * Regular expressions of users: RE2 syntax in Go's dialect, in linear time whatever pattern and value are. No user's
 * pattern ever reaches the platform's own engine, which backtracks.
 */
import { RE2JS } from 're2js';
import { regexSize } from './regex-size.ts';
import { matchesGlob, type WildcardRegex, wildcardRegex } from './regex-wildcard.ts';

/** A pattern that cannot be compiled; the message says what is wrong with it, in Go's words. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}

/** A pattern that has to match the whole value. `.` does not match a line feed. */
export interface AnchoredRegex {
  test(value: string): boolean;
}

/** A pattern that may match anywhere, as in templates. */
export interface UnanchoredRegex {
  test(text: string): boolean;
  /**
   * As Go's `Regexp.ReplaceAllString`: `$1`, `$name`, `${1}` and `${name}` stand for groups, which are empty if there is
   * no such group, `$$` for a dollar. A bare name is as long as it can be: `$1x` means `${1x}`.
   */
  replaceAll(text: string, replacement: string): string;
}

export const TOO_COSTLY =
  'its regular expressions take too long to match; use fewer or smaller repetitions, or plain alternatives';

/** Enough for thousands of host names in one pattern. */
const LONGEST_PATTERN = 100_000;
/** Keep matching one value of a hundred characters below a tenth of a second for the worst pattern found. */
const MOST_STEPS = 100_000;
const MOST_STEPS_WITH_BRANCHES = 20_000;
const MOST_BRANCHES = 2_000;
/** A class like `\pL` stands for hundreds of ranges, and the end of a `[:` is looked for in all the rest of the pattern. */
const MOST_NAMED_CLASSES = 1_000;
const NAMED_CLASS = /\[:|\\[pP]/g;

/** What the patterns compiled now may still cost together; infinite outside of {@link withinRegexCost}. */
let costLeft = Number.POSITIVE_INFINITY;

/**
 * Does what compiles patterns of strangers. Once they cost more than `most` together (see {@link regexCost}), each further
 * one is refused with a RegexError before anything is compiled: a unit takes some 4 µs, and nothing else happens meanwhile.
 */
export function withinRegexCost<Result>(most: number, compile: () => Result): Result {
  const before = costLeft;
  costLeft = Math.min(most, before);
  try {
    return compile();
  } finally {
    costLeft = before;
  }
}

/** Compiles `^(?:pattern)$`, as Alertmanager does. Throws {@link RegexError}. */
export function compileRegex(pattern: string): AnchoredRegex {
  checkLength(pattern);
  if (costLeft !== Number.POSITIVE_INFINITY) {
    costLeft -= regexCost(pattern);
    if (costLeft < 0) throw new RegexError(TOO_COSTLY);
  }
  const wildcard = textsOnly(pattern);
  if (wildcard === undefined) return compileRe2(`^(?:${pattern})$`);
  const { exact, globs } = wildcard;
  if (globs.length === 0) return { test: (value) => exact.has(value) };
  return {
    // No wildcard goes over a line feed, and `textsOnly` saw to it that no text of a glob holds one.
    test: (value) => exact.has(value) || (!value.includes('\n') && globs.some((glob) => matchesGlob(glob, value))),
  };
}

/**
 * What matching a value of 16 KiB, the longest label, costs at worst, in steps of about 0.1 ms; 0 if only texts are
 * compared. For patterns of strangers: one of 30 000 can hold up everything for seconds.
 */
export function regexCost(pattern: string): number {
  if (textsOnly(pattern) !== undefined) return 0;
  const { steps, branches } = regexSize(pattern);
  // Measured: from some hundred on, each branch costs as much as eight steps.
  return steps + 8 * branches;
}

function textsOnly(pattern: string): WildcardRegex | undefined {
  const wildcard = wildcardRegex(pattern);
  const holdsLineFeed = wildcard?.globs.some(({ texts }) => texts.some((text) => text.includes('\n')));
  return holdsLineFeed ? undefined : wildcard;
}

/** Throws {@link RegexError}. */
export function compileUnanchored(pattern: string): UnanchoredRegex {
  checkLength(pattern);
  const compiled = compileRe2(pattern);
  return {
    test: (text) => compiled.test(text),
    replaceAll: (text, replacement) => replaceAll(compiled, text, replacement),
  };
}

function checkLength(pattern: string): void {
  if (pattern.length > LONGEST_PATTERN) {
    throw new RegexError(`error parsing regexp: ${pattern.length} characters are too long; at most ${LONGEST_PATTERN}`);
  }
  if (!pattern.isWellFormed()) throw new RegexError('error parsing regexp: invalid UTF-8');
}

function compileRe2(pattern: string): RE2JS {
  const { steps, branches } = regexSize(pattern);
  const mostSteps = branches > 0 ? MOST_STEPS_WITH_BRANCHES : MOST_STEPS;
  const namedClasses = pattern.match(NAMED_CLASS)?.length ?? 0;
  if (steps > mostSteps || branches > MOST_BRANCHES || namedClasses > MOST_NAMED_CLASSES) {
    throw new RegexError('error parsing regexp: expression too large; use fewer or smaller repetitions');
  }
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new RegexError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function replaceAll(compiled: RE2JS, text: string, replacement: string): string {
  const matcher = compiled.matcher(text);
  const parts = parseReplacement(replacement, compiled);
  let replaced = '';
  let lastEnd = 0;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    replaced += text.slice(lastEnd, start);
    // An empty match right behind another match is part of that one.
    if (end > lastEnd || start === 0) {
      for (const part of parts) replaced += typeof part === 'string' ? part : (matcher.group(part) ?? '');
    }
    lastEnd = end;
  }
  return replaced + text.slice(lastEnd);
}

const REFERENCE = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** Texts and group numbers, in order. A dollar that begins no reference stands for itself. */
function parseReplacement(replacement: string, compiled: RE2JS): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  let lastEnd = 0;
  for (const match of replacement.matchAll(REFERENCE)) {
    const [reference, bare, braced] = match;
    parts.push(replacement.slice(lastEnd, match.index));
    lastEnd = match.index + reference.length;
    const name = bare ?? braced;
    parts.push(name === undefined ? '$' : (groupNumber(name, compiled) ?? ''));
  }
  parts.push(replacement.slice(lastEnd));
  return parts;
}

function groupNumber(name: string, compiled: RE2JS): number | undefined {
  if (/^(?:0|[1-9][0-9]{0,8})$/.test(name)) {
    const number = Number(name);
    return number <= compiled.groupCount() ? number : undefined;
  }
  const groups = compiled.namedGroups();
  return Object.hasOwn(groups, name) ? groups[name] : undefined;
}
