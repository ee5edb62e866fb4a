/** A disk that fails refuses no alert and stops no page; it becomes an alert itself. */
import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
receivers:
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
`;

const down = { alertname: 'Down' };
const slow = { alertname: 'Slow' };

function toldOf(story: Story, alertname: string): string[] {
  return story.told().filter((line) => line.includes(`: ${alertname} `) || line.includes(`: ${alertname}/`));
}

describe('a full disk', () => {
  test('takes alerts and tells them', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'refuse';
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('5m');
    expect(toldOf(story, 'Down')).toEqual([
      '0:30 team: first notification: Down firing',
      '5:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('is told of, and of its recovery', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--cluster.peer-name=node-1'] });
    story.disk.behaviour = 'refuse';
    await story.fire(down);
    await story.passes('10m');
    story.disk.behaviour = 'work';
    await story.passes('10m');
    expect(toldOf(story, 'TocsinStorageFailing')).toEqual([
      '0:30 team: first notification: TocsinStorageFailing/node-1 firing',
      '10:30 team: all alerts resolved: TocsinStorageFailing/node-1 resolved',
    ]);
  });

  test('is shown on /metrics', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'refuse';
    await story.fire(down);
    expect(await story.metric('tocsin_storage_healthy')).toBe(0);
    story.disk.behaviour = 'work';
    await story.passes('10s');
    expect(await story.metric('tocsin_storage_healthy')).toBe(1);
  });

  test('has everything once there is room again', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'refuse';
    await story.fire(down);
    await story.silence(slow);
    await story.passes('1m');
    story.disk.behaviour = 'work';
    await story.passes('10s');
    await story.restart();
    await story.fire(slow);
    await story.passes('10m');
    expect(toldOf(story, 'Down')).toEqual(['0:30 team: first notification: Down firing']);
    expect(toldOf(story, 'Slow')).toEqual([]);
  });

  test('forgets at a restart what it never took, and only that', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    story.disk.behaviour = 'refuse';
    await story.fire(slow);
    await story.restart();
    story.disk.behaviour = 'work';
    expect(await story.activeAlerts()).toEqual(['Down']);
    await story.passes('10m');
    expect(toldOf(story, 'Down')).toEqual(['0:30 team: first notification: Down firing']);
  });
});

describe('a disk that hangs', () => {
  test('keeps no checker waiting longer than 250 ms', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'hang';
    let isTaken = false;
    const posted = story.fire(down).then(() => {
      isTaken = true;
    });
    await story.passes('249ms');
    expect(isTaken).toBe(false);
    await story.passes('1ms');
    expect(isTaken).toBe(true);
    await posted;
  });

  test('delays a page by a second at most', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'hang';
    const posted = story.fire(down);
    await story.passes('1m');
    await posted;
    expect(toldOf(story, 'Down')).toEqual(['0:31 team: first notification: Down firing']);
  });

  test('does not stop the messages after the first', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('29s');
    story.disk.behaviour = 'hang';
    const posted = story.fire({ ...down, instance: 'b' });
    await story.passes('1m');
    await posted;
    const ended = story.resolve({ ...down, instance: 'b' });
    await story.passes('6m');
    await ended;
    expect(toldOf(story, 'Down')).toEqual([
      '0:31 team: first notification: Down/a firing, Down/b firing',
      '5:31 team: some alerts resolved: Down/a firing, Down/b resolved',
    ]);
  });

  test('is told of, and of its recovery', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--cluster.peer-name=node-1'] });
    story.disk.behaviour = 'hang';
    const posted = story.fire(down);
    await story.passes('10m');
    await posted;
    story.disk.behaviour = 'work';
    await story.passes('10m');
    expect(toldOf(story, 'TocsinStorageFailing').map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'team: first notification: TocsinStorageFailing/node-1 firing',
      'team: all alerts resolved: TocsinStorageFailing/node-1 resolved',
    ]);
  });

  test('puts a silence in force, and does not keep its maker waiting for ever', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'hang';
    const silenced = story.silence(down);
    const posted = story.fire(down);
    await story.passes('1m');
    await silenced;
    await posted;
    expect(toldOf(story, 'Down')).toEqual([]);
  });

  test('has everything once it answers again', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'hang';
    const posted = story.fire(down);
    await story.passes('1m');
    await posted;
    story.disk.behaviour = 'work';
    await story.passes('1s');
    await story.restart();
    await story.passes('10m');
    expect(toldOf(story, 'Down')).toEqual(['0:31 team: first notification: Down firing']);
  });
});
