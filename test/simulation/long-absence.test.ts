/** A node that was away for longer than ended things are remembered brings none of them back. */
import { expect, test } from 'vitest';
import { World } from './world.ts';

const MINUTE = 60_000;

test('a silence that somebody ended early stays ended, however long a node was away that believes in it', async () => {
  await using world = await World.begin({
    nodes: ['n1', 'n2'],
    rings: [
      {
        severity: 'page',
        places: [{ name: 'phone' }],
        ...{ groupWaitMs: 1_000, groupIntervalMs: MINUTE, repeatIntervalMs: 60 * MINUTE },
      },
    ],
    flags: ['--data.retention=10m', '--data.maintenance-interval=1m'],
  });
  await world.passes(MINUTE);
  const id = (await world.silence('n1', { alertname: 'Down' }, 10 * 60 * MINUTE)) as string;
  await world.passes(MINUTE);
  world.node('n2').kill();
  await world.expireSilence('n1', id);
  await world.passes(60 * MINUTE);
  await world.node('n2').start();
  await world.passes(MINUTE);
  const silences = await Promise.all(
    ['n1', 'n2'].map(async (node) => {
      const shown = (await (await world.node(node).request('GET', '/api/v2/silences')).json()) as {
        status: { state: string };
      }[];
      return shown.filter(({ status }) => status.state === 'active').length;
    }),
  );
  expect(silences).toEqual([0, 0]);
  // Nobody sees for how long it is remembered.
  expect((await world.node('n1').request('GET', `/api/v2/silence/${id}`)).status).toBe(404);
});
