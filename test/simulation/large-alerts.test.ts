/** However large an alert or a silence is that a node takes, its peers get it. */
import { expect, test } from 'vitest';
import type { RingPlan } from './ring-plan.ts';
import { World } from './world.ts';

const NODES = ['n1', 'n2', 'n3'];
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  groupBy: ['alertname', 'log'],
};
const labels = { alertname: 'Down', severity: 'page' };

async function cluster(): Promise<World> {
  const world = await World.begin({ rings: [PAGE], nodes: NODES });
  await world.passes('20s');
  return world;
}

async function ask<Answer>(world: World, node: string, path: string): Promise<Answer> {
  return (await (await world.node(node).request('GET', path)).json()) as Answer;
}

test.each([
  [
    'annotations',
    { labels, annotations: { one: 'x'.repeat(65_000), two: 'ü'.repeat(60_000), three: '\u0001'.repeat(60_000) } },
  ],
  ['labels', { labels: { ...labels, log: '"'.repeat(10_000) }, annotations: {} }],
])('an alert of the largest %s is paged by another when its node dies', async (_, alert) => {
  await using world = await cluster();
  const answered = world.node('n1').request('POST', '/api/v2/alerts', [alert]);
  // Sooner than one that no peer says to have.
  await world.passes('50ms');
  expect((await answered).status).toBe(200);
  world.node('n1').kill();
  await world.passes('3m');
  const shown = await Promise.all(
    ['n2', 'n3'].map((node) => ask<{ annotations: object }[]>(world, node, '/api/v2/alerts')),
  );
  expect(shown.map(([first]) => JSON.stringify(first?.annotations).length > 0)).toEqual([true, true]);
  expect(shown[0]?.[0]?.annotations).toEqual(shown[1]?.[0]?.annotations);
  expect(world.told()).toHaveLength(1);
});

test('a silence of the largest size is in force everywhere, and a larger one is refused', async () => {
  await using world = await cluster();
  const silence = (comment: string) => ({
    matchers: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
    startsAt: '2020-01-01T00:00:00Z',
    endsAt: '2100-01-01T00:00:00Z',
    createdBy: 'somebody',
    comment,
  });
  const larger = await world.node('n1').request('POST', '/api/v2/silences', silence('x'.repeat(110_000)));
  expect([larger.status, await larger.text()]).toEqual([400, expect.stringContaining('exceeded maximum size')]);
  const taken = world.node('n1').request('POST', '/api/v2/silences', silence('x'.repeat(100_000)));
  await world.passes('1m');
  expect((await taken).status).toBe(200);
  expect(await ask<unknown[]>(world, 'n3', '/api/v2/silences')).toHaveLength(1);
});
