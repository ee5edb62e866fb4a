/** The timer of a group: exact, never lost, and not to be kept quiet. */
import { describe, expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { Now } from '../model/now.ts';
import { Group } from './group.ts';
import { buildRouteTree, type Route } from './route.ts';

function route(groupIntervalMs = 300_000): Route {
  return buildRouteTree({
    receiver: 'team',
    groupBy: undefined,
    groupWaitMs: undefined,
    groupIntervalMs,
    repeatIntervalMs: undefined,
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
    routes: [],
  }).root;
}

/** A group and the instants at which it ticked, in milliseconds since the test began. */
function startGroup({ groupIntervalMs = 300_000, monotonicMs = 1_000_000 } = {}) {
  const system = new VirtualSystem({ monotonicMs });
  const ticks: number[] = [];
  const nows: Now[] = [];
  const onTick = (_: Group, now: Now) => {
    ticks.push(now.monotonicMs - monotonicMs);
    nows.push(now);
  };
  const group = new Group({ system, onTick }, route(groupIntervalMs), { alertname: 'Down' });
  const arm = (inMs: number) => group.arm(system.now().monotonicMs + inMs);
  return { system, group, ticks, nows, arm };
}

test('is named by its route and its labels', () => {
  expect(startGroup().group.key).toBe('{}:{alertname="Down"}');
});

describe('ticks', () => {
  test('come when armed for, then every group_interval', async () => {
    const { system, arm, ticks } = startGroup();
    arm(30_000);
    await system.advance(630_000);
    expect(ticks).toEqual([30_000, 330_000, 630_000]);
  });

  test('are whole milliseconds on a clock that is not', async () => {
    const { system, arm, nows } = startGroup({ monotonicMs: 1_000_000.4, groupIntervalMs: 1_000 });
    arm(30_000.3);
    await system.advance(100_000);
    expect(nows.every(({ monotonicMs }) => Number.isInteger(monotonicMs))).toBe(true);
    expect(nows.at(-1)?.monotonicMs).toBe((nows[0]?.monotonicMs ?? 0) + 69_000);
  });

  test('that a busy process gets round to late count as the instant they were due', async () => {
    const { system, arm, ticks } = startGroup();
    arm(30_000);
    await system.stall(40_000);
    await system.advance(290_000);
    expect(ticks).toEqual([30_000, 330_000]);
  });

  test('of which whole intervals were missed come once, as the last of them, and the rhythm stays', async () => {
    const { system, arm, ticks } = startGroup();
    arm(30_000);
    await system.stall(1_000_000);
    await system.advance(300_000);
    expect(ticks).toEqual([930_000, 1_230_000]);
  });

  test('show the wall clock of now, not of when they were due', async () => {
    const { system, arm, nows } = startGroup();
    arm(30_000);
    const { wallMs } = system.now();
    await system.stall(40_000);
    expect(nows[0]?.wallMs).toBe(wallMs + 40_000);
  });

  test('armed for the past come at once and keep to the rhythm', async () => {
    const { system, arm, ticks } = startGroup();
    arm(-100_000);
    await system.advance(200_000);
    expect(ticks).toEqual([-100_000, 200_000]);
  });

  test('may be held back without leaving the rhythm', async () => {
    const { system, group, ticks } = startGroup();
    const { monotonicMs } = system.now();
    group.arm(monotonicMs - 100_000, { notBeforeMs: monotonicMs + 60_000 });
    await system.advance(59_999);
    expect(ticks).toEqual([]);
    await system.advance(200_000);
    expect(ticks).toEqual([-100_000, 200_000]);
  });

  test('end when the group is stopped', async () => {
    const { system, group, arm, ticks } = startGroup();
    arm(30_000);
    await system.advance(60_000);
    group.stop();
    await system.advance(1_000_000);
    expect(ticks).toEqual([30_000]);
    expect(system.pendingTimers).toBe(0);
  });
});

describe('a reload', () => {
  test('re-arms a group that has ticked to a whole interval, the new one', async () => {
    const { system, group, arm, ticks } = startGroup();
    arm(0);
    await system.advance(100_000);
    group.keepOnReload(route(60_000), system.now());
    await system.advance(120_000);
    expect(ticks).toEqual([0, 160_000, 220_000]);
  });

  test('re-arms it once between two ticks', async () => {
    const { system, group, arm, ticks } = startGroup();
    arm(0);
    await system.advance(0);
    for (let reloads = 0; reloads < 3; reloads++) {
      await system.advance(100_000);
      group.keepOnReload(route(), system.now());
    }
    await system.advance(150_000);
    expect(ticks).toEqual([0, 400_000]);
    group.keepOnReload(route(), system.now());
    await system.advance(299_999);
    expect(ticks).toEqual([0, 400_000]);
  });

  test('leaves one that waits for its first tick alone', async () => {
    const { system, group, arm, ticks } = startGroup();
    arm(30_000);
    await system.advance(20_000);
    group.keepOnReload(route(), system.now());
    await system.advance(20_000);
    expect(ticks).toEqual([30_000]);
  });

  test('counts one that ticked before a restart as having ticked', async () => {
    const { system, group, arm, ticks } = startGroup();
    group.markTicked(system.now().monotonicMs);
    arm(30_000);
    group.keepOnReload(route(), system.now());
    await system.advance(299_999);
    expect(ticks).toEqual([]);
  });
});
