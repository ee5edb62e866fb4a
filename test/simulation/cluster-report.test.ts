/** What three nodes say about their cluster, over HTTP, while one of them speaks, is cut off, or has another clock. */
import { describe, expect, test } from 'vitest';
import type { ClusterReport, ReportedMember } from '../../src/api/cluster-report.ts';
import type { RingPlan } from './ring-plan.ts';
import { World, type WorldOptions } from './world.ts';

const NODES = ['n1', 'n2', 'n3'];
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 1_200_000,
};

async function cluster(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await World.begin({ rings: [PAGE], nodes: NODES, ...options });
  await world.passes('20s');
  return world;
}

interface Answer extends ClusterReport {
  readonly status: string;
}

async function seenFrom(world: World, node: string): Promise<Answer & { of(id: string): ReportedMember }> {
  const response = await world.node(node).request('GET', '/api/v3/cluster');
  const answer = (await response.json()) as Answer;
  return { ...answer, of: (id) => answer.members.find((member) => member.id === id) ?? expect.unreachable() };
}

describe('a node says of its cluster', () => {
  test('who is there, who hears whom, and how long ago they compared their state', async () => {
    await using world = await cluster();
    const seen = await seenFrom(world, 'n1');
    expect([seen.status, seen.self, seen.members.map(({ id }) => id)]).toEqual(['ready', 'n1', NODES]);
    expect(seen.of('n2')).toMatchObject({
      ...{ alive: true, settled: true, left: false, cloned: false, links: ['n1', 'n3'] },
      exchange: { running: false, remaining: 0 },
    });
    expect(seen.of('n2').hears.map(({ member }) => member)).toEqual(['n1', 'n3']);
    expect(seen.of('n2').heardAgoMs).toBeLessThan(2_000);
    expect(seen.of('n2').exchange?.agoMs).toBeLessThan(8_000);
  });

  test('that one cannot be reached directly and yet lives', async () => {
    await using world = await cluster({
      links: [
        ['n1', 'n2'],
        ['n2', 'n3'],
      ],
    });
    const { alive, links, exchange } = (await seenFrom(world, 'n1')).of('n3');
    expect({ alive, links, exchange }).toEqual({ alive: true, links: ['n2'], exchange: null });
  });

  test('that one is dead, and for how long', async () => {
    await using world = await cluster();
    world.node('n3').kill();
    await world.passes('10s');
    const dead = (await seenFrom(world, 'n1')).of('n3');
    expect(dead).toMatchObject({ alive: false, left: false });
    expect(dead.heardAgoMs).toBeGreaterThan(9_000);
  });

  test('how far each clock stands from the cluster’s', async () => {
    await using world = await cluster({ nodes: ['n1', 'n2', { name: 'n3', wallOffsetMs: 60_000 }] });
    const seen = await seenFrom(world, 'n3');
    expect(seen.clockOffsetMs).toBeCloseTo(-60_000, -2);
    expect(seen.of('n3').clockOffsetMs).toBeCloseTo(60_000, -2);
    expect(seen.of('n1').clockOffsetMs).toBeCloseTo(0, -2);
  });

  test('for how many groups each speaks first', async () => {
    await using world = await cluster();
    world.checks({ name: 'prometheus', intervalMs: 15_000 });
    for (let group = 0; group < 30; group += 1) world.begins({ alertname: `Down${group}`, severity: 'page' });
    await world.passes('20s');
    const loads = (await seenFrom(world, 'n1')).members.map(({ firstForGroups }) => firstForGroups);
    expect(loads.reduce((sum, load) => sum + load)).toBe(30);
    expect(Math.min(...loads)).toBeGreaterThan(0);
    expect((await seenFrom(world, 'n2')).members.map(({ firstForGroups }) => firstForGroups)).toEqual(loads);
  });

  test('who is speaking to whom', async () => {
    await using world = await cluster();
    world.place('phone').behaviour = { kind: 'takes', afterMs: 5_000 };
    world.checks({ name: 'prometheus', intervalMs: 15_000 });
    world.begins({ alertname: 'Down', severity: 'page' });
    await world.passes('32s');
    const speakers = new Set<string>();
    for (const node of NODES) {
      const { total, open } = (await seenFrom(world, node)).claims;
      expect([total, open.length]).toEqual([1, 1]);
      expect(open[0]).toMatchObject({ receiver: 'page', integration: 'webhook' });
      speakers.add(open[0]?.member ?? '');
    }
    expect(speakers.size).toBe(1);
    await world.passes('10s');
    expect((await seenFrom(world, 'n1')).claims.total).toBe(0);
  });

  test('the same to who scrapes its metrics', async () => {
    await using world = await cluster();
    const text = await (await world.node('n1').request('GET', '/metrics')).text();
    expect(text).toContain('tocsin_cluster_member_alive{peer="n3"} 1\n');
    expect(text).toContain('alertmanager_cluster_failed_peers 0\n');
  });
});
