/** A stable merge sort that stands aside while it works: sorting many alerts by their labels takes long. */
import type { Pacer } from './pacer.ts';

/** Runs this short are sorted at once. */
const RUN_LENGTH = 256;

/** A sorted copy. Rejects with the reason of the pacer's signal. */
export async function pacedSort<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  pacer: Pacer,
): Promise<readonly Item[]> {
  let runs: Item[][] = [];
  for (let start = 0; start < items.length; start += RUN_LENGTH) {
    runs.push(items.slice(start, start + RUN_LENGTH).sort(compare));
    if (pacer.isDue(RUN_LENGTH)) await pacer.pause();
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(await mergeRuns(runs[index] ?? [], runs[index + 1] ?? [], compare, pacer));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergeRuns<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (a: Item, b: Item) => number,
  pacer: Pacer,
): Promise<Item[]> {
  const merged: Item[] = [];
  let leftIndex = 0;
  let rightIndex = 0;
  while (leftIndex < left.length && rightIndex < right.length) {
    if (pacer.isDue()) await pacer.pause();
    const leftItem = left[leftIndex] as Item;
    const rightItem = right[rightIndex] as Item;
    if (compare(leftItem, rightItem) <= 0) {
      merged.push(leftItem);
      leftIndex++;
    } else {
      merged.push(rightItem);
      rightIndex++;
    }
  }
  return merged.concat(left.slice(leftIndex), right.slice(rightIndex));
}

/**
 * The first `count` of the sorted copy: a page of a long list costs little more than a look at each item. Rejects with
 * the reason of the pacer's signal.
 */
export async function pacedFirst<Item>(
  items: readonly Item[],
  { count, compare }: { readonly count: number; readonly compare: (a: Item, b: Item) => number },
  pacer: Pacer,
): Promise<readonly Item[]> {
  if (count * 4 >= items.length) return (await pacedSort(items, compare, pacer)).slice(0, count);
  let first: Item[] = [];
  let last: Item | undefined;
  for (const item of items) {
    if (pacer.isDue()) await pacer.pause();
    // Equal ones stay behind those that came before them.
    if (last !== undefined && compare(item, last) >= 0) continue;
    first.push(item);
    if (first.length < count * 2 + RUN_LENGTH) continue;
    first = [...(await pacedSort(first, compare, pacer))].slice(0, count);
    last = first.at(-1);
  }
  return (await pacedSort(first, compare, pacer)).slice(0, count);
}
