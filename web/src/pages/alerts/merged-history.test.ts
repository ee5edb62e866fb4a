import { expect, test } from 'vitest';
import type { HistoryAnswer } from '../../../../src/shapes/history.ts';
import { mergedHistory } from './merged-history.ts';

function answer(next: string | null, ...seconds: readonly number[]): HistoryAnswer {
  const entries = seconds.map((second) => ({
    event: { id: `e${second}`, at: new Date(Date.UTC(2026, 10, 29, 3, 0, second)).toISOString() },
    nodes: ['a'],
  }));
  return { now: '', entries, next, nodes: [], keptSince: null } as unknown as HistoryAnswer;
}

const ids = (...args: Parameters<typeof mergedHistory>) => mergedHistory(...args).map(({ event }) => event.id);

test('the latest first, what both know once', () => {
  expect(ids(answer(null, 9, 5, 1), [answer(null, 7, 5), undefined, answer(null, 0)])).toEqual([
    'e9',
    'e7',
    'e5',
    'e1',
    'e0',
  ]);
});

test('while there is more below, nothing below is shown of the groups', () => {
  expect(ids(answer('more', 9, 5), [answer(null, 7, 3)])).toEqual(['e9', 'e7', 'e5']);
});
