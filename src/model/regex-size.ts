/**
 * How large a regular expression becomes once its repetitions are written out, estimated before anything is compiled.
 * RE2 works in linear time, but the factor is the size of the expression: `(.{0,1000}x){20}` takes seconds on a long value.
 */

export interface RegexSize {
  /** Characters and classes to match, about one instruction each. */
  readonly steps: number;
  /** Places at which matching goes on in two ways: `*`, `+`, `?`, each optional repetition. They multiply the work. */
  readonly branches: number;
}

const NOTHING: RegexSize = { steps: 0, branches: 0 };
const ONE_STEP: RegexSize = { steps: 1, branches: 0 };
const REPETITION = /\{(\d{1,9})(?:(,)(\d{0,9}))?\}/y;
/** Longer than any name of a script or POSIX class, so that looking for the end of one that has none stays cheap. */
const LONGEST_CLASS_NAME = 64;

/** For any text, in one pass; too much rather than too little. What is no valid expression is left to the compiler. */
export function regexSize(pattern: string): RegexSize {
  const enclosing: RegexSize[] = [];
  let group = NOTHING;
  let last = NOTHING;
  let index = 0;
  while (index < pattern.length) {
    const character = pattern[index];
    REPETITION.lastIndex = index;
    const repetition = character === '{' ? REPETITION.exec(pattern) : null;
    if (repetition !== null) {
      last = repeated(last, repetition);
      index += repetition[0].length;
    } else if (character === '*' || character === '+' || character === '?') {
      last = sum(last, { steps: 0, branches: 1 });
      index++;
    } else if (character === '(') {
      enclosing.push(sum(group, last));
      group = last = NOTHING;
      // In `(?:` and `(?i)` the question mark makes nothing optional.
      index += pattern[index + 1] === '?' ? 2 : 1;
    } else if (character === ')') {
      last = sum(group, last);
      group = enclosing.pop() ?? NOTHING;
      index++;
    } else {
      group = sum(group, last);
      last = ONE_STEP;
      index = character === '\\' ? escapeEnd(pattern, index) : character === '[' ? classEnd(pattern, index) : index + 1;
    }
  }
  return enclosing.reduce(sum, sum(group, last));
}

function sum(a: RegexSize, b: RegexSize): RegexSize {
  return { steps: a.steps + b.steps, branches: a.branches + b.branches };
}

function repeated({ steps, branches }: RegexSize, [, least = '', comma, most]: RegExpExecArray): RegexSize {
  const isUnbounded = comma !== undefined && most === '';
  const optional = isUnbounded ? 1 : Math.max(0, Number(most ?? least) - Number(least));
  const copies = Math.max(1, Number(least) + optional);
  return { steps: steps * copies, branches: branches * copies + optional };
}

/** Past `\d`, `\x{1f600}`, `\p{Greek}`, whose braces are no repetition. */
function escapeEnd(pattern: string, start: number): number {
  const hasName = /[pPx]/.test(pattern[start + 1] ?? '') && pattern[start + 2] === '{';
  const length = hasName ? pattern.slice(start, start + LONGEST_CLASS_NAME).indexOf('}') : -1;
  return start + (length === -1 ? 2 : length + 1);
}

/** Past `[…]`; to the end of the pattern if nothing closes it. */
function classEnd(pattern: string, start: number): number {
  let index = start + 1;
  if (pattern[index] === '^') index++;
  // Here a closing bracket stands for itself.
  if (pattern[index] === ']') index++;
  while (index < pattern.length && pattern[index] !== ']') {
    const isNamed = pattern[index] === '[' && pattern[index + 1] === ':';
    const length = isNamed ? pattern.slice(index, index + LONGEST_CLASS_NAME).indexOf(':]') : -1;
    if (length !== -1) index += length + 2;
    else index += pattern[index] === '\\' ? 2 : 1;
  }
  return index + 1;
}
