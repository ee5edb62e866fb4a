/** What happened, asked of one node: what all of them noted, put together, and who is missing. */
import { describe, expect, test } from 'vitest';
import type { HappenedEvent } from '../../src/shapes/events.ts';
import { chartAnswer, type HistoryAnswer, historyAnswer } from '../../src/shapes/history.ts';
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
  world.checks({ name: 'prometheus', intervalMs: 15_000, to: ['n2'] });
  return world;
}

async function asked(world: World, node: string, query = ''): Promise<HistoryAnswer> {
  const answering = world.node(node).request('GET', `/api/v3/history?${query}`);
  await world.passes('3s');
  const response = await answering;
  expect(response.status).toBe(200);
  return historyAnswer.parse(await response.json());
}

const gist = ({ event, nodes }: HistoryAnswer['entries'][number]) =>
  `${whatOf(event)} (${[...nodes].sort().join(' ')})`;

const fact = ({ event }: HistoryAnswer['entries'][number]) =>
  `${whatOf(event)} ${'fingerprint' in event ? event.fingerprint : event.kind === 'group' ? event.groupId : event.id}`;

function whatOf(event: HappenedEvent): string {
  if (event.kind === 'notification') return `${event.outcome} ${event.reason}`;
  return 'change' in event ? `${event.kind} ${event.change}` : event.kind;
}

describe('the history', () => {
  test('tells on every node who told, and what all noted is one entry', async () => {
    await using world = await cluster();
    world.begins(down);
    await world.passes('40s');
    const ofNodes: HistoryAnswer[] = [];
    for (const node of NODES) ofNodes.push(await asked(world, node, 'kind=alert&kind=group&kind=notification'));
    const [first, ...others] = ofNodes.map(({ entries }) => entries.map(gist));
    expect(others).toEqual([first, first]);
    expect(first?.slice(-2).sort()).toEqual(['alert new (n1 n2 n3)', 'group begun (n1 n2 n3)']);
    expect(first?.[0]).toMatch(/^sent first notification \(n\d\)$/);
    expect(ofNodes[0]?.nodes.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(
      NODES.map((node) => `${node} answered`),
    );
  });

  test('says which checker brought an alert, and who is gone', async () => {
    await using world = await cluster();
    world.begins(down);
    await world.passes('40s');
    world.node('n3').kill();
    await world.passes('10s');
    const { entries, nodes } = await asked(world, 'n1', 'kind=alert');
    expect(entries[0]).toMatchObject({
      event: { node: 'n2', from: expect.stringMatching(/^checker/) },
      nodes: expect.anything(),
    });
    expect(nodes.find(({ name }) => name === 'n3')).toMatchObject({
      state: 'missing',
      reason: expect.stringMatching(/heard/),
    });
  });

  test('is gone through page by page, each entry once', async () => {
    await using world = await cluster();
    for (let number = 0; number < 12; number++) world.begins({ ...down, alertname: `Down${number}` });
    await world.passes('60s');
    const entries = async (query: string) => asked(world, 'n1', `kind=alert&kind=group&kind=notification&${query}`);
    const whole = (await entries('limit=500')).entries.map(fact);
    expect(new Set(whole).size).toBe(whole.length);
    expect(whole.length).toBeGreaterThan(13);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: HistoryAnswer = await entries(`limit=4&cursor=${cursor}`);
      paged.push(...page.entries.map(fact));
      cursor = page.next;
    }
    expect(paged.sort()).toEqual(whole.sort());
  });

  test('is drawn: what fired, and what was told', async () => {
    await using world = await cluster();
    world.begins(down);
    await world.passes('3m');
    const answering = world.node('n3').request('GET', '/api/v3/history/chart?points=10');
    await world.passes('3s');
    const { points } = chartAnswer.parse(await (await answering).json());
    expect(points).toHaveLength(10);
    expect(points.at(-1)).toMatchObject({ firing: { urgent: 1 }, sent: 1, failed: 0 });
  });

  test('notes a silence where it was made, and once that it ran out', async () => {
    await using world = await cluster();
    const made = world.silence('n1', { alertname: 'Down' }, '60s');
    await world.passes('1s');
    expect(await made).toBeDefined();
    await world.passes('90s');
    const { entries } = await asked(world, 'n2', 'kind=silence');
    expect(entries.map(gist)).toEqual(['silence ended (n1 n2 n3)', 'silence made (n1)']);
  });
});
