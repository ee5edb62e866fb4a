import { expect, test } from 'vitest';
import { rankFor } from './rank.ts';

const KEYS = Array.from({ length: 10_000 }, (_, index) => `{}/{severity="urgent"}:{alertname="Alert${index}"}`);

test('keys spread evenly, at every place of the order', () => {
  const nodes = ['berlin', 'oslo', 'rome'];
  for (const place of nodes.keys()) {
    const counts = new Map(nodes.map((node) => [node, 0]));
    for (const key of KEYS) {
      const node = rankFor(key, nodes)[place] ?? '';
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count / (KEYS.length / 3) - 1)).toBeLessThan(0.03);
  }
});

test('a node that goes moves only its own keys, and to those who were next', () => {
  for (const key of KEYS) {
    const before = rankFor(key, ['berlin', 'oslo', 'rome', 'wien']);
    expect(rankFor(key, ['berlin', 'rome', 'wien'])).toEqual(before.filter((node) => node !== 'oslo'));
  }
});

test('everyone finds the same order, in whatever order they know the nodes', () => {
  expect(rankFor('key', ['a', 'b', 'c'])).toEqual(rankFor('key', ['c', 'a', 'b']));
});

test('of nobody there is no order', () => {
  expect(rankFor('key', [])).toEqual([]);
});
