import { describe, expect, test } from 'vitest';
import {
  ALWAYS,
  common,
  holdsAt,
  holdsThroughout,
  merged,
  type Stretches,
  touches,
  whileTrue,
  within,
  without,
} from './stretches.ts';

const stretches = (...pairs: readonly (readonly [number, number])[]): Stretches =>
  pairs.map(([fromMs, toMs]) => ({ fromMs, toMs }));

test('what overlaps or touches becomes one, what is empty goes', () => {
  const given = stretches([5, 6], [1, 3], [2, 4], [4, 5], [8, 8], [9, 10]);
  expect(merged(given)).toEqual(stretches([1, 6], [9, 10]));
});

test('common is while all hold', () => {
  const result = common(stretches([0, 10], [20, 30]), stretches([5, 25]), stretches([0, 8], [22, 24]));
  expect(result).toEqual(stretches([5, 8], [22, 24]));
});

test('without is while it does not hold', () => {
  expect(without(stretches([1, 2], [4, 5]))).toEqual(stretches([-Infinity, 1], [2, 4], [5, Infinity]));
  expect(without(ALWAYS)).toEqual([]);
  expect(without([])).toEqual(ALWAYS);
});

test('within keeps to a span', () => {
  expect(within(2, 9, stretches([0, 3], [8, 20]))).toEqual(stretches([2, 3], [8, 9]));
});

describe('asked of an instant or a span', () => {
  const given = stretches([10, 20]);

  test('the end is not in it', () => {
    expect([9, 10, 19, 20].map((atMs) => holdsAt(given, atMs))).toEqual([false, true, true, false]);
  });

  test('throughout is without a gap', () => {
    expect(holdsThroughout(given, 10, 20)).toBe(true);
    expect(holdsThroughout(given, 10, 21)).toBe(false);
  });

  test('touching is at any instant', () => {
    expect(touches(given, 0, 10)).toBe(true);
    expect(touches(given, 20, 30)).toBe(false);
  });
});

test('while true follows the last word', () => {
  const changes = [
    { atMs: 1, is: true },
    { atMs: 2, is: true },
    { atMs: 5, is: false },
    { atMs: 7, is: true },
  ];
  expect(whileTrue(changes, false)).toEqual(stretches([1, 5], [7, Infinity]));
  expect(whileTrue(changes, true)).toEqual(stretches([-Infinity, 5], [7, Infinity]));
});
