/** What three nodes show of what fires: the same of every group, whichever of them is asked and whoever told it. */
import { describe, expect, test } from 'vitest';
import { type GroupsAnswer, groupsAnswer, type ShownGroup } from '../../src/shapes/groups.ts';
import type { RingPlan } from './ring-plan.ts';
import { World } from './world.ts';

const NODES = ['n1', 'n2', 'n3'];
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 1_200_000,
};
const down = { alertname: 'Down', severity: 'page' };

async function cluster(): Promise<World> {
  const world = await World.begin({ rings: [PAGE], nodes: NODES });
  await world.passes('20s');
  world.checks({ name: 'prometheus', intervalMs: 15_000 });
  return world;
}

async function seenFrom(world: World, node: string): Promise<GroupsAnswer> {
  return groupsAnswer.parse(await (await world.node(node).request('GET', '/api/v3/groups')).json());
}

/** The one group there is, as each living node shows it. */
async function shown(world: World, nodes = NODES): Promise<readonly ShownGroup[]> {
  const answers = await Promise.all(nodes.map((node) => seenFrom(world, node)));
  return answers.map(({ groups: [group] }) => group ?? expect.unreachable());
}

function notifications(groups: readonly ShownGroup[]): readonly string[] {
  return groups.flatMap((group) => group.notifications.map(({ state, node }) => `${state} ${node}`));
}

describe('three nodes show', () => {
  test('who told a group and when, also those that only heard of it', async () => {
    await using world = await cluster();
    world.begins(down);
    await world.passes('20s');
    expect(notifications(await shown(world))).toEqual(NODES.map(() => 'not yet null'));
    await world.passes('30s');
    const speaker = world.place('phone').told[0]?.node;
    const groups = await shown(world);
    expect(notifications(groups)).toEqual(NODES.map(() => `sent ${speaker}`));
    expect(new Set(groups.map(({ id }) => id)).size).toBe(1);
    const times = groups.map((group) => Date.parse(group.notifications[0]?.at ?? ''));
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(1_000);
  });

  test('who is telling it', async () => {
    await using world = await cluster();
    world.place('phone').behaviour = { kind: 'takes', afterMs: 8_000 };
    world.begins(down);
    await world.passes('36s');
    const states = notifications(await shown(world));
    expect(states).toEqual(NODES.map(() => states[0]));
    expect(states[0]).toMatch(/^telling n[123]$/);
  });

  test('who told it last, after who told it first has died', async () => {
    await using world = await cluster();
    world.begins(down);
    await world.passes('50s');
    const first = world.place('phone').told[0]?.node ?? '';
    world.node(first).kill();
    const living = NODES.filter((node) => node !== first);
    await world.passes('10s');
    expect(notifications(await shown(world, living))).toEqual(living.map(() => `sent ${first}`));
    await world.passes('25m');
    const last = world.place('phone').told.at(-1)?.node;
    expect(last).not.toBe(first);
    expect(notifications(await shown(world, living))).toEqual(living.map(() => `sent ${last}`));
  });

  test('an error only where it was had, and that nothing is told of a group that begins anew', async () => {
    await using world = await cluster();
    world.place('phone').behaviour = { kind: 'refuses', retryable: false };
    world.begins(down);
    await world.passes('60s');
    const messages = (await shown(world)).flatMap((group) => group.notifications);
    expect(messages.map(({ state }) => state)).toEqual(NODES.map(() => 'refused'));
    expect(messages.some(({ message }) => message !== '')).toBe(true);
    world.place('phone').behaviour = { kind: 'takes' };
    await world.passes('10m');
    world.ends(down);
    await world.passes('20m');
    const quiet = await Promise.all(NODES.map((node) => seenFrom(world, node)));
    expect(quiet.map(({ groups }) => groups)).toEqual(NODES.map(() => []));
    const since = quiet.map(({ quietSince }) => Date.parse(quietSince ?? ''));
    expect(Math.max(...since) - Math.min(...since)).toBeLessThan(1_000);
    world.begins(down);
    await world.passes('16s');
    expect(notifications(await shown(world))).toEqual(NODES.map(() => 'not yet null'));
  });
});
