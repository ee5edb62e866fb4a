import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyVersion, lawsOf, type ReplicatedMapLaws, replicatedMapLaws } from './replicated-map.laws.ts';
import { ReplicatedMap } from './replicated-map.ts';
import { later, registerDigest } from './testing/last-writer.ts';
import { compareVersions, formatVersion, type Version } from './version.ts';

const now = (monotonicMs = 0) => ({ wallMs: 1_767_000_000_000, monotonicMs });

interface Phase {
  readonly state: 'active' | 'ended';
  readonly version: Version;
}

const digestOf = ({ state, version }: Phase) => `${state} ${formatVersion(version)}`;
const anyPhase: fc.Arbitrary<Phase> = fc.record({
  state: fc.constantFrom('active' as const, 'ended' as const),
  version: anyVersion,
});

/** What has ended stays ended, whoever wrote later that it goes on. */
function endedFirst(stored: Phase, incoming: Phase): Phase {
  if (stored.state !== incoming.state) return stored.state === 'ended' ? stored : incoming;
  return compareVersions(incoming.version, stored.version) > 0 ? incoming : stored;
}

const phases: ReplicatedMapLaws<Phase> = {
  name: 'a lattice in which ended beats active',
  merge: endedFirst,
  digest: digestOf,
  arbitraryValue: anyPhase,
};

replicatedMapLaws(phases);
replicatedMapLaws({
  name: 'registers of which the later one wins',
  merge: later,
  digest: registerDigest,
  arbitraryValue: fc.record({ version: anyVersion, content: fc.constantFrom('', 'a', { a: 1, b: 2 }, ['__proto__']) }),
});
replicatedMapLaws<{ stars: number; readMs: number }>({
  name: 'a maximum beside which each node keeps something of its own',
  merge: (stored, incoming) => (incoming.stars > stored.stars ? { ...incoming, readMs: stored.readMs } : stored),
  digest: ({ stars }) => String(stars),
  arbitraryValue: fc.record({ stars: fc.nat(3), readMs: fc.nat(3) }),
});

describe('the laws find a merge', () => {
  const broken: Record<string, Partial<ReplicatedMapLaws<Phase>>> = {
    'that takes whatever came last': {
      merge: (stored, incoming) => (digestOf(stored) === digestOf(incoming) ? stored : incoming),
    },
    'that always says it changed': { merge: (stored, incoming) => ({ ...endedFirst(stored, incoming) }) },
    'that forgets to say it changed': {
      merge: (stored, incoming) => Object.assign(stored, structuredClone(endedFirst(stored, incoming))),
    },
    'that decides ties by who was first': {
      merge: (stored, incoming) => (incoming.version.time > stored.version.time ? incoming : stored),
    },
    'that lets a much later word revive what has ended': {
      merge: (stored, incoming) =>
        stored.state === 'ended' && incoming.version.time > stored.version.time + 1
          ? incoming
          : endedFirst(stored, incoming),
    },
    'whose digest leaves out what it exchanges': { digest: ({ state }) => state },
  };

  test.each(Object.keys(broken))('%s', (name) => {
    const failing = lawsOf({ ...phases, ...broken[name] }).filter(({ check }) => {
      try {
        check();
        return false;
      } catch {
        return true;
      }
    });
    expect(failing).not.toEqual([]);
  });
});

describe('a map', () => {
  const phase = (state: Phase['state'], time = 1): Phase => ({ state, version: { time, node: 'a.1' } });
  const make = () => new ReplicatedMap<Phase>({ merge: endedFirst, digest: digestOf });

  test('says whether a merge changed anything', () => {
    const map = make();
    const outcomes = [phase('active'), phase('active'), phase('ended'), phase('active', 9)].map((value) =>
      map.merge('a', value, now()),
    );
    expect([outcomes, map.get('a')]).toEqual([['changed', 'nothing new', 'changed', 'nothing new'], phase('ended')]);
  });

  test('is as it was, hashes and all, once what came has gone', () => {
    const map = make();
    map.merge('stays', phase('active'), now());
    const listed = () => Array.from({ length: 256 }, (_, bucket) => map.keysOf(bucket)).flat();
    const before = [map.rootHash(), map.bucketHashes()];
    map.merge('goes', phase('active'), now());
    map.merge('goes', phase('ended'), now());
    map.delete('goes');
    expect([map.rootHash(), map.bucketHashes()]).toEqual(before);
    expect([map.delete('goes'), map.has('goes'), map.size, listed()]).toEqual([false, false, 1, ['stays']]);
  });

  test('differs from another by any key and any digest, also where their sums could cancel out', () => {
    const roots = [[], ['a'], ['b'], ['a', 'b'], ['\ud800'], ['\ud801'], ['__proto__'], ['a\0']].map((keys) => {
      const map = make();
      for (const key of keys) map.merge(key, phase('active'), now());
      return map.rootHash();
    });
    expect(new Set(roots).size).toBe(roots.length);
  });

  test('lists each key in one bucket, in order', () => {
    const map = make();
    const keys = Array.from({ length: 2_000 }, (_, index) => `key ${index}`);
    for (const key of keys) map.merge(key, phase('active'), now());
    const listed = Array.from({ length: 256 }, (_, bucket) => map.keysOf(bucket));
    expect(listed.flat().toSorted()).toEqual(keys.toSorted());
    expect(listed.every((bucket) => bucket.every((key, index) => index === 0 || key > (bucket[index - 1] ?? '')))).toBe(
      true,
    );
  });
});

describe('what has outlived its use', () => {
  const make = () =>
    new ReplicatedMap<{ untilMs: number }>({
      merge: (stored, incoming) => (incoming.untilMs > stored.untilMs ? incoming : stored),
      digest: ({ untilMs }) => String(untilMs),
      isForgotten: ({ untilMs }, { monotonicMs }) => monotonicMs > untilMs,
    });

  test('is removed when the map is told to forget, and not before', () => {
    const map = make();
    map.merge('short', { untilMs: 10 }, now(0));
    map.merge('long', { untilMs: 20 }, now(0));
    expect([map.forget(now(10)), map.forget(now(15)), [...map.keys()]]).toEqual([[], ['short'], ['long']]);
  });

  test('is not taken from a peer that still has it, but what prolongs a stored one is', () => {
    const map = make();
    map.merge('stored', { untilMs: 10 }, now(0));
    const outcomes = [
      map.merge('gone', { untilMs: 10 }, now(15)),
      map.merge('stored', { untilMs: 10 }, now(15)),
      map.merge('stored', { untilMs: 20 }, now(15)),
    ];
    expect(outcomes).toEqual(['forgotten', 'nothing new', 'changed']);
  });

  test('is given to nobody, though it has not been removed yet', () => {
    const map = make();
    map.merge('key', { untilMs: 10 }, now(0));
    expect([map.hashOf('key', now(10)), map.hashOf('key', now(11))]).toEqual([expect.any(String), undefined]);
  });
});
