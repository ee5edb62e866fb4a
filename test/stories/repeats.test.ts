/** What goes on is told again every repeat_interval: exactly, and never for what is over. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

/** @param repeat repeat_interval, next to a group_interval of 5 minutes */
function config(repeat: string): string {
  return `
route:
  receiver: team
  group_wait: 30s
  group_interval: 5m
  repeat_interval: ${repeat}
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;
}

/** The minutes and seconds at which something was told. */
function timesTold(story: Story): string[] {
  return story.told().map((line) => line.split(' ')[0] ?? '');
}

test.each([
  ['a multiple of group_interval: on the dot', '10m', ['0:30', '10:30', '20:30', '30:30']],
  ['equal to group_interval: at every tick', '5m', ['0:30', '5:30', '10:30', '15:30', '20:30', '25:30', '30:30']],
  ['no multiple of group_interval: at the first tick after it', '12m', ['0:30', '15:30', '30:30']],
  ['shorter than group_interval: at every tick', '1m', ['0:30', '5:30', '10:30', '15:30', '20:30', '25:30', '30:30']],
  ['a millisecond: at every tick', '1ms', ['0:30', '5:30', '10:30', '15:30', '20:30', '25:30', '30:30']],
  ['longer than the story: never', '4h', ['0:30']],
])('repeat_interval %s', async (_, repeat, times) => {
  await using story = await Story.begin(config(repeat));
  await story.fire({ alertname: 'Down' });
  await story.passes('31m');
  expect(timesTold(story)).toEqual(times);
});

test('a repetition says so, and lists what fires', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('11m');
  expect(story.told().at(-1)).toBe('10:30 team: repeat interval elapsed: Down firing');
});

test('any message begins the repeat_interval anew', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down', instance: 'a' });
  await story.passes('6m');
  await story.fire({ alertname: 'Down', instance: 'b' });
  await story.passes('20m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down/a firing',
    '10:30 team: new alerts added: Down/a firing, Down/b firing',
    '20:30 team: repeat interval elapsed: Down/a firing, Down/b firing',
  ]);
});

test('what is over is never repeated', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('1m');
  await story.resolve({ alertname: 'Down' });
  await story.passes('1h');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down firing',
    '5:30 team: all alerts resolved: Down resolved',
  ]);
});

test('what is over stays out of the repetition of what goes on', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down', instance: 'a' });
  await story.fire({ alertname: 'Down', instance: 'b' });
  await story.passes('1m');
  await story.resolve({ alertname: 'Down', instance: 'b' });
  await story.passes('16m');
  expect(story.told()).toEqual([
    '0:30 team: first notification: Down/a firing, Down/b firing',
    '5:30 team: some alerts resolved: Down/a firing, Down/b resolved',
    '15:30 team: repeat interval elapsed: Down/a firing',
  ]);
});

test('a repetition that falls due while silenced comes at the first tick after the silence', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('1m');
  await story.silence({ alertname: 'Down' }, '16m');
  await story.passes('30m');
  expect(timesTold(story)).toEqual(['0:30', '20:30', '30:30']);
});

test('a message that took long to deliver counts from its tick', async () => {
  await using story = await Story.begin(config('10m'));
  story.receiver('team').behaviour = { kind: 'take slowly', afterMs: 9_000 };
  await story.fire({ alertname: 'Down' });
  await story.passes('31m');
  expect(timesTold(story)).toEqual(['0:39', '10:39', '20:39', '30:39']);
});

describe('the repeat_interval does not depend on', () => {
  test.each([
    ['a wall clock set an hour ahead', '1h'],
    ['a wall clock set back an hour', '-1h'],
  ])('%s', async (_, jump) => {
    await using story = await Story.begin(config('10m'));
    await story.fire({ alertname: 'Down' });
    await story.passes('6m');
    story.wallClockJumps(jump);
    await story.passes('25m');
    expect(timesTold(story)).toEqual(['0:30', '10:30', '20:30', '30:30']);
  });

  test('a restart between two ticks', async () => {
    await using story = await Story.begin(config('10m'));
    await story.fire({ alertname: 'Down' });
    await story.passes('2m');
    await story.restart();
    await story.passes('29m');
    expect(timesTold(story)).toEqual(['0:30', '10:30', '20:30', '30:30']);
  });

  test('a restart some ticks after the last message', async () => {
    await using story = await Story.begin(config('20m'));
    await story.fire({ alertname: 'Down' });
    await story.passes('12m');
    await story.restart();
    await story.passes('30m');
    expect(timesTold(story)).toEqual(['0:30', '20:30', '40:30']);
  });
});

test('a repetition that falls due while the node is down comes when it is up again', async () => {
  await using story = await Story.begin(config('10m'));
  await story.fire({ alertname: 'Down' });
  await story.passes('9m');
  await story.kill();
  await story.passes('3m');
  await story.start();
  await story.passes('10m');
  expect(timesTold(story)).toEqual(['0:30', '12:00', '20:30']);
});
