/** Links break, fall silent, work one way, are slow, or were never there: nothing is lost, and what can be said once is. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { RingStage } from '../support/ring-stage.ts';
import { SeededRandom } from '../support/seeded-random.ts';

let stage: RingStage;

beforeAll(async () => {
  stage = await RingStage.start({ links: 'gated' });
});
afterEach(() => stage.bringBack());
afterAll(() => stage[Symbol.asyncDispose]());

const trio = () => stage.cluster.nodes as [ProcessNode, ProcessNode, ProcessNode];

async function seesAlive(node: ProcessNode, count: number): Promise<void> {
  const isSo = async () => (await node.view()).members.filter(({ alive }) => alive).length === count;
  await eventually(`${node.name} sees ${count} alive`, isSo);
}

test.each(['cut', 'silence'] as const)('one against two (%s): each side pages once, and nobody again', async (how) => {
  const [alone, two, three] = trio();
  const links = stage.cluster.linksBetween([alone], [two, three]);
  for (const link of links) link[how]();
  await Promise.all([seesAlive(alone, 1), seesAlive(two, 2), seesAlive(three, 2)]);

  const [onBoth, left, right] = [stage.newGroup(), stage.newGroup(), stage.newGroup()];
  stage.notices.allowDuplicates(onBoth, 'partition');
  await Promise.all([alone, two].map((node) => stage.fire(node, onBoth)));
  await Promise.all([stage.fire(alone, left), stage.fire(three, right)]);
  await stage.heard(onBoth, ['a firing', 'a firing']);
  expect(new Set(stage.notices.of(onBoth).map(({ by }) => by === alone.name)).size).toBe(2);
  await stage.heard(left, ['a firing']);
  await stage.heard(right, ['a firing']);

  for (const link of links) link.heal();
  await stage.cluster.settled();
  await Promise.all([onBoth, left, right].map((group) => stage.fire(two, group, 'b')));
  await stage.heard(onBoth, ['a firing', 'a firing', 'a firing, b firing']);
  await stage.heard(left, ['a firing', 'a firing, b firing']);
  await stage.heard(right, ['a firing', 'a firing, b firing']);
});

test('a link that works one way only: everything is told once', async () => {
  const [one, two] = trio();
  const groups = trio().map((first) => stage.newGroup({ first }));
  stage.cluster.link(one, two).silence({ to: two });
  await Promise.all(groups.map((group) => stage.fire(one, group)));
  for (const group of groups) await stage.heard(group, ['a firing']);
  await eventually('the link is given up', async () => {
    const { members } = await one.view();
    return members.find(({ self }) => self)?.links.includes(two.id) === false;
  });
  const later = trio().map((first) => stage.newGroup({ first }));
  await Promise.all(later.map((group) => stage.fire(two, group)));
  for (const group of later) await stage.heard(group, ['a firing']);
  await Promise.all(groups.map((group) => stage.fire(two, group, 'b')));
  for (const group of groups) await stage.heard(group, ['a firing', 'a firing, b firing']);
});

test('a chain: the ends hear of each other through the middle, and everything is told once', async () => {
  const [one, , three] = trio();
  stage.cluster.link(one, three).cut();
  await eventually('the ends have no link', async () => {
    const { members } = await one.view();
    return members.find(({ self }) => self)?.links.includes(three.id) === false;
  });
  await stage.cluster.settled();
  const groups = trio().map((first) => stage.newGroup({ first }));
  await Promise.all(groups.map((group) => stage.fire(one, group)));
  for (const group of groups) await stage.heard(group, ['a firing']);
  await Promise.all(groups.map((group) => stage.fire(three, group, 'b')));
  for (const group of groups) await stage.heard(group, ['a firing', 'a firing, b firing']);
});

test('links of 200 ms each way that stall now and then: everything is told once', async () => {
  const [one, two, three] = trio();
  const random = new SeededRandom(Number(process.env.PROVE_SEED ?? Date.now() % 1_000_000));
  // A lost packet is sent again after 200 ms or more, and everything behind it waits.
  const delayMs = () => 200 + (random.fraction() < 0.05 ? 200 + 400 * random.fraction() : 0);
  for (const link of [...stage.cluster.linksBetween([one], [two, three]), stage.cluster.link(two, three)]) {
    link.slow(delayMs);
  }
  const groups = Array.from({ length: 10 }, () => stage.newGroup());
  await Promise.all(groups.map((group, index) => stage.fire(trio()[index % 3] ?? one, group)));
  for (const group of groups) await stage.heard(group, ['a firing']);
  await Promise.all(groups.map((group, index) => stage.fire(trio()[(index + 1) % 3] ?? one, group, 'b')));
  for (const group of groups) await stage.heard(group, ['a firing', 'a firing, b firing']);
});

test('in all of it nothing was said twice but on two sides of a partition', () => {
  expect(stage.verdict('links').duplicates).toEqual({ partition: 2 });
});
