/** A background task runs again and again, never twice at once, whatever becomes of it. */
import { expect, test } from 'vitest';
import { silentLogger } from '../test/support/memory-disk.ts';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Periodic } from './periodic.ts';
import { sleep } from './system.ts';

function start(task: (system: VirtualSystem) => Promise<void>) {
  const system = new VirtualSystem({ monotonicMs: 0 });
  const periodic = new Periodic({ system, logger: silentLogger });
  const runsAtMs: number[] = [];
  periodic.every(1_000, 'task', () => {
    runsAtMs.push(system.now().monotonicMs);
    return task(system);
  });
  return { system, periodic, runsAtMs };
}

test('first after one interval, then after each', async () => {
  const { system, runsAtMs } = start(async () => {});
  await system.advance(3_500);
  expect(runsAtMs).toEqual([1_000, 2_000, 3_000]);
});

test('an interval after it ended, if it takes long', async () => {
  const { system, runsAtMs } = start((clock) => sleep(clock, 1_500));
  await system.advance(6_000);
  expect(runsAtMs).toEqual([1_000, 3_500, 6_000]);
});

test('also after it failed', async () => {
  const { system, runsAtMs } = start(() => Promise.reject(new Error('no luck')));
  await system.advance(2_500);
  expect(runsAtMs).toEqual([1_000, 2_000]);
});

test('not after it was stopped', async () => {
  const { system, periodic, runsAtMs } = start(async () => {});
  await system.advance(1_500);
  periodic.stop();
  await system.advance(5_000);
  expect(runsAtMs).toEqual([1_000]);
  expect(system.pendingTimers).toBe(0);
});

test('not after it was stopped while it ran', async () => {
  const { system, periodic, runsAtMs } = start((clock) => sleep(clock, 1_500));
  await system.advance(1_500);
  periodic.stop();
  await system.advance(5_000);
  expect(runsAtMs).toEqual([1_000]);
  expect(system.pendingTimers).toBe(0);
});
