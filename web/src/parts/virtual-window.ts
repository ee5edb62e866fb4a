/** The arithmetic of a virtual list: where each row begins, and which rows meet the window. */

/** Where each row begins, in px, and at last where the list ends. */
export function offsetsOf(keys: readonly string[], heightOf: (key: string) => number): readonly number[] {
  const offsets = [0];
  let top = 0;
  for (const key of keys) {
    top += heightOf(key);
    offsets.push(top);
  }
  return offsets;
}

/** The first row that meets the window, and the one after the last. */
export function windowOf(
  offsets: readonly number[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): { readonly first: number; readonly last: number } {
  const rows = offsets.length - 1;
  const first = Math.max(0, Math.min(rows, countUpTo(offsets, top)) - 1);
  const last = Math.min(rows, countUpTo(offsets, bottom));
  return { first: Math.min(first, last), last };
}

/** How many offsets are at most `limit`; they are in order. */
function countUpTo(offsets: readonly number[], limit: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
