/** What is wrong with a cluster of three whole nodes is told once, though all of them see it. */
import { expect, test } from 'vitest';
import type { RingPlan } from './ring-plan.ts';
import { World, type WorldOptions } from './world.ts';

const NODES = ['n1', 'n2', 'n3'];
const TEAM: RingPlan = {
  severity: 'important',
  places: [{ name: 'team' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 60_000,
  repeatIntervalMs: 14_400_000,
};

async function cluster(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await World.begin({ rings: [TEAM], nodes: NODES, ...options });
  await world.passes('20s');
  return world;
}

const withoutTimes = (told: readonly string[]) => told.map((line) => line.replace(/^\S+ /, ''));

test('a configuration that one node did not get is told of, until it has got it', async () => {
  await using world = await cluster();
  world.configure([{ ...TEAM, groupWaitMs: 31_000 }]);
  await world.node('n1').reload();
  await world.node('n2').reload();
  await world.passes('15m');
  expect(withoutTimes(world.told())).toEqual(['team: first notification: TocsinConfigDiffers firing']);
  await world.node('n3').reload();
  await world.passes('5m');
  expect(withoutTimes(world.told()).slice(1)).toEqual(['team: all alerts resolved: TocsinConfigDiffers resolved']);
});

test('nodes that are reloaded one after the other are not told of', async () => {
  await using world = await cluster();
  world.configure([{ ...TEAM, groupWaitMs: 31_000 }]);
  for (const node of NODES) {
    await world.node(node).reload();
    await world.passes('2m');
  }
  await world.passes('10m');
  expect(world.told()).toEqual([]);
});

test('a wrong clock is told of by its node, also when who told of it dies', async () => {
  await using world = await cluster({ nodes: ['n1', 'n2', { name: 'n3', wallOffsetMs: -60_000 }] });
  await world.passes('5m');
  expect(withoutTimes(world.told())).toEqual(['team: first notification: TocsinClockWrong/n3 firing']);
  world.node('n1').kill();
  await world.passes('10m');
  await world.node('n1').start();
  await world.passes('10m');
  expect(world.told()).toHaveLength(1);
  world.node('n3').jumpWallClock(60_000);
  await world.passes('5m');
  expect(withoutTimes(world.told()).slice(1)).toEqual(['team: all alerts resolved: TocsinClockWrong/n3 resolved']);
});
