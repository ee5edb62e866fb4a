/** What a receiver may or may not have heard, and what has changed before a retry gets through. */
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
const last = (story: Story) => story.told().at(-1)?.split(' ').at(-1);

describe('a receiver that may have heard that an alert is over', () => {
  test('hears that it fires again', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    story.receiver('team').behaviour = { kind: 'lose the answer' };
    await story.passes('9m20s'); // told "resolved", again and again, answers lost
    await story.fire(down); // fires again before any answer came
    await story.passes('11s'); // the flush's time is up
    story.receiver('team').behaviour = { kind: 'take' };
    await story.passes('1h');
    expect(last(story)).toBe('firing');
  });

  test('also after kill -9 between the send and the record', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    story.receiver('team').next.push({ kind: 'lose the answer' });
    await story.passes('4m30s'); // 5:30: delivered; the answer never comes
    await story.kill();
    await story.start();
    await story.fire(down);
    await story.passes('1h');
    expect(last(story)).toBe('firing');
  });
});

test('a receiver that never answers is owed a "resolved" no longer than --data.retention', async () => {
  await using story = await Story.begin(CONFIG, { flags: ['--data.retention=2h'] });
  story.receiver('team').behaviour = { kind: 'lose the answer' };
  await story.fire(down);
  await story.passes('1m');
  await story.resolve(down);
  await story.passes('1h');
  const { attempts } = story.receiver('team');
  await story.passes('30m');
  expect(story.receiver('team').attempts).toBeGreaterThan(attempts);
  await story.passes('2h');
  const given = story.receiver('team').attempts;
  await story.passes('1d');
  expect(story.receiver('team').attempts).toBe(given);
  expect(await story.json('/api/v2/alerts/groups')).toEqual([]);
});

describe('a retry', () => {
  test('does not call an alert over that fires again', async () => {
    await using story = await Story.begin(CONFIG.replace('5m', '1h'));
    const team = story.receiver('team');
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    team.behaviour = { kind: 'refuse', retryable: true };
    await story.passes('1h'); // 60:30: "resolved" is refused, retried
    await story.fire(down);
    await story.passes('10m');
    team.behaviour = { kind: 'take' };
    await story.passes('10m');
    expect(story.told().slice(1)).toEqual([]);
  });
  test('does not ring for what is over', async () => {
    await using story = await Story.begin(CONFIG.replace('5m', '1h'));
    const team = story.receiver('team');
    team.behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('30m');
    team.behaviour = { kind: 'take' };
    await story.passes('10m');
    expect(story.told()).toEqual([]);
  });
});
