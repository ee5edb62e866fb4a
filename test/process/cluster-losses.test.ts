/** Nodes and their memory are lost, and come back: whoever is left pages, nothing is lost, nothing is said again. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { RingStage } from '../support/ring-stage.ts';

let stage: RingStage;

beforeAll(async () => {
  stage = await RingStage.start();
});
afterEach(() => stage.bringBack());
afterAll(() => stage[Symbol.asyncDispose]());

const NODES = ['n1', 'n2', 'n3'];
/** So many that whoever comes back speaks first about some of them. */
const SEVERAL = 12;

const severalGroups = () => Array.from({ length: SEVERAL }, () => stage.newGroup());

const fireIn = (groups: readonly string[], at: ProcessNode, alertname?: string) =>
  Promise.all(groups.map((group) => stage.fire(at, group, alertname)));

async function heardOfEach(groups: readonly string[], texts: readonly string[]): Promise<void> {
  for (const group of groups) await stage.heard(group, texts);
  await Promise.all(groups.map((group) => stage.recorded(group)));
}

async function knowsOf(node: ProcessNode, groups: readonly string[]): Promise<void> {
  await eventually(`${node.name} knows of all alerts`, async () => {
    const known = new Set((await node.api.alerts()).map(({ labels }) => labels.group));
    return groups.every((group) => known.has(group));
  });
}

test.each(NODES)('only %s is left: it pages alone', async (name) => {
  const survivor = stage.cluster.node(name);
  const group = stage.newGroup();
  await stage.fire(survivor, group);
  const killedMs = Date.now();
  await Promise.all(stage.cluster.nodes.filter((node) => node !== survivor).map((node) => node.kill()));
  await stage.heard(group, ['a firing']);
  stage.noteDelay(`only ${name} is left: page after the deaths by`, group, killedMs);
  expect(stage.notices.of(group)[0]?.by).toBe(name);
});

test('all are killed at once and started again: what was owed is told, what was told is not', async () => {
  const [one, two, three] = stage.cluster.nodes as [ProcessNode, ProcessNode, ProcessNode];
  const [told, ended, silenced] = [severalGroups(), severalGroups(), stage.newGroup()];
  const unheard = severalGroups();
  await one.api.silence('group', silenced);
  await fireIn([...told, ...ended, silenced], two);
  await heardOfEach([...told, ...ended], ['a firing']);
  await Promise.all(ended.map((group) => stage.end(three, group)));
  await fireIn(unheard, one);
  await Promise.all(stage.cluster.nodes.map((node) => node.kill()));
  await Promise.all(stage.cluster.nodes.map((node) => node.start()));
  await heardOfEach(unheard, ['a firing']);
  await heardOfEach(ended, ['a firing', 'a resolved']);
  await fireIn(told, three, 'b');
  await heardOfEach(told, ['a firing', 'a firing, b firing']);
  await stage.heard(silenced, []);
});

test('one is replaced with an empty disk: it learns what is known and what was told', async () => {
  const [one, two] = stage.cluster.nodes as [ProcessNode, ProcessNode];
  const groups = severalGroups();
  await fireIn(groups, one);
  await heardOfEach(groups, ['a firing']);
  const formerId = one.id;
  await one.kill();
  one.replaceDisk();
  await one.start();
  expect(one.id).not.toBe(formerId);
  await knowsOf(one, groups);
  await stage.cluster.settled();
  await fireIn(groups, two, 'b');
  await heardOfEach(groups, ['a firing', 'a firing, b firing']);
  const speakers = new Set(groups.map((group) => stage.notices.of(group).at(-1)?.by));
  expect(speakers).toContain(one.name);
});

test('one comes back with an old disk: what it missed it learns, and what it believes owed it does not say', async () => {
  const [one, two] = stage.cluster.nodes as [ProcessNode, ProcessNode];
  const [old, recent] = [severalGroups(), severalGroups()];
  await fireIn(old, one);
  await heardOfEach(old, ['a firing']);
  await one.kill();
  const copy = one.copyDisk();
  await one.start();
  await fireIn(recent, one);
  await Promise.all(old.map((group) => stage.end(two, group)));
  await heardOfEach(old, ['a firing', 'a resolved']);
  await heardOfEach(recent, ['a firing']);
  await one.kill();
  one.replaceDisk(copy);
  await one.start();
  await knowsOf(one, recent);
  await fireIn([...old, ...recent], two, 'b');
  await heardOfEach(old, ['a firing', 'a resolved', 'b firing']);
  await heardOfEach(recent, ['a firing', 'a firing, b firing']);
});

test('in all of it nothing was said twice', () => {
  expect(stage.verdict('losses').duplicates).toEqual({});
});
