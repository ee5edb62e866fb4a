/** What bounds memory and disk, and that nothing is forgotten before its time. */
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

const down = (instance: string) => ({ alertname: 'Down', instance });

/** How many records of each kind are on disk. */
async function stored(story: Story): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [key] of await story.disk.entries()) {
    const kind = key.slice(0, key.indexOf('/'));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('--alerts.per-alertname-limit', () => {
  const LIMITED = { flags: ['--alerts.per-alertname-limit=2'] };

  test('refuses one alert too many, and says which flag', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await expect(story.fire(down('c'))).rejects.toThrow(/--alerts\.per-alertname-limit/);
    expect(await story.activeAlerts()).toEqual(['Down/a', 'Down/b']);
  });

  test('counts each alertname by itself, and no refresh', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await story.fire(down('b'));
    await story.fire({ alertname: 'Slow' });
    expect(await story.activeAlerts()).toEqual(['Down/a', 'Down/b', 'Slow']);
  });

  test('has room again when one has ended', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await story.resolve(down('a'));
    await story.fire(down('c'));
    expect(await story.activeAlerts()).toEqual(['Down/b', 'Down/c']);
  });

  test('holds also for one that has ended and fires again', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await story.resolve(down('a'));
    await story.fire(down('c'));
    await expect(story.fire(down('a'))).rejects.toThrow(/--alerts\.per-alertname-limit/);
  });

  test('never refuses the end of an alert', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await story.resolve(down('c'));
    await story.resolve(down('b'));
    expect(await story.activeAlerts()).toEqual(['Down/a']);
  });

  test('counts after a restart what was there before', async () => {
    await using story = await Story.begin(CONFIG, LIMITED);
    await story.fire(down('a'));
    await story.fire(down('b'));
    await story.restart();
    await expect(story.fire(down('c'))).rejects.toThrow(/--alerts\.per-alertname-limit/);
  });
});

describe('what is forgotten', () => {
  test('an alert that ended and was told, at the next collection', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down('a'));
    await story.passes('1m');
    await story.resolve(down('a'));
    await story.passes('10m');
    expect(await stored(story)).toEqual({ alerts: 1 });
    await story.passes('20m');
    expect(await stored(story)).toEqual({});
  });

  test('not an alert whose end is still owed', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down('a'));
    await story.passes('1m');
    await story.resolve(down('a'));
    story.receiver('team').behaviour = { kind: 'refuse', retryable: false };
    await story.passes('2h');
    story.receiver('team').behaviour = { kind: 'take' };
    await story.passes('5m');
    expect(story.told().at(-1)).toBe('125:30 team: all alerts resolved: Down/a resolved');
  });

  test('not an alert that fires, however long', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down('a'));
    await story.passes('6h');
    expect(await story.activeAlerts()).toEqual(['Down/a']);
    expect(await stored(story)).toEqual({ alerts: 1, told: 1, turns: 1 });
  });

  test('what a group was told, once the group is over', async () => {
    await using story = await Story.begin(CONFIG);
    for (let round = 0; round < 3; round++) {
      await story.fire(down(`${round}`));
      await story.passes('1m');
      await story.resolve(down(`${round}`));
      await story.passes('30m');
    }
    expect(await stored(story)).not.toHaveProperty('told');
    expect(await stored(story)).not.toHaveProperty('turns');
  });

  test('of a group that goes on, what was told of alerts long over', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down('always'));
    for (let round = 0; round < 8; round++) {
      await story.fire(down(`${round}`));
      await story.passes('5m');
      await story.resolve(down(`${round}`));
      await story.passes('5m');
    }
    expect((await stored(story)).told).toBeLessThanOrEqual(2);
  });

  test('the log of a group nobody has anything to say about any more, after the retention', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--data.retention=1h'] });
    await story.fire(down('a'));
    await story.passes('1m');
    await story.kill();
    await story.writeConfig(CONFIG.replaceAll('team', 'crew').replace('[alertname]', '[instance]'));
    await story.start();
    await story.passes('30m');
    expect((await stored(story)).turns).toBe(2);
    await story.passes('1h');
    expect((await stored(story)).turns).toBe(1);
  });

  test('the log of a group that a reload dissolves, at once', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down('a'));
    await story.passes('1m');
    await story.reload(CONFIG.replaceAll('team', 'crew').replace('[alertname]', '[instance]'));
    await story.passes('10m');
    expect((await stored(story)).turns).toBe(1);
  });
});
