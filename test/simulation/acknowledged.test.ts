/** Whoever was told 200 may forget the alert, and the node that said so may die: another one pages. */
import { describe, expect, test } from 'vitest';
import type { RingPlan } from './ring-plan.ts';
import { World, type WorldOptions } from './world.ts';

const NODES = ['n1', 'n2', 'n3'];
const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
};
const FIRST = 'phone: first notification: Down firing';

async function cluster(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await World.begin({ rings: [PAGE], nodes: NODES, ...options });
  await world.passes('20s');
  return world;
}

/** One post to one node, once. Resolves with the status and how many milliseconds that took; fails if nobody answers. */
async function post(
  world: World,
  node: string,
  onAnswer = () => {},
): Promise<readonly [status: number, tookMs: number]> {
  const beganMs = world.nowMs;
  const answered = world
    .node(node)
    .request('POST', '/api/v2/alerts', [{ labels: { alertname: 'Down', severity: 'page' } }])
    .then(({ status }) => {
      const tookMs = world.nowMs - beganMs;
      if (status === 200) onAnswer();
      return [status, tookMs] as const;
    });
  await world.passes('1s');
  return answered;
}

function slow(world: World, delayMs: number): void {
  for (const node of ['n2', 'n3']) world.network.setConditions('n1', node, { delayMs });
}

const withoutTimes = (told: readonly string[]) => told.map((line) => line.replace(/^\S+ /, ''));

describe('an alert that one node alone was told of', () => {
  test.each([
    ['good links', () => {}],
    ['slow links', (world: World) => slow(world, 80)],
    ['one link, which is slow', (world: World) => [slow(world, 80), world.network.cut('n1', 'n2')]],
  ])('is paged though the node is killed as soon as it has answered, over %s', async (_, happens) => {
    await using world = await cluster();
    happens(world);
    expect((await post(world, 'n1', () => world.node('n1').kill()))[0]).toBe(200);
    expect(world.node('n1').isRunning).toBe(false);
    await world.passes('3m');
    expect(withoutTimes(world.told())).toEqual([FIRST]);
  });
});

describe('a post is answered', () => {
  test('as soon as one peer has it, however far the other is', async () => {
    await using world = await cluster();
    world.network.setConditions('n1', 'n2', { delayMs: 2_000 });
    const [status, tookMs] = await post(world, 'n1');
    expect(status).toBe(200);
    expect(tookMs).toBeLessThan(50);
  });

  test('after a quarter of a second if no peer says that it has it', async () => {
    await using world = await cluster();
    for (const node of ['n2', 'n3']) world.node(node).freeze();
    const [status, tookMs] = await post(world, 'n1');
    expect([status, Math.round(tookMs)]).toEqual([200, 250]);
  });

  test('at once if it is a refresh, or the node is alone', async () => {
    await using world = await cluster();
    await post(world, 'n1');
    for (const node of ['n2', 'n3']) world.node(node).freeze();
    const [status, tookMs] = await post(world, 'n1');
    expect([status, Math.round(tookMs)]).toEqual([200, 0]);
    await using alone = await cluster({ nodes: ['n1'] });
    expect((await post(alone, 'n1'))[1]).toBeLessThan(50);
  });
});
