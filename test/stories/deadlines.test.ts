/** What becomes of a message when the other side is slow, refuses, or does not answer. */
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
    webhook_configs: [{url: 'http://team.test/'}, {url: 'http://pager.test/'}]
`;

const down = { alertname: 'Down' };

/** Seconds since the story began at which attempts were made. */
function attemptSeconds(story: Story, receiver: string, beganMs: number): number[] {
  return story.receiver(receiver).attemptsAtMs.map((atMs) => (atMs - beganMs) / 1000);
}

describe('a receiver that hangs', () => {
  test('delays no other', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'hang' };
    await story.fire({ ...down, instance: 'a' });
    await story.passes('2m');
    await story.fire({ ...down, instance: 'b' });
    await story.passes('4m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '5:30 team: new alerts added: Down/a firing, Down/b firing',
    ]);
  });

  test('is left behind at the deadline of the attempt and tried again', async () => {
    await using story = await Story.begin(CONFIG);
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'hang' };
    await story.fire(down);
    await story.passes('35s');
    pager.behaviour = { kind: 'take' };
    await story.passes('10s');
    expect(story.told('team/pager')).toEqual(['0:41 team/pager: first notification: Down firing']);
  });

  test('is given as long as its configuration says', async () => {
    await using story = await Story.begin(CONFIG.replace("pager.test/'", "pager.test/', timeout: 2m"));
    story.receiver('team/pager').behaviour = { kind: 'take slowly', afterMs: 100_000 };
    await story.fire(down);
    await story.passes('4m');
    expect(story.told('team/pager')).toEqual(['2:10 team/pager: first notification: Down firing']);
  });
});

describe('a receiver that refuses', () => {
  test('for good is asked once per tick', async () => {
    await using story = await Story.begin(CONFIG);
    const beganMs = story.system.now().monotonicMs;
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: false };
    await story.fire(down);
    await story.passes('16m');
    expect(attemptSeconds(story, 'team/pager', beganMs)).toEqual([30, 330, 630, 930]);
  });

  test('for now is asked again after half a second, and ever less often', async () => {
    await using story = await Story.begin(CONFIG);
    const beganMs = story.system.now().monotonicMs;
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('5m');
    const attempts = attemptSeconds(story, 'team/pager', beganMs);
    const waits = attempts.slice(1).map((second, index) => second - (attempts[index] ?? 0));
    waits.forEach((wait, index) => {
      const base = Math.min(60, 0.5 * 1.5 ** index);
      expect(wait).toBeGreaterThanOrEqual(base * 0.5 - 0.001);
      expect(wait).toBeLessThanOrEqual(base * 1.5 + 0.001);
    });
    expect(waits.length).toBeGreaterThan(8);
  });

  test('is told as soon as it takes messages again', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('40s');
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.passes('15s');
    expect(story.told('team/pager')).toHaveLength(1);
  });

  test('is not asked again by a flush whose time is up: the next one takes over', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.fire({ ...down, instance: 'a' });
    await story.passes('1m');
    await story.fire({ ...down, instance: 'b' });
    await story.passes('4m30s');
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.passes('4m');
    expect(story.told('team/pager').map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'team/pager: first notification: Down/a firing, Down/b firing',
    ]);
    expect(
      await story.metric('alertmanager_notifications_failed_total{integration="webhook",reason="serverError"}'),
    ).toBe(1);
  });

  test('is not asked before the time it named', async () => {
    await using story = await Story.begin(CONFIG);
    const beganMs = story.system.now().monotonicMs;
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true, retryAfterMs: 90_000 };
    await story.fire(down);
    await story.passes('4m');
    expect(attemptSeconds(story, 'team/pager', beganMs)).toEqual([30, 120, 210]);
  });

  test('is left alone for as long as it said, up to ten minutes, whatever ticks and whoever has news', async () => {
    await using story = await Story.begin(CONFIG);
    const beganMs = story.system.now().monotonicMs;
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true, retryAfterMs: 3_600_000 };
    await story.fire(down);
    await story.passes('20m');
    await story.fire({ alertname: 'Other' });
    await story.passes('50m');
    expect(attemptSeconds(story, 'team/pager', beganMs).slice(0, 4)).toEqual([30, 630, 1_230, 1_830]);
    expect(story.told('team')).toHaveLength(2);
  });
});

describe('a receiver whose answer is lost', () => {
  test('is asked again, since nobody knows whether it heard', async () => {
    await using story = await Story.begin(CONFIG);
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'lose the answer' };
    await story.fire(down);
    await story.passes('30s');
    pager.behaviour = { kind: 'take' };
    await story.passes('20m');
    expect(pager.told).toHaveLength(2);
    expect(story.told('team')).toHaveLength(1);
  });

  test('is owed the end', async () => {
    await using story = await Story.begin(CONFIG);
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'lose the answer' };
    await story.fire(down);
    await story.passes('31s');
    const heard = pager.told.length;
    await story.resolve(down);
    pager.behaviour = { kind: 'refuse', retryable: false };
    await story.passes('5m');
    pager.behaviour = { kind: 'take' };
    await story.passes('6m');
    expect(pager.told.slice(heard).map(({ notification }) => notification.status)).toEqual(['resolved']);
  });
});

describe('a receiver slower than group_interval', () => {
  const SLOW = CONFIG.replace('30s', '1s').replace('5m', '2s').replaceAll("pager.test/'", "pager.test/', timeout: 9s");

  test('is told one message at a time, and always the latest', async () => {
    await using story = await Story.begin(SLOW);
    story.receiver('team/pager').behaviour = { kind: 'take slowly', afterMs: 8_000 };
    await story.fire({ ...down, instance: 'a' });
    for (const instance of ['b', 'c', 'd']) {
      await story.passes('2s');
      await story.fire({ ...down, instance });
    }
    await story.passes('30s');
    expect(story.told('team/pager')).toEqual([
      '0:09 team/pager: first notification: Down/a firing',
      '0:17 team/pager: new alerts added: Down/a firing, Down/b firing, Down/c firing, Down/d firing',
    ]);
    expect(story.told('team')).toHaveLength(4);
  });
});

describe('SIGTERM', () => {
  test('lets a send under way end, and records it', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'take slowly', afterMs: 3_000 };
    await story.fire(down);
    await story.passes('31s');
    await story.stop();
    await story.start();
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '0:33 team/pager: first notification: Down firing',
    ]);
  });

  test('does not wait for a receiver that hangs', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'hang' };
    await story.fire(down);
    await story.passes('31s');
    await story.stop();
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.start();
    await story.passes('1m');
    expect(story.told('team/pager')).toHaveLength(1);
  });

  test('begins no further attempt', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('31s');
    const { attempts } = story.receiver('team/pager');
    await story.stop();
    expect(story.receiver('team/pager').attempts).toBe(attempts);
  });

  test('leaves no timer behind', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('10m');
    await story.stop();
    expect(story.system.pendingTimers).toBe(0);
  });
});
