/** The first in line dies, freezes or stops at the worst moments: the page goes out, and once. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RING, RingStage } from '../support/ring-stage.ts';

let stage: RingStage;

beforeAll(async () => {
  stage = await RingStage.start();
});
afterEach(() => stage.bringBack());
afterAll(() => stage[Symbol.asyncDispose]());

/** It may be a second late because others ask before they speak, and the rest is for slow machines. */
const SOON_MS = 5_000;

test('killed between its sends: what it said is not said again, what it owed the next in line says at its tick', async () => {
  const [said, owed] = [stage.newGroup(), stage.newGroup()];
  const [first] = stage.line(said);
  const other = stage.cluster.nodes.find((node) => node !== first) ?? first;
  const owedToo = stage.newGroup({ first });
  await stage.fire(other, said);
  await stage.heard(said, ['a firing']);
  await stage.recorded(said);
  await stage.fire(other, owed);
  const postedMs = await stage.fire(other, owedToo);
  const [, second] = stage.line(owedToo);
  await first.kill();
  await Promise.all([stage.heard(owed, ['a firing']), stage.heard(owedToo, ['a firing'])]);
  stage.noteDelay('killed before its tick: page after the tick by', owedToo, postedMs + RING.groupWaitMs);
  const [page] = stage.notices.of(owedToo);
  expect(page?.by).toBe(second.name);
  expect(page?.atMs).toBeLessThan(postedMs + RING.groupWaitMs + SOON_MS);
  await stage.fire(other, said, 'b');
  await stage.heard(said, ['a firing', 'a firing, b firing']);
  await first.start();
  for (const group of [said, owed, owedToo]) await stage.end(first, group);
  await stage.heard(said, ['a firing', 'a firing, b firing', 'a resolved, b firing']);
  for (const group of [owed, owedToo]) await stage.heard(group, ['a firing', 'a resolved']);
});

test('killed during a send that hangs: told once more, since it cannot be known whether it arrived', async () => {
  const group = stage.newGroup();
  stage.notices.allowDuplicates(group, 'died between send and record');
  const [first, second] = stage.line(group);
  stage.sink.behaveNext({ kind: 'hang' });
  await stage.fire(second, group);
  await stage.heard(group, ['a firing']);
  const killedMs = Date.now();
  await first.kill();
  await stage.heard(group, ['a firing', 'a firing']);
  const [, again] = stage.notices.of(group);
  expect(again?.by).toBe(second.name);
  expect(again?.atMs).toBeLessThan(killedMs + SOON_MS);
  await stage.end(second, group);
  await stage.heard(group, ['a firing', 'a firing', 'a resolved']);
});

test('frozen over its tick: another pages, and the thawed one asks before it speaks', async () => {
  const group = stage.newGroup();
  const [first, second] = stage.line(group);
  const postedMs = await stage.fire(second, group);
  await eventually('the first in line knows of the alert', async () => (await first.api.alerts()).length > 0);
  first.freeze();
  await stage.heard(group, ['a firing']);
  stage.noteDelay('frozen over its tick: page after the tick by', group, postedMs + RING.groupWaitMs);
  // By the time the silence is certain it is the turn of each of the others; whoever asks first has it.
  expect(stage.notices.of(group)[0]?.by).not.toBe(first.name);
  first.thaw();
  await stage.fire(first, group, 'b');
  await stage.heard(group, ['a firing', 'a firing, b firing']);
});

test('stopped before its tick: the next in line pages at that tick', async () => {
  const group = stage.newGroup();
  const [first, second] = stage.line(group);
  const postedMs = await stage.fire(second, group);
  await first.stop();
  await stage.heard(group, ['a firing']);
  stage.noteDelay('stopped before its tick: page after the tick by', group, postedMs + RING.groupWaitMs);
  expect(stage.notices.of(group)[0]?.by).toBe(second.name);
});

test('in all of it nothing was said twice without a cause', () => {
  expect(stage.verdict('deaths').duplicates).toEqual({ 'died between send and record': 1 });
});
