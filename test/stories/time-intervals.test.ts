/** Routes that are muted, or only active, at certain times. Stories begin on Monday 5 January 2026 at 12:00 UTC. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

/** @param route what the route of severity="page" says of time intervals */
function config(route: string): string {
  return `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1h
  routes:
    - matchers: [severity="page"]
      ${route}
time_intervals:
  - name: lunch
    time_intervals: [{times: [{start_time: '12:00', end_time: '12:30'}]}]
  - name: afternoon
    time_intervals: [{times: [{start_time: '12:30', end_time: '18:00'}]}]
  - name: monday
    time_intervals: [{weekdays: [monday]}]
  - name: berlin-night
    time_intervals: [{times: [{start_time: '02:00', end_time: '03:00'}], location: Europe/Berlin}]
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;
}

const page = { alertname: 'Down', severity: 'page' };

async function mutedBy(story: Story): Promise<string[]> {
  const groups = await story.json<{ alerts: { status: { mutedBy: string[] } }[] }[]>('/api/v2/alerts/groups');
  return groups.flatMap(({ alerts }) => alerts).flatMap(({ status }) => status.mutedBy);
}

describe('a route with mute_time_intervals', () => {
  test('is quiet inside them and tells at its first tick after them', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [lunch]'));
    await story.fire(page);
    await story.passes('1h');
    expect(story.told()).toEqual(['30:30 team: first notification: Down firing']);
  });

  test('mutes no other route', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [lunch]'));
    await story.fire({ alertname: 'Slow' });
    await story.passes('10m');
    expect(story.told()).toEqual(['0:30 team: first notification: Slow firing']);
  });

  test('holds a "resolved" back and tells it afterwards', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [afternoon]'));
    await story.fire(page);
    await story.passes('20m');
    await story.resolve(page);
    // Half past twelve, but for the tick before.
    await story.passes('6m');
    await story.fire({ ...page, instance: 'b' });
    await story.passes('10m');
    await story.resolve({ ...page, instance: 'b' });
    expect(story.news()).toEqual([
      '0:30 team: first notification: Down firing',
      '20:30 team: all alerts resolved: Down resolved',
      '26:30 team: first notification: Down/b firing',
    ]);
    await story.passes('5h');
    expect(story.news()).toEqual([]);
    await story.passes('1h');
    expect(story.news()).toEqual(['361:30 team: all alerts resolved: Down/b resolved']);
  });

  test('forgets an alert that began and ended inside them', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [lunch]'));
    await story.fire(page);
    await story.passes('10m');
    await story.resolve(page);
    await story.passes('2h');
    expect(story.told()).toEqual([]);
  });

  test('repeats after them what fell due inside', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [afternoon]').replace('1h', '10m'));
    await story.fire(page);
    await story.passes('5h');
    expect(story.news().at(-1)).toBe('20:30 team: repeat interval elapsed: Down firing');
    await story.passes('61m');
    expect(story.news()).toEqual(['360:30 team: repeat interval elapsed: Down firing']);
  });

  test('is shown by the API with the names of those it is inside of', async () => {
    await using story = await Story.begin(config('mute_time_intervals: [lunch, afternoon, monday]'));
    await story.fire(page);
    expect(await mutedBy(story)).toEqual(['lunch', 'monday']);
    await story.passes('31m');
    expect(await mutedBy(story)).toEqual(['afternoon', 'monday']);
  });
});

describe('a route with active_time_intervals', () => {
  test('is quiet outside them and tells at its first tick inside', async () => {
    await using story = await Story.begin(config('active_time_intervals: [afternoon]'));
    await story.fire(page);
    await story.passes('1h');
    expect(story.told()).toEqual(['30:30 team: first notification: Down firing']);
  });

  test('tells while any of them contains the instant', async () => {
    await using story = await Story.begin(config('active_time_intervals: [afternoon, lunch]'));
    await story.fire(page);
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('is muted all the same inside a mute interval', async () => {
    await using story = await Story.begin(
      config('active_time_intervals: [lunch]\n      mute_time_intervals: [monday]'),
    );
    await story.fire(page);
    await story.passes('40m');
    expect(story.told()).toEqual([]);
  });

  test('is shown by the API with all their names while outside them', async () => {
    await using story = await Story.begin(config('active_time_intervals: [afternoon, berlin-night]'));
    await story.fire(page);
    expect(await mutedBy(story)).toEqual(['afternoon', 'berlin-night']);
    await story.passes('31m');
    expect(await mutedBy(story)).toEqual([]);
  });
});

test('intervals are not inherited: the root has none, so its other children speak', async () => {
  const text = config('mute_time_intervals: [lunch]\n      routes: [{matchers: [team="db"]}]');
  await using story = await Story.begin(text);
  await story.fire({ ...page, team: 'db' });
  await story.passes('1m');
  expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
});

test('a message under way when an interval begins is not tried again inside it', async () => {
  await using story = await Story.begin(config('mute_time_intervals: [afternoon]'));
  await story.passes('29m');
  story.receiver('team').behaviour = { kind: 'refuse', retryable: true };
  await story.fire(page);
  await story.passes('1m');
  story.receiver('team').behaviour = { kind: 'take' };
  await story.passes('1h');
  expect(story.told()).toEqual([]);
});

describe('in the zone of an interval', () => {
  /** Told in each full hour around the one from 2:00 to 3:00 in Berlin, on the night of a change. */
  async function quietHours(wallMs: number): Promise<number[]> {
    const text = config('mute_time_intervals: [berlin-night]').replaceAll('5m', '1h').replaceAll('1h', '1h');
    await using story = await Story.begin(text, { wallMs });
    await story.fire(page);
    await story.passes('6h');
    const told = new Set(
      story.receiver('team').told.map(({ notification }) => new Date(notification.nowMs).getUTCHours()),
    );
    return [0, 1, 2, 3].filter((hour) => !told.has(hour));
  }

  test('a winter night has its hour at 1:00 UTC', async () => {
    expect(await quietHours(Date.UTC(2026, 0, 4, 23, 30))).toEqual([1]);
  });

  test('a summer night has it at 0:00 UTC', async () => {
    expect(await quietHours(Date.UTC(2026, 5, 14, 23, 30))).toEqual([0]);
  });

  test('the night that skips it in spring is never quiet', async () => {
    expect(await quietHours(Date.UTC(2026, 2, 28, 23, 30))).toEqual([]);
  });

  test('the night that has it twice in autumn is quiet twice', async () => {
    expect(await quietHours(Date.UTC(2026, 9, 24, 23, 30))).toEqual([0, 1]);
  });
});
