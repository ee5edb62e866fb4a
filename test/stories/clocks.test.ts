/** Clocks that are set, and bits that flip, lose no alert and invent no end. */
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

describe('an alert the store believes to be told already', () => {
  test('fires again right after the wall clock was set back', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('10m');
    story.wallClockJumps('-30m');
    await story.post(down); // before the next beat of the clock watch
    await story.keepsFiring(down, '1h');
    expect(story.told()).toHaveLength(3);
  });

  test('waits for its group when the wall clock jumps ahead and a reload comes', async () => {
    await using story = await Story.begin(CONFIG);
    await story.post(down);
    await story.passes('10s');
    story.wallClockJumps('1h');
    await story.reload();
    await story.passes('2s');
    await story.keepsFiring(down, '1h');
    expect(story.told()).not.toEqual([]);
  });

  test('ran out silenced, was dropped by a reload, and is given life by a stall', async () => {
    await using story = await Story.begin(CONFIG);
    await story.silence(down, '10m');
    await story.post(down);
    await story.passes('5m10s');
    await story.reload();
    await story.stalls('10s');
    await story.keepsFiring(down, '1h');
    expect(story.told()).not.toEqual([]);
  });
});

describe('a wall clock that is set back', () => {
  test('calls nothing over that was refreshed before the next beat', async () => {
    await using story = await Story.begin(CONFIG);
    await story.keepsFiring(down, '5m');
    await story.passes('29s500ms');
    story.wallClockJumps('-1h');
    await story.post(down); // half a second before the tick and the beat
    await story.passes('10s');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });
  test('loses no alert that was taken before the next beat', async () => {
    await using story = await Story.begin(CONFIG);
    await story.passes('1m500ms');
    story.wallClockJumps('-1h');
    await story.post(down); // 200
    await story.passes('2m'); // well within resolve_timeout
    expect(story.told()).toHaveLength(1);
  });
});

describe('a store with one flipped bit', () => {
  test('takes the alert whose label it was', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'web1' });
    await story.kill();
    for (const [key, value] of await story.disk.entries())
      if (key.startsWith('alerts/')) await story.disk.store.put(key, value.replace('web1', 'veb1'));
    await story.start();
    await story.fire({ ...down, instance: 'web1' });
  });
});
