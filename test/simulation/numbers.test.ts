import { expect, test } from 'vitest';
import { quietHour, replacedAfter, traffic } from './numbers.ts';

const THREE = ['n1', 'n2', 'n3'];

test('with no fault two hundred groups hear every notice exactly once, from three nodes evenly', async () => {
  const { notices, wrong, noticesByNode } = await quietHour(THREE, { groups: 200, forMs: 3_600_000 });
  expect(wrong).toEqual([]);
  // First, with the second alert, without it, with it again, and the repeats between.
  expect(notices).toBeGreaterThanOrEqual(800);
  for (const count of noticesByNode.values()) expect(Math.abs(count / (notices / 3) - 1)).toBeLessThan(0.2);
});

test.each([2_000, 200, 1, 0])(
  'an owner killed %i ms before it would tell is replaced within a second',
  async (beforeMs) => {
    const lateMs = await replacedAfter(beforeMs);
    expect(lateMs).toBeLessThan(1_000);
  },
);

test('a node alone sends nothing to anybody', async () => {
  expect(await traffic(['n1'], { alerts: 200, post: 'to one each', forMs: 120_000 })).toEqual({
    bytesAtFirst: 0,
    messagesPerHour: 0,
    bytesPerHour: 0,
  });
});
