/**
 * Makes an alert fit into a message between peers: the longest annotations are cut until it does. A page with a shorter text
 * is better than an alert that only one node knows of; and every node cuts the same, so all tell the same.
 */
import type { Labels } from '../../model/labels.ts';

/** A UTF-16 unit as JSON in UTF-8, at most. */
const LARGEST_UNIT_BYTES = 6;
/** Quotes, a colon and a comma around a name and its value. */
const PUNCTUATION_BYTES = 6;
/** No annotation is cut to less, so that each still says something. */
const LEAST_KEPT_BYTES = 128;

interface Texts {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorURL: string;
}

/** Whether texts of so many characters, in so many pairs, may be larger than so many bytes. Cheap, and nearly always false. */
export function mayExceed(bytes: number, { length, pairs }: { length: number; pairs: number }): boolean {
  return length * LARGEST_UNIT_BYTES + pairs * PUNCTUATION_BYTES + 64 > bytes;
}

export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The annotations themselves if all fits; undefined if no cut makes it fit. */
export function fittedAnnotations(texts: Texts, mostBytes: number): Labels | undefined {
  let excess = jsonBytes(texts) - mostBytes;
  if (excess <= 0) return texts.annotations;
  const fitted: Record<string, string> = { ...texts.annotations };
  const bySize = Object.entries(fitted).map(([name, value]) => ({ name, value, bytes: jsonBytes(value) }));
  for (const { name, value, bytes } of bySize.sort((a, b) => b.bytes - a.bytes)) {
    const mark = `… (cut; it had ${value.length} characters)`;
    const cut = startOf(value, Math.max(LEAST_KEPT_BYTES, bytes - excess) - jsonBytes(mark)) + mark;
    const saved = bytes - jsonBytes(cut);
    if (saved <= 0) return undefined;
    fitted[name] = cut;
    excess -= saved;
    if (excess <= 0) return fitted;
  }
  return undefined;
}

/**
 * As many characters from its start as find room in so many bytes of JSON. It never ends in half a surrogate pair: that is
 * written as an escape, which takes more room than the whole.
 */
function startOf(text: string, mostBytes: number): string {
  let [fits, isTooLong] = [0, text.length];
  while (isTooLong - fits > 1) {
    const middle = (fits + isTooLong) >> 1;
    if (jsonBytes(text.slice(0, middle)) <= mostBytes) fits = middle;
    else isTooLong = middle;
  }
  return text.slice(0, fits);
}
