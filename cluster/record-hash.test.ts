import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUCKETS, bucketOf, formatHash, hash64, recordHash } from './record-hash.ts';

const shown = (key: string, digest: string) => formatHash(recordHash(hash64(key), digest));

test('a hash is the same on every node of every version', () => {
  expect([
    shown('', ''),
    shown('a', ''),
    shown('alert/1', 'mi8k2xzt@n1.a3f'),
    shown('\0\ud800é😀', '\uffff'),
  ]).toMatchInlineSnapshot(`
    [
      "elsOph-ckgQ",
      "qnfB31lDafs",
      "uKL1aRY4dVU",
      "OvblKShlrh4",
    ]
  `);
});

test('texts that differ in anything have different hashes', () => {
  const seen = new Map<string, string>();
  const texts = ['', '\0', '\0\0', 'a', 'a\0', '\0a', 'ab', 'ba', '\ud800', '\ud801', '\ufffd', 'é', 'e\u0301'];
  for (const key of texts) {
    for (const digest of texts) {
      const pair = JSON.stringify([key, digest]);
      expect(seen.get(shown(key, digest)), pair).toBeUndefined();
      seen.set(shown(key, digest), pair);
    }
  }
});

test('one changed character changes about half of the bits', () => {
  const bitsOf = (text: string) => {
    const { high, low } = hash64(text);
    return high.toString(2).padStart(32, '0') + low.toString(2).padStart(32, '0');
  };
  let changed = 0;
  const rounds = 500;
  for (let round = 0; round < rounds; round += 1) {
    const [one, other] = [bitsOf(`alert-${round}`), bitsOf(`alert-${round + 1}`)];
    changed += [...one].filter((bit, index) => bit !== other[index]).length;
  }
  expect(changed / rounds).toBeGreaterThan(30);
  expect(changed / rounds).toBeLessThan(34);
});

describe('of 200 000 keys that are much alike', () => {
  const keys = Array.from({ length: 200_000 }, (_, index) => `{alertname="Down", instance="host-${index}:9100"}`);

  test('no two hash alike', () => {
    expect(new Set(keys.map((key) => formatHash(hash64(key)))).size).toBe(keys.length);
  });

  test('every bucket gets its share, within a third', () => {
    const counts = new Uint32Array(BUCKETS);
    for (const key of keys) counts[bucketOf(hash64(key))] = (counts[bucketOf(hash64(key))] ?? 0) + 1;
    const even = keys.length / BUCKETS;
    expect(Math.max(...counts) / even).toBeLessThan(4 / 3);
    expect(Math.min(...counts) / even).toBeGreaterThan(2 / 3);
  });

  test('either half of the hash alone collides as seldom as chance has it', () => {
    // 200 000 of 2^32 make 4.7 pairs.
    for (const half of ['high', 'low'] as const) {
      expect(keys.length - new Set(keys.map((key) => hash64(key)[half])).size).toBeLessThan(20);
    }
  });
});

test('a hash is written in 11 characters', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(formatHash(hash64(text))).toMatch(/^[\w-]{11}$/);
    }),
  );
});
