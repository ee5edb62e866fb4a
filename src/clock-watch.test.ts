/** A stall of the process and a wall clock that was set are noticed, told apart, and reported once. */
import { describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { ClockWatch, type Disturbance, disturbanceBetween } from './clock-watch.ts';

function watch() {
  const system = new VirtualSystem();
  const noticed: Disturbance[] = [];
  const clockWatch = new ClockWatch({ system, onDisturbance: (disturbance) => noticed.push(disturbance) });
  clockWatch.start();
  return { system, noticed, clockWatch };
}

describe('between two looks at the clocks', () => {
  const between = (passedMs: number, jumpedMs: number) =>
    disturbanceBetween({ wallMs: 0, monotonicMs: 0 }, { wallMs: passedMs + jumpedMs, monotonicMs: passedMs });

  test.each<[string, number, number, Disturbance | undefined]>([
    ['a beat has passed', 1_000, 0, undefined],
    ['a beat came late, within reason', 2_000, 0, undefined],
    ['more than a second is missing', 2_001, 0, { kind: 'stall', stalledMs: 1_001, sinceWallMs: 0 }],
    ['the clock is being slewed', 1_000, 1_000, undefined],
    ['the clock was set ahead', 1_000, 1_001, { kind: 'clock jump', jumpedMs: 1_001, sinceWallMs: 0 }],
    ['the clock was set back', 1_000, -3_600_000, { kind: 'clock jump', jumpedMs: -3_600_000, sinceWallMs: 0 }],
    ['both at once', 5_000, 3_600_000, { kind: 'stall', stalledMs: 4_000, sinceWallMs: 0 }],
  ])('%s', (_, passedMs, jumpedMs, disturbance) => {
    expect(between(passedMs, jumpedMs)).toEqual(disturbance);
  });
});

test('a quiet hour is not reported', async () => {
  const { system, noticed } = watch();
  await system.advance(3_600_000);
  expect(noticed).toEqual([]);
});

test('a stall is reported once', async () => {
  const { system, noticed } = watch();
  await system.advance(10_500);
  await system.stall(20_000);
  await system.advance(60_000);
  expect(noticed).toMatchObject([{ kind: 'stall', stalledMs: 19_500 }]);
});

test('a clock that was set is reported with the next beat, once', async () => {
  const { system, noticed } = watch();
  await system.advance(10_000);
  system.jumpWallClock(-60_000);
  await system.advance(60_000);
  expect(noticed).toMatchObject([{ kind: 'clock jump', jumpedMs: -60_000 }]);
});

test('whoever is about to decide may ask before the next beat', async () => {
  const { system, noticed, clockWatch } = watch();
  await system.advance(10_100);
  system.jumpWallClock(60_000);
  clockWatch.check();
  expect(noticed).toMatchObject([{ kind: 'clock jump', jumpedMs: 60_000 }]);
});

test('it stops', async () => {
  const { system, clockWatch } = watch();
  clockWatch.stop();
  expect(system.pendingTimers).toBe(0);
});
