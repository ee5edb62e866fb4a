/** What can be done to a world, and that it does to nodes what it says. One node each: what several agree on is elsewhere. */
import { describe, expect, test } from 'vitest';
import type { RingPlan } from './ring-plan.ts';
import { World, type WorldOptions } from './world.ts';

const PAGE: RingPlan = {
  severity: 'page',
  places: [{ name: 'phone' }],
  groupWaitMs: 30_000,
  groupIntervalMs: 60_000,
  repeatIntervalMs: 600_000,
};
const down = { alertname: 'Down', severity: 'page' };
const FIRST = 'phone: first notification: Down firing';

async function worldWithAlert(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await World.begin({ rings: [PAGE], ...options });
  world.checks({ name: 'prometheus', intervalMs: 15_000 });
  world.begins(down);
  return world;
}

function lines(world: World, part: string): string[] {
  return world
    .trace()
    .split('\n')
    .filter((line) => line.includes(part))
    .map((line) => line.trim());
}

describe('a node killed', () => {
  test('between its claim and its message tells it after the restart, once', async () => {
    await using world = await worldWithAlert();
    world.node('n1').crashAt({ at: 'message', count: 1, when: 'before' });
    await world.passes('40s');
    expect(world.node('n1').isRunning).toBe(false);
    await world.node('n1').start();
    await world.passes('5m');
    expect(world.told()).toEqual([`0:40 ${FIRST}`]);
  });

  test('after its message, of which it has not heard, tells it again', async () => {
    await using world = await worldWithAlert();
    world.node('n1').crashAt({ at: 'message', count: 1, when: 'after' });
    await world.passes('40s');
    await world.node('n1').start();
    await world.passes('5m');
    expect(world.told()).toEqual([`0:30 ${FIRST}`, `0:40 ${FIRST}`]);
  });

  test('before an alert is on disk has not taken it', async () => {
    await using world = await worldWithAlert();
    world.node('n1').crashAt({ at: 'disk write', count: 1, when: 'before' });
    await world.passes('1s');
    expect(lines(world, 'posted')).toEqual(['0.000 prometheus posted to n1 at 0.000: Down firing: no answer']);
    await world.node('n1').start();
    await world.look();
    expect(lines(world, 'shows')).toEqual(['1000.000 n1 shows nothing']);
  });

  test('after it is on disk has it, though the checker does not know', async () => {
    await using world = await worldWithAlert();
    world.node('n1').crashAt({ at: 'disk write', count: 1, when: 'after' });
    await world.passes('1s');
    await world.node('n1').start();
    await world.look();
    expect(lines(world, 'shows')).toEqual(['1000.000 n1 shows Down']);
  });
});

describe('a disk', () => {
  test('is kept over a restart, emptied, or set back to a copy', async () => {
    await using world = await World.begin({ rings: [PAGE] });
    const node = world.node('n1');
    const shownAfter = async (disk: Parameters<typeof node.start>[0]) => {
      node.kill();
      await node.start(disk);
      await world.look();
    };
    await world.silence('n1', down, '1h');
    node.copyDisk();
    await world.silence('n1', { alertname: 'Up' }, '1h');
    await shownAfter('its own disk');
    await shownAfter('an old copy of its disk');
    await shownAfter('an empty disk');
    const counts = lines(world, 'shows').map((line) => line.split(/[, ]+/).filter((word) => word.length === 36).length);
    expect(counts).toEqual([2, 1, 0]);
  });

  test('loses in a power cut what was not synced', async () => {
    await using world = await worldWithAlert();
    await world.silence('n1', { alertname: 'Up' }, '1h');
    await world.passes('40s');
    world.begins({ ...down, instance: 'late' });
    await world.passes('10s');
    world.node('n1').vanish();
    await world.node('n1').start();
    await world.look();
    expect(lines(world, 'shows')).toEqual([expect.stringMatching(/n1 shows Down, [\w-]{36}$/)]);
  });
});

describe('a frozen node', () => {
  test('takes a post when it is thawed, which the checker has given up by then', async () => {
    await using world = await World.begin({ rings: [PAGE] });
    world.node('n1').freeze();
    world.begins(down);
    world.checks({ name: 'prometheus', intervalMs: 60_000 });
    await world.passes('20s');
    await world.node('n1').thaw();
    await world.passes('1s');
    await world.look();
    expect(lines(world, 'posted')).toEqual(['10000.000 prometheus posted to n1 at 0.000: Down firing: no answer']);
    expect(lines(world, 'shows')).toEqual(['21000.000 n1 shows Down']);
  });

  test('hears the answer of a place when it is thawed', async () => {
    await using world = await worldWithAlert();
    world.place('phone').behaviour = { kind: 'takes', afterMs: 2_000 };
    await world.passes('31s');
    world.node('n1').freeze();
    await world.passes('5s');
    await world.node('n1').thaw();
    await world.passes('1s');
    expect(lines(world, '#1')).toEqual([
      expect.stringMatching(/^30000.* n1 #1 to phone/),
      '32000.000 phone is told #1',
      '36000.000 phone answers #1: sent',
    ]);
  });
});

describe('a place', () => {
  test.each([
    ['takes', { kind: 'takes' }, [`0:30 ${FIRST}`]],
    ['takes slowly', { kind: 'takes', afterMs: 5_000 }, [`0:35 ${FIRST}`]],
    ['refuses', { kind: 'refuses', retryable: true }, []],
    ['hangs', { kind: 'hangs' }, []],
  ] as const)('%s', async (_, behaviour, told) => {
    await using world = await worldWithAlert();
    world.place('phone').behaviour = behaviour;
    await world.passes('40s');
    expect(world.told()).toEqual(told);
  });

  test('that loses the answer has it, and is asked again', async () => {
    await using world = await worldWithAlert();
    world.place('phone').next.push({ kind: 'loses the answer', breaksAfterMs: 1_000 });
    await world.passes('1m');
    expect(lines(world, 'answers')).toEqual([
      '31000.000 phone answers #1: unknown',
      expect.stringContaining('phone answers #2: sent'),
    ]);
    expect(world.told()).toHaveLength(2);
  });

  test('takes a request that was written though its sender has died', async () => {
    await using world = await worldWithAlert();
    world.place('phone').behaviour = { kind: 'takes', afterMs: 5_000 };
    await world.passes('31s');
    world.node('n1').kill();
    await world.passes('10s');
    expect(world.told()).toEqual([`0:35 ${FIRST}`]);
    expect(lines(world, 'answers')).toEqual([]);
  });
});

test('a silence made is in force until it is expired', async () => {
  await using world = await worldWithAlert();
  const id = await world.silence('n1', { alertname: 'Down' }, '1h');
  await world.passes('2m');
  expect(world.told()).toEqual([]);
  expect(await world.expireSilence('n1', id ?? '')).toBe(true);
  await world.passes('1m');
  expect(world.told()).toEqual([`2:30 ${FIRST}`]);
});

test('a checker says for a while that something is over', async () => {
  await using world = await worldWithAlert();
  world.checker('prometheus').stop();
  world.checks({ name: 'other', intervalMs: 15_000, repeatsResolvedForMs: 20_000 });
  await world.passes('20s');
  world.ends(down);
  await world.passes('5m');
  expect(lines(world, 'other posted').map((line) => line.replace(/.*: (Down .*): taken/, '$1'))).toEqual([
    'Down firing',
    'Down firing',
    'Down resolved',
    'Down resolved',
  ]);
});

test('SIGTERM lets a message under way end', async () => {
  await using world = await worldWithAlert();
  world.place('phone').behaviour = { kind: 'takes', afterMs: 2_000 };
  await world.passes('31s');
  world.after(0, () => world.node('n1').stop());
  await world.passes('5s');
  expect(lines(world, '#1').at(-1)).toBe('32000.000 phone answers #1: sent');
  expect(lines(world, 'n1 has stopped')).toHaveLength(1);
});

test('what fails while time passes fails the run', async () => {
  await using world = await World.begin({ rings: [PAGE] });
  world.after('1s', () => world.node('n9').kill());
  await expect(world.passes('2s')).rejects.toThrow('what was to happen at 1000 ms failed');
});
