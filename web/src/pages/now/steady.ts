/**
 * Keeps a list still under the reader's finger: while it is being read, what is shown is renewed in its place, what is new
 * waits, and what is over stays where it was and says so.
 */

export interface Steady<Item> {
  readonly items: readonly Item[];
  /** Keys of those that are over. */
  readonly over: ReadonlySet<string>;
  /** Not shown yet, in their order. */
  readonly waiting: readonly Item[];
}

/** `shown` as it stands on the screen, `latest` as it is by now. */
export function steadied<Item>(
  shown: readonly Item[],
  latest: readonly Item[],
  keyOf: (item: Item) => string,
): Steady<Item> {
  const byKey = new Map(latest.map((item) => [keyOf(item), item]));
  const over = new Set<string>();
  const items = shown.map((item) => {
    const key = keyOf(item);
    const renewed = byKey.get(key);
    if (renewed === undefined) over.add(key);
    byKey.delete(key);
    return renewed ?? item;
  });
  return { items, over, waiting: [...byKey.values()] };
}

/** Whether it would be shown in the same order and nothing is added or gone. */
export function isSameOrder<Item>(a: readonly Item[], b: readonly Item[], keyOf: (item: Item) => string): boolean {
  return a.length === b.length && a.every((item, index) => keyOf(item) === keyOf(b[index] as Item));
}

/** What came with a longer list at the end of what is shown, so that nothing above it moves. */
export function lengthened<Item>(
  shown: readonly Item[],
  latest: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  return [...shown, ...steadied(shown, latest, keyOf).waiting];
}
