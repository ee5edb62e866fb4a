import { expect, test } from 'vitest';
import { toldWords } from './told-words.ts';

const at = '2026-11-29T03:00:00.000Z';
const nowMs = Date.parse(at) + 300_000;

test.each([
  ['not yet', null, null, 'not told yet'],
  ['telling', null, 'b', 'is being told by b'],
  ['sent', at, 'b', 'told 5 min ago by b'],
  ['refused', at, null, 'could not be told 5 min ago'],
  ['unknown', at, 'b', 'may have been told 5 min ago by b; the answer was lost'],
] as const)('%s', (state, when, node, words) => {
  expect(toldWords({ state, at: when, node }, nowMs).words).toBe(words);
});
