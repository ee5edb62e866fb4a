/** When a group speaks, to whom, and what belongs together. */
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

/** The instances of each message, as the receiver lists them. */
function instancesTold(story: Story): (string | undefined)[][] {
  return story
    .receiver('team')
    .told.map(({ notification }) => notification.alerts.map(({ labels }) => labels.instance));
}

describe('the rhythm', () => {
  test('the first alert of a group is told after group_wait', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down' });
    await story.passes('10m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('alerts that come within group_wait are told together', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down', instance: 'a' });
    await story.passes('29s');
    await story.fire({ alertname: 'Down', instance: 'b' });
    await story.passes('10m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down/a firing, Down/b firing']);
  });

  test('an alert that joins is told with the rest at the next tick', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down', instance: 'a' });
    await story.passes('1m');
    await story.fire({ alertname: 'Down', instance: 'b' });
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '5:30 team: new alerts added: Down/a firing, Down/b firing',
    ]);
  });

  test('an alert that began longer than group_wait ago is told at once', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down' }, { startsAt: story.wallTime('-31s') });
    await story.passes('1s');
    expect(story.told()).toEqual(['0:00 team: first notification: Down firing']);
  });

  test('an alert that began exactly group_wait ago waits', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down' }, { startsAt: story.wallTime('-30s') });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('only the alert that creates the group can shorten the wait', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down', instance: 'a' });
    await story.passes('10s');
    await story.fire({ alertname: 'Down', instance: 'b' }, { startsAt: story.wallTime('-1h') });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down/a firing, Down/b firing']);
  });

  test('ticks do not drift: the hundredth is to the millisecond where it belongs', async () => {
    await using story = await Story.begin(CONFIG.replace('5m', '700ms').replace('4h', '700ms').replace('30s', '300ms'));
    const beganMs = story.system.now().monotonicMs;
    await story.fire({ alertname: 'Down' });
    await story.passes('71s');
    const { told } = story.receiver('team');
    expect(told.map(({ atMs }) => atMs - beganMs)).toEqual(
      Array.from({ length: told.length }, (_, tick) => 300 + tick * 700),
    );
    expect(told.length).toBeGreaterThan(100);
  });

  test('a group that has ended is forgotten; the next alert begins it anew', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down' });
    await story.passes('1m');
    await story.resolve({ alertname: 'Down' });
    await story.passes('6m');
    await story.fire({ alertname: 'Down' });
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '5:30 team: all alerts resolved: Down resolved',
      '7:30 team: first notification: Down firing',
    ]);
  });

  test('an alert that is over before its first tick is never told', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Down' });
    await story.passes('20s');
    await story.resolve({ alertname: 'Down' });
    await story.passes('1h');
    expect(story.told()).toEqual([]);
  });
});

describe('what belongs together', () => {
  const grouped = (groupBy: string) => CONFIG.replace('[alertname]', groupBy);

  test('group_by some labels: one group per value, with those labels as its own', async () => {
    await using story = await Story.begin(grouped('[alertname, zone]'));
    await story.fire({ alertname: 'Down', zone: 'east', instance: 'a' });
    await story.fire({ alertname: 'Down', zone: 'east', instance: 'b' });
    await story.fire({ alertname: 'Down', zone: 'west', instance: 'c' });
    await story.passes('1m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '0:30 team: first notification: Down/c firing',
    ]);
    const [east] = story.receiver('team').told;
    expect(east?.notification.groupLabels).toEqual({ alertname: 'Down', zone: 'east' });
    expect(east?.notification.groupKey).toBe('{}:{alertname="Down", zone="east"}');
  });

  test('group_by none: everything is one group', async () => {
    await using story = await Story.begin(grouped('[]'));
    await story.fire({ alertname: 'Down' });
    await story.fire({ alertname: 'Slow', zone: 'west' });
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing, Slow firing']);
    expect(story.receiver('team').told[0]?.notification.groupKey).toBe('{}:{}');
  });

  test("group_by '...': every label set is a group", async () => {
    await using story = await Story.begin(grouped("['...']"));
    await story.fire({ alertname: 'Down', instance: 'a' });
    await story.fire({ alertname: 'Down', instance: 'b' });
    await story.passes('1m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '0:30 team: first notification: Down/b firing',
    ]);
  });

  test.each(['a\u0000zone:b', 'a\u00004:zoneb', 'a\u00004:zone1:b'])(
    'one label whose value reads like two labels is not taken for two: %j',
    async (value) => {
      await using story = await Story.begin(CONFIG.replace('[alertname]', '[zone, team]'));
      await story.fire({ alertname: 'Down', team: 'a', zone: 'b' });
      await story.fire({ alertname: 'Up', team: value });
      await story.passes('1m');
      expect(story.told()).toEqual([
        '0:30 team: first notification: Down firing',
        '0:30 team: first notification: Up firing',
      ]);
    },
  );

  test('alerts without a label of group_by are a group of their own, without that label', async () => {
    await using story = await Story.begin(grouped('[zone]'));
    await story.fire({ alertname: 'Down', instance: 'a', zone: 'east' });
    await story.fire({ alertname: 'Down', instance: 'b' });
    await story.fire({ alertname: 'Slow', instance: 'c' });
    await story.passes('1m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '0:30 team: first notification: Down/b firing, Slow/c firing',
    ]);
    expect(story.receiver('team').told[1]?.notification.groupLabels).toEqual({});
  });

  test('an alert that two routes continue to is told by each, also to the same receiver', async () => {
    await using story = await Story.begin(`
route:
  receiver: team
  group_wait: 30s
  routes:
    - matchers: [severity="page"]
      continue: true
    - matchers: [zone="east"]
      group_wait: 1m
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`);
    await story.fire({ alertname: 'Down', severity: 'page', zone: 'east' });
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '1:00 team: first notification: Down firing',
    ]);
  });
});

describe('two routes with the same matchers, so that their groups have the same key', () => {
  const TWINS = `
route:
  receiver: first
  group_wait: 30s
  routes:
    - matchers: [severity="page"]
      receiver: first
      group_interval: 1m
      continue: true
    - matchers: [severity="page"]
      receiver: second
      group_interval: 7m
receivers:
  - name: first
    webhook_configs: [{url: 'http://first.test/'}]
  - name: second
    webhook_configs: [{url: 'http://second.test/'}]
`;

  test('each tells its own receiver, in its own time', async () => {
    await using story = await Story.begin(TWINS);
    await story.fire({ alertname: 'Down', severity: 'page' });
    await story.passes('1m');
    await story.resolve({ alertname: 'Down', severity: 'page' });
    await story.passes('1h');
    expect(story.told()).toEqual([
      '0:30 first: first notification: Down firing',
      '0:30 second: first notification: Down firing',
      '1:30 first: all alerts resolved: Down resolved',
      '7:30 second: all alerts resolved: Down resolved',
    ]);
  });

  test('the second hears of an alert that ends and fires again while it still waits for the first end', async () => {
    await using story = await Story.begin(TWINS);
    await story.fire({ alertname: 'Down', severity: 'page' });
    await story.passes('1m');
    await story.resolve({ alertname: 'Down', severity: 'page' });
    await story.passes('1m');
    await story.fire({ alertname: 'Down', severity: 'page' });
    await story.passes('10m');
    expect(story.told('first')).toEqual([
      '0:30 first: first notification: Down firing',
      '1:30 first: all alerts resolved: Down resolved',
      '2:30 first: first notification: Down firing',
    ]);
    expect(story.told('second')).toEqual(['0:30 second: first notification: Down firing']);
  });
});

describe('a message', () => {
  test('lists its alerts by job, then instance, those without one last', async () => {
    await using story = await Story.begin(CONFIG);
    const listed = [
      { job: 'api', instance: 'a' },
      { job: 'api', instance: 'b' },
      { job: 'db', instance: 'a0' },
      { instance: 'c' },
      { instance: 'd' },
    ];
    for (const labels of listed.toReversed()) await story.fire({ alertname: 'Down', ...labels });
    await story.passes('1m');
    expect(instancesTold(story)).toEqual([['a', 'b', 'a0', 'c', 'd']]);
  });

  test('says what its alerts have in common', async () => {
    await using story = await Story.begin(CONFIG);
    const annotations = { runbook: 'http://wiki.test/' };
    await story.fire({ alertname: 'Down', job: 'api', instance: 'a' }, { annotations: { ...annotations, n: '1' } });
    await story.fire({ alertname: 'Down', job: 'api', instance: 'b' }, { annotations: { ...annotations, n: '2' } });
    await story.passes('1m');
    expect(story.receiver('team').told[0]?.notification).toMatchObject({
      commonLabels: { alertname: 'Down', job: 'api' },
      commonAnnotations: annotations,
    });
  });
});
