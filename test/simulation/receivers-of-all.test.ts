/** What three nodes know of their receivers and of each other, whichever of them is asked. */
import { expect, test } from 'vitest';
import { clusterAnswer } from '../../src/shapes/cluster.ts';
import { type ReceiversAnswer, receiversAnswer } from '../../src/shapes/receivers.ts';
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
const URL_OF_ALL = 'https://alerts.test';

async function json(world: World, node: string, path: string): Promise<unknown> {
  // The peers are asked, and virtual time passes only if it is told to.
  const [response] = await Promise.all([world.node(node).request('GET', path), world.passes('3s')]);
  return response.json();
}

const phone = ({ receivers }: ReceiversAnswer) =>
  receivers.flatMap(({ integrations }) => integrations).flatMap(({ nodes }) => nodes);

test('every node shows the attempts of all, names who is dead, and where the web UI of each is', async () => {
  await using world = await World.begin({ rings: [PAGE], nodes: NODES, flags: [`--web.external-url=${URL_OF_ALL}`] });
  await world.passes('20s');
  world.checks({ name: 'prometheus', intervalMs: 15_000 });
  world.begins({ alertname: 'Down', severity: 'page' });
  await world.passes('60s');
  const speaker = world.place('phone').told[0]?.node ?? '';
  for (const node of NODES) {
    const answer = receiversAnswer.parse(await json(world, node, '/api/v3/receivers'));
    expect(answer.nodes.map(({ state }) => state)).toEqual(['answered', 'answered', 'answered']);
    const attempts = phone(answer);
    expect(attempts.filter(({ sent }) => sent > 0).map(({ node: who }) => who)).toEqual([speaker]);
    expect(attempts).toHaveLength(3);
  }
  const dead = NODES.find((node) => node !== speaker) ?? '';
  const asked = NODES.find((node) => node !== speaker && node !== dead) ?? '';
  world.node(dead).kill();
  await world.passes('10s');
  const { nodes } = receiversAnswer.parse(await json(world, asked, '/api/v3/receivers'));
  expect(nodes.filter(({ state }) => state === 'missing').map(({ name }) => name)).toEqual([dead]);
  const cluster = clusterAnswer.parse(await json(world, asked, '/api/v3/cluster'));
  expect('members' in cluster && cluster.members.map(({ url }) => url)).toEqual(NODES.map(() => URL_OF_ALL));
});
