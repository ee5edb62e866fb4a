/** A process that stood still, or a clock that was set, must not take its own deafness for the silence of checkers. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;

const down = { alertname: 'Down' };

const resolvedTold = (story: Story) => story.told().filter((line) => line.includes('resolved'));

test.each(['2500ms', '20s', '4m', '20m', '3h'])(
  'after a stall of %s nothing is falsely called over',
  async (duration) => {
    await using story = await Story.begin(CONFIG);
    await story.keepsFiring(down, '7m');
    await story.stalls(duration);
    await story.keepsFiring(down, '12m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  },
);

describe('a tick that is the first thing to happen', () => {
  /** Until a twentieth of a second before a tick, and longer than that before the clocks are next looked at. */
  async function untilJustBeforeTick(): Promise<Story> {
    const story = await Story.begin(CONFIG);
    await story.passes('700ms');
    await story.keepsFiring(down, '5m29s');
    await story.passes('950ms');
    return story;
  }

  test('after a stall calls nothing over', async () => {
    await using story = await untilJustBeforeTick();
    await story.stalls('20m');
    await story.keepsFiring(down, '12m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('after the wall clock was set calls nothing over', async () => {
    await using story = await untilJustBeforeTick();
    story.wallClockJumps('1h');
    await story.passes('100ms');
    await story.keepsFiring(down, '12m');
    expect(resolvedTold(story)).toEqual([]);
  });
});

test('an alert whose checker has died is over after a stall, too, only later', async () => {
  await using story = await Story.begin(CONFIG);
  await story.keepsFiring(down, '3m');
  await story.stalls('20m');
  await story.passes('11m');
  expect(resolvedTold(story)).toHaveLength(1);
});

test('a stall is counted', async () => {
  await using story = await Story.begin(CONFIG);
  await story.passes('10s');
  await story.stalls('5s');
  expect(await story.metric('tocsin_event_loop_stalls_total')).toBe(1);
});

test('ticks missed in a stall are made up for by one', async () => {
  await using story = await Story.begin(CONFIG.replace('4h', '5m'));
  await story.fire(down);
  await story.passes('1m');
  await story.stalls('22m');
  await story.passes('1m');
  expect(story.told().map((line) => line.split(' ')[0])).toEqual(['0:30', '23:00']);
});

describe('a wall clock set', () => {
  test.each(['1h', '10m', '-10m', '-1h', '30d'])('by %s calls nothing over', async (jump) => {
    await using story = await Story.begin(CONFIG);
    await story.keepsFiring(down, '7m');
    story.wallClockJumps(jump);
    await story.keepsFiring(down, '12m');
    expect(resolvedTold(story)).toEqual([]);
  });

  test.each(['1h', '-1h'])('by %s does not tell again what was told', async (jump) => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('7m');
    story.wallClockJumps(jump);
    await story.passes('2h');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('ahead ends an alert of which no checker speaks any more after another lease', async () => {
    await using story = await Story.begin(CONFIG);
    await story.post(down);
    await story.passes('1m');
    story.wallClockJumps('1h');
    await story.passes('11m');
    expect(story.told().slice(1)).toEqual(['10:30 team: all alerts resolved: Down resolved']);
  });

  test('back does not bring what is over to life', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('5m');
    story.wallClockJumps('-1h');
    await story.passes('2s');
    expect(await story.activeAlerts()).toEqual([]);
    await story.passes('2h');
    expect(story.told()).toHaveLength(2);
  });

  test('back still lets a checker end its alert', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    story.wallClockJumps('-1h');
    await story.resolve(down);
    await story.passes('5m');
    expect(story.told().slice(1)).toEqual(['5:30 team: all alerts resolved: Down resolved']);
  });

  test('back does not delay a first message', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('10s');
    story.wallClockJumps('-1h');
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });
});
