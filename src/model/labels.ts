/** Label sets: identity, order and printing, byte for byte as Alertmanager does it. */
import { goQuote } from './go-quote.ts';

export { goQuote } from './go-quote.ts';

/**
 * A plain object, keys in sorted order when made by {@link sortedLabels}. Read single values with {@link labelValue}:
 * a bare index would find what objects inherit (`constructor`, `toString`).
 */
export type Labels = Readonly<Record<string, string>>;

/** Which label names are allowed: `utf8` any non-empty valid text, `classic` only `[a-zA-Z_][a-zA-Z0-9_]*`. */
export type LabelNameMode = 'utf8' | 'classic';

const CLASSIC_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A missing label and an empty one are the same everywhere: ''. Finds own properties only. */
export function labelValue(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/**
 * Negative if `a` sorts first. Go compares UTF-8 bytes, which is code point order; JavaScript's `<` compares UTF-16
 * units and puts astral characters before U+E000…U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB);
  }
  return a.length - b.length;
}

/** Moves the surrogates above all other units, so that comparing units compares code points. */
function codePointRank(unit: number): number {
  return unit < 0xd800 || unit > 0xdfff ? unit : unit + 0x10000;
}

/**
 * The names in code point order. Never rely on the order of an object's own keys alone: JavaScript puts names that
 * look like array indexes (`0`, `42`) first, whatever was inserted first.
 */
export function labelNames(labels: Labels): readonly string[] {
  const names = Object.keys(labels);
  return isInOrder(names) ? names : names.sort(compareText);
}

/** Nearly always true, and much cheaper to find out than to sort. */
function isInOrder(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++) {
    if (compareText(names[index - 1] as string, names[index] as string) > 0) return false;
  }
  return true;
}

/**
 * The same labels with the keys in code point order, nothing dropped. Gives back the given object itself when its keys
 * are in order already, so it must not be changed afterwards.
 */
export function sortedLabels(record: Readonly<Record<string, string>>): Labels {
  const names = Object.keys(record);
  if (isInOrder(names)) return record;
  const sorted: Record<string, string> = {};
  for (const name of names.sort(compareText)) {
    const value = record[name] as string;
    // A plain assignment to this name would set the prototype instead of a label.
    if (name === '__proto__') {
      Object.defineProperty(sorted, name, { value, enumerable: true, writable: true, configurable: true });
    } else sorted[name] = value;
  }
  return sorted;
}

/**
 * FNV-1a 64 over `name 0xFF value 0xFF` of each label in order, as 16 lower-case hex digits: Alertmanager's fingerprint.
 * On the path of every alert that comes in, hence no BigInt and no encoder: the hash is kept in two 32-bit halves.
 */
export function fingerprint(labels: Labels): string {
  // The offset basis 14695981039346656037.
  let high = 0xcbf29ce4 | 0;
  let low = 0x84222325 | 0;
  const names = labelNames(labels);
  for (let part = 0; part < names.length * 2; part++) {
    const name = names[part >> 1] as string;
    const text = (part & 1) === 0 ? name : (labels[name] as string);
    for (let index = 0; index <= text.length; index++) {
      // At most four bytes of UTF-8, first one lowest. None but a lone NUL is zero, so zero ends the inner loop.
      let bytes = 0xff;
      if (index < text.length) {
        bytes = text.charCodeAt(index);
        if (bytes >= 0x80) {
          const codePoint = text.codePointAt(index) as number;
          if (codePoint > 0xffff) index++;
          bytes = utf8Bytes(codePoint);
        }
      }
      do {
        low ^= bytes & 0xff;
        // Times the prime 2^40 + 435, modulo 2^64.
        const lower = (low & 0xffff) * 435;
        const upper = (low >>> 16) * 435 + (lower >>> 16);
        high = (Math.imul(high, 435) + (low << 8) + (upper >>> 16)) | 0;
        low = (upper << 16) | (lower & 0xffff);
        bytes >>>= 8;
      } while (bytes !== 0);
    }
  }
  return hex64(high, low);
}

/** In one piece: a string joined of two would be flattened again by the first map it is a key of. */
function hex64(high: number, low: number): string {
  return String.fromCharCode(
    hexDigit(high >>> 28),
    hexDigit(high >>> 24),
    hexDigit(high >>> 20),
    hexDigit(high >>> 16),
    hexDigit(high >>> 12),
    hexDigit(high >>> 8),
    hexDigit(high >>> 4),
    hexDigit(high),
    hexDigit(low >>> 28),
    hexDigit(low >>> 24),
    hexDigit(low >>> 20),
    hexDigit(low >>> 16),
    hexDigit(low >>> 12),
    hexDigit(low >>> 8),
    hexDigit(low >>> 4),
    hexDigit(low),
  );
}

/** The character code of the lowest four bits. */
function hexDigit(bits: number): number {
  const value = bits & 0xf;
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** A code point above 0x7f as UTF-8, first byte lowest. A lone surrogate becomes U+FFFD, as any encoder does. */
function utf8Bytes(codePoint: number): number {
  const point = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
  const last = 0x80 | (point & 0x3f);
  if (point < 0x800) return 0xc0 | (point >> 6) | (last << 8);
  const middle = 0x80 | ((point >> 6) & 0x3f);
  if (point < 0x10000) return 0xe0 | (point >> 12) | (middle << 8) | (last << 16);
  return 0xf0 | (point >> 18) | ((0x80 | ((point >> 12) & 0x3f)) << 8) | (middle << 16) | (last << 24);
}

/**
 * Negative if `a` comes first, in Prometheus' order of label sets: fewer labels first; then the first name, of all the
 * names in order, at which they differ decides: the set without it comes first, else the smaller value.
 */
export function compareLabels(a: Labels, b: Labels): number {
  const namesA = labelNames(a);
  const namesB = labelNames(b);
  if (namesA.length !== namesB.length) return namesA.length - namesB.length;
  for (let index = 0; index < namesA.length; index++) {
    const nameA = namesA[index] as string;
    const nameB = namesB[index] as string;
    // The smaller name is the first of all the names that one of them lacks.
    if (nameA !== nameB) return compareText(nameB, nameA);
    const order = compareText(a[nameA] as string, b[nameB] as string);
    if (order !== 0) return order;
  }
  return 0;
}

/** `{a="b", c="d"}` with Go-quoted values, `{}` for none: the form inside group keys. */
export function formatLabels(labels: Labels): string {
  return `{${labelNames(labels)
    .map((name) => `${name}=${goQuote(labels[name] as string)}`)
    .join(', ')}}`;
}

/** Whether both hold the same names with the same values. */
export function sameLabels(a: Labels, b: Labels): boolean {
  if (a === b) return true;
  // Counted down by the names of `b`, so that neither side may have one more; on the path of every refresh.
  let missing = 0;
  for (const name in a) {
    if (a[name] !== b[name] || !Object.hasOwn(b, name)) return false;
    missing++;
  }
  for (const _ in b) missing--;
  return missing === 0;
}

/** Whether the text can be said in UTF-8: it holds no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** `__proto__` is refused in both modes: a plain object cannot hold it safely. */
export function isValidLabelName(name: string, mode: LabelNameMode): boolean {
  if (name === '__proto__') return false;
  return mode === 'classic' ? CLASSIC_LABEL_NAME.test(name) : name !== '' && name.isWellFormed();
}
