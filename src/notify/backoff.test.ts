import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('the first wait is half a second, give or take half of it', () => {
  expect([backoffMs(1, 0), backoffMs(1, 0.5)]).toEqual([250, 500]);
  expect(backoffMs(1, 0.999_999)).toBeLessThan(750);
});

test('each further wait is half as long again', () => {
  expect([2, 3, 4].map((failures) => backoffMs(failures, 0.5))).toEqual([750, 1125, 1687.5]);
});

test('never much above a minute, however long it goes on', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        expect(backoffMs(failures, random)).toBeLessThanOrEqual(90_000);
      },
    ),
  );
});
