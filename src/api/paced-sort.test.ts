import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realSystem } from '../system.ts';
import { pacedFirst, pacedSort } from './paced-sort.ts';
import { SliceQueue } from './pacer.ts';

test('sorts as the platform does, equal items in their old order', async () => {
  const item = fc.record({ key: fc.integer({ min: 0, max: 50 }), place: fc.nat() });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 0, maxLength: 2000, size: 'max' }), async (items) => {
      const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
      expect(await pacedSort(items, compare, new SliceQueue(realSystem).pacer())).toEqual(items.toSorted(compare));
    }),
    { numRuns: 30 },
  );
});

test('gives the first items as if all had been sorted', async () => {
  const item = fc.record({ key: fc.integer({ min: 0, max: 50 }), place: fc.nat() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 0, maxLength: 3000, size: 'max' }),
      fc.integer({ min: 0, max: 300 }),
      async (items, count) => {
        const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
        const first = await pacedFirst(items, { count, compare }, new SliceQueue(realSystem).pacer());
        expect(first).toEqual(items.toSorted(compare).slice(0, count));
      },
    ),
    { numRuns: 50 },
  );
});

test('lets others work while it sorts', async () => {
  let pauses = 0;
  const everyLookIsLate = {
    ...realSystem,
    now: () => ({ wallMs: 0, monotonicMs: 1000 * ++pauses }),
    setTimer: (_delayMs: number, callback: () => void) => {
      queueMicrotask(callback);
      return { cancel: () => {} };
    },
  };
  const numbers = Array.from({ length: 10_000 }, (_, index) => -index);
  await pacedSort(numbers, (a, b) => a - b, new SliceQueue(everyLookIsLate).pacer());
  expect(pauses).toBeGreaterThan(100);
});

test('stops when nobody wants the result any more', async () => {
  let looks = 0;
  const system = { ...realSystem, now: () => ({ wallMs: 0, monotonicMs: 1000 * ++looks }) };
  const pacer = new SliceQueue(system).pacer(AbortSignal.abort());
  const sorting = pacedSort(Array(10_000).fill(0), () => 0, pacer);
  await expect(sorting).rejects.toMatchObject({ name: 'ClientGoneError' });
});
