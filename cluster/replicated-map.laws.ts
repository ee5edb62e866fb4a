/**
 * What the merge and digest of every replicated map must keep to, as tests: whoever makes a face runs its own through them.
 * Each law is a property of values as several nodes may have written them; together they are why nodes end alike.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Now } from '../src/model/now.ts';
import { ReplicatedMap, type ReplicatedMapOptions } from './replicated-map.ts';
import type { WithUnknownFields } from './unknown-fields.ts';
import type { Version } from './version.ts';

export interface ReplicatedMapLaws<Value> {
  /** Of the map; shown with each law. */
  readonly name?: string;
  readonly merge: ReplicatedMapOptions<Value>['merge'];
  readonly digest: ReplicatedMapOptions<Value>['digest'];
  /**
   * Values for one key as made by several nodes, with versions: such as meet in a merge. Draw from few (anyVersion), so
   * that equal ones, ties and every pair of states come up.
   */
  readonly arbitraryValue: fc.Arbitrary<Value>;
  /**
   * What of a value counts as changed; by default the digest alone. To be given where a merge takes over something of a
   * value that nodes need not exchange.
   */
  readonly content?: (value: Value) => unknown;
}

export interface Law {
  readonly name: string;
  /** Throws with the smallest example it finds against it. */
  readonly check: () => void;
}

/** Versions of three processes, close to each other. Never two of one process with the same time but the same word. */
export const anyVersion: fc.Arbitrary<Version> = fc.record({
  time: fc.integer({ min: 1, max: 5 }),
  node: fc.constantFrom('a.1', 'b.1', 'b.2'),
});

/** As versions to come may write them; of the same word some copies have lost some. To be spread into a value. */
export const anyUnknownFields: fc.Arbitrary<WithUnknownFields> = fc
  .dictionary(fc.constantFrom('acknowledged', 'by'), fc.constantFrom<unknown>(1, 'one', ['one'], { deep: null }))
  .map((unknownFields) => (Object.keys(unknownFields).length === 0 ? {} : { unknownFields }));

export function replicatedMapLaws<Value>(laws: ReplicatedMapLaws<Value>): void {
  describe(`the laws of replicated maps, for ${laws.name ?? 'a map'}`, () => {
    for (const { name, check } of lawsOf(laws)) test(name, check);
  });
}

const NOW: Now = { wallMs: Date.UTC(2026, 0, 5), monotonicMs: 1_000_000 };

export function lawsOf<Value>({ merge, digest, arbitraryValue, content = digest }: ReplicatedMapLaws<Value>): Law[] {
  const { property } = fc;
  const value = arbitraryValue;
  const states = (...values: Value[]) => values.map((each) => [digest(each), content(each)]);
  return [
    law(
      'two nodes that merge each other’s value end alike',
      property(value, value, (a, b) => {
        expect(states(merge(a, b))).toEqual(states(merge(b, a)));
      }),
    ),
    law(
      'it does not matter which two of three values meet first',
      property(value, value, value, (a, b, c) => {
        expect(states(merge(merge(a, b), c))).toEqual(states(merge(a, merge(b, c))));
      }),
    ),
    law(
      'a value brings nothing to itself, nor to what it has been merged into',
      property(value, value, (a, b) => {
        const merged = merge(a, b);
        expect([merge(a, a) === a, merge(merged, a) === merged, merge(merged, b) === merged]).toEqual([
          true,
          true,
          true,
        ]);
      }),
    ),
    law(
      'a merge returns what was stored exactly when nothing changed',
      property(value, value, (a, b) => {
        const before = states(a);
        const merged = merge(a, b);
        expect(merged === a).toBe(isDeepStrictEqual(states(merged), before));
      }),
    ),
    law(
      'a merge leaves both values as they were',
      property(value, value, (a, b) => {
        const before = states(a, b);
        merge(a, b);
        expect(states(a, b)).toEqual(before);
      }),
    ),
    law(
      'digests are equal exactly when neither value brings the other anything that nodes exchange',
      property(value, value, (a, b) => {
        const isNews = digest(merge(a, b)) !== digest(a) || digest(merge(b, a)) !== digest(b);
        expect(isNews).toBe(digest(a) !== digest(b));
      }),
    ),
    law(
      'all nodes end with the same map and the same hashes, in whatever order and however often they hear of what was written',
      property(history(value), ({ writes, hearings }) => {
        const maps = hearings.map((hearing) => heard(writes, hearing, { merge, digest }));
        const [first, ...others] = maps.map((map) => ({
          root: map.rootHash(),
          buckets: map.bucketHashes(),
          values: [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, ...states(each)]),
        }));
        for (const other of others) expect(other).toEqual(first);
      }),
    ),
    law(
      'hashes that followed every change are those of a map that came to be in one step',
      property(history(value), ({ writes, hearings: [hearing = []] }) => {
        const grown = heard(writes, hearing, { merge, digest });
        const loaded = new ReplicatedMap({ merge, digest });
        for (const [key, each] of grown.entries()) loaded.replace(key, each);
        expect([loaded.rootHash(), loaded.bucketHashes()]).toEqual([grown.rootHash(), grown.bucketHashes()]);
      }),
    ),
  ];
}

function law<Arguments>(name: string, property: fc.IPropertyWithHooks<Arguments>): Law {
  return { name, check: () => fc.assert(property, { numRuns: 300 }) };
}

interface History<Value> {
  readonly writes: readonly (readonly [key: string, value: Value])[];
  /** Of each node: all writes, in its order, some of them again. */
  readonly hearings: readonly (readonly number[])[];
}

const KEYS = ['', 'a', 'a\0', '__proto__', '\ud800', 'key'];

function history<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<History<Value>> {
  const writes = fc.array(fc.tuple(fc.constantFrom(...KEYS), value), { minLength: 1, maxLength: 12 });
  return writes.chain((made) => {
    const all = made.map((_, index) => index);
    const again = fc.array(fc.constantFrom(...all), { maxLength: 6 });
    const hearing = again.chain((doubled) => {
      const every = [...all, ...doubled];
      return fc.shuffledSubarray(every, { minLength: every.length });
    });
    return fc.record({ writes: fc.constant(made), hearings: fc.array(hearing, { minLength: 2, maxLength: 3 }) });
  });
}

function heard<Value>(
  writes: History<Value>['writes'],
  hearing: readonly number[],
  options: ReplicatedMapOptions<Value>,
): ReplicatedMap<Value> {
  const map = new ReplicatedMap(options);
  for (const index of hearing) {
    const write = writes[index];
    if (write) map.merge(...write, NOW);
  }
  return map;
}
