/** kill -9 and SIGTERM: what was accepted is told, what was told is not told again, and nothing is called over too early. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 20m
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;

const down = { alertname: 'Down' };
const a = { ...down, instance: 'a' };
const b = { ...down, instance: 'b' };

async function isDownFor(story: Story, duration: string): Promise<void> {
  await story.kill();
  await story.passes(duration);
  await story.start();
}

describe('an alert', () => {
  test('taken the moment before kill -9 is told, once', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.restart();
    await story.passes('10m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('keeps its annotations', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down, { annotations: { summary: 'old' } });
    await story.fire(down, { annotations: { summary: 'new' } });
    await story.restart();
    await story.passes('1m');
    expect(story.receiver('team').told[0]?.notification.alerts[0]?.annotations).toEqual({ summary: 'new' });
  });

  test('was known for a while already: that counts towards group_wait', async () => {
    await using story = await Story.begin(CONFIG.replace('30s', '2m'));
    await story.fire(down);
    await story.passes('50s');
    await isDownFor(story, '10s');
    await story.passes('10m');
    expect(story.told()).toEqual(['2:00 team: first notification: Down firing']);
  });

  test('whose first tick was missed is told at once', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await isDownFor(story, '10m');
    await story.passes('1s');
    expect(story.told()).toEqual(['10:00 team: first notification: Down firing']);
  });

  test('that joined a group whose tick was missed is told at once, and the rhythm goes on', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.passes('1m');
    await story.fire(b);
    await isDownFor(story, '6m');
    await story.passes('1s');
    await story.fire({ ...down, instance: 'c' });
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '7:00 team: new alerts added: Down/a firing, Down/b firing',
      '10:30 team: new alerts added: Down/a firing, Down/b firing, Down/c firing',
    ]);
  });
});

describe('an alert whose checker spoke to nobody while the node was down', () => {
  test('is not called over at the start', async () => {
    await using story = await Story.begin(CONFIG);
    await story.keepsFiring(down, '3m');
    await isDownFor(story, '30m');
    await story.keepsFiring(down, '15m');
    expect(story.told().filter((line) => line.includes('resolved'))).toEqual([]);
  });

  test('is over when nobody has spoken for a resolve_timeout after the start', async () => {
    await using story = await Story.begin(CONFIG);
    await story.keepsFiring(down, '3m');
    await isDownFor(story, '6m');
    story.news();
    await story.passes('15m');
    expect(story.news()).toEqual(['15:30 team: all alerts resolved: Down resolved']);
  });

  test('is given as long as the checker asked for, where that is longer', async () => {
    await using story = await Story.begin(CONFIG);
    await story.post(down, { startsAt: story.wallTime(), endsAt: story.wallTime('12m') });
    await story.passes('1m');
    await isDownFor(story, '15m');
    await story.passes('11m');
    expect(story.told().filter((line) => line.includes('resolved'))).toEqual([]);
    await story.passes('6m');
    expect(story.told().at(-1)).toBe('30:30 team: all alerts resolved: Down resolved');
  });

  test('is over at once when its checker says so after the start', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await isDownFor(story, '2m');
    await story.resolve(down);
    await story.passes('5m');
    expect(story.told().slice(1)).toEqual(['5:30 team: all alerts resolved: Down resolved']);
  });
});

describe('what is over stays over:', () => {
  test('an alert that ended by word and was told', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(b);
    await story.passes('5m');
    await story.restart();
    await story.passes('30m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '5:30 team: some alerts resolved: Down/a firing, Down/b resolved',
      '25:30 team: repeat interval elapsed: Down/a firing',
    ]);
  });

  test('an alert that ran out and was told', async () => {
    await using story = await Story.begin(CONFIG);
    await story.post(down);
    await story.passes('6m');
    await story.restart();
    expect(await story.activeAlerts()).toEqual([]);
    await story.passes('30m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '5:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('an alert that ended by word, with the wall clock set back while the node was down', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('5m');
    await story.kill();
    story.wallClockJumps('-1h');
    await story.start();
    expect(await story.activeAlerts()).toEqual([]);
    await story.passes('2h');
    expect(story.told()).toHaveLength(2);
  });
});

describe('what was told is not told again', () => {
  test('after kill -9 right after the message', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('30s');
    await story.restart();
    await story.passes('19m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('after SIGTERM', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.stop();
    await story.start();
    await story.passes('18m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('after many restarts', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    for (let restarts = 0; restarts < 10; restarts++) {
      await story.passes('61s');
      await story.restart();
    }
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test.each([
    ['ahead', '1h', 'its age is unknown, so it is repeated'],
    ['back', '-1h', 'it counts as told just now'],
  ])('as new after the wall clock was set an hour %s while the node was down', async (_, jump) => {
    await using story = await Story.begin(CONFIG.replace('20m', '4h'));
    await story.fire(down);
    await story.passes('1m');
    await story.kill();
    story.wallClockJumps(jump);
    await story.start();
    await story.passes('1h');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('more than once more when a clock set ahead makes it look old', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.kill();
    story.wallClockJumps('1h');
    await story.start();
    await story.passes('19m');
    expect(story.told()).toHaveLength(2);
  });
});

test('with --dispatch.start-delay nothing is told before it has passed', async () => {
  await using story = await Story.begin(CONFIG, { flags: ['--dispatch.start-delay=1m'] });
  await story.fire(down);
  await story.restart();
  await story.passes('10m');
  expect(story.told()).toEqual(['1:00 team: first notification: Down firing']);
});
