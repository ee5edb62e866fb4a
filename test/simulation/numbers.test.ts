import { expect, test } from 'vitest';
import { quietHour, traffic } from './numbers.ts';

test('with no fault every notice is told exactly once', async () => {
  const { notices, wrong } = await quietHour(['n1'], { groups: 10, forMs: 3_600_000 });
  expect(wrong).toEqual([]);
  // First, with the second alert, without it, with it again, and the repeats between.
  expect(notices).toBeGreaterThanOrEqual(40);
});

test('a node alone sends nothing to anybody', async () => {
  expect(await traffic(['n1'], { alerts: 200, post: 'to one each', forMs: 120_000 })).toEqual({
    bytesAtFirst: 0,
    messagesPerHour: 0,
    bytesPerHour: 0,
  });
});
