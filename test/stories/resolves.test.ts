/** A "resolved" is owed to every receiver that was told "firing" and wants it, and to nobody else. */
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
const a = { alertname: 'Down', instance: 'a' };
const b = { alertname: 'Down', instance: 'b' };

describe('an alert that ends', () => {
  test('is told at the next tick', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '5:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('is told with those that go on', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(a);
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '5:30 team: some alerts resolved: Down/a resolved, Down/b firing',
    ]);
  });

  test('because its checker fell silent is told after resolve_timeout', async () => {
    await using story = await Story.begin(CONFIG);
    await story.post(down);
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '5:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('shows its end', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    const endsAtMs = story.system.now().wallMs;
    await story.resolve(down);
    await story.passes('5m');
    expect(story.receiver('team').told.at(-1)?.notification.alerts[0]).toMatchObject({ status: 'resolved', endsAtMs });
  });

  test('is told to nobody with send_resolved: false', async () => {
    await using story = await Story.begin(CONFIG.replace("test/'", "test/', send_resolved: false"));
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(a);
    await story.passes('5m');
    await story.resolve(b);
    await story.passes('20m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down/a firing, Down/b firing']);
  });

  test('and fires again is news, also where send_resolved is false', async () => {
    await using story = await Story.begin(CONFIG.replace("test/'", "test/', send_resolved: false"));
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(a);
    await story.passes('5m');
    await story.fire(a);
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '10:30 team: new alerts added: Down/a firing, Down/b firing',
    ]);
  });
});

describe('what hides an alert that fires does not hide its end:', () => {
  test('a silence', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.silence(down);
    await story.resolve(down);
    await story.passes('20m');
    expect(story.told().slice(1)).toEqual(['5:30 team: all alerts resolved: Down resolved']);
  });

  test('an inhibition', async () => {
    await using story = await Story.begin(`${CONFIG}
inhibit_rules:
  - source_matchers: [alertname="DatacentreDown"]
    target_matchers: [alertname="Down"]
`);
    await story.fire(down);
    await story.passes('1m');
    await story.fire({ alertname: 'DatacentreDown' });
    await story.resolve(down);
    await story.passes('20m');
    expect(story.told().slice(1)).toEqual([
      '1:30 team: first notification: DatacentreDown firing',
      '5:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('but a silenced alert that was never told ends in silence', async () => {
    await using story = await Story.begin(CONFIG);
    await story.silence(a);
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(a);
    await story.passes('5m');
    await story.resolve(b);
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/b firing',
      '10:30 team: all alerts resolved: Down/b resolved',
    ]);
  });
});

describe('an alert that was never told', () => {
  test('causes no message when it ends', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.passes('1m');
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(b);
    await story.passes('20m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down/a firing']);
  });

  test('is listed in a message that goes out anyway', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.passes('1m');
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(b);
    await story.resolve(a);
    await story.passes('20m');
    expect(story.told().slice(1)).toEqual(['5:30 team: all alerts resolved: Down/a resolved, Down/b resolved']);
  });
});

describe('an alert that flaps', () => {
  test('between two ticks is quiet', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    for (let flaps = 0; flaps < 3; flaps++) {
      await story.passes('40s');
      await story.resolve(down);
      await story.passes('40s');
      await story.fire(down);
    }
    await story.passes('20m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('across ticks is told each time', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(a);
    await story.fire(b);
    await story.passes('1m');
    await story.resolve(b);
    await story.passes('5m');
    await story.fire(b);
    await story.passes('5m');
    await story.resolve(b);
    await story.passes('5m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '5:30 team: some alerts resolved: Down/a firing, Down/b resolved',
      '10:30 team: new alerts added: Down/a firing, Down/b firing',
      '15:30 team: some alerts resolved: Down/a firing, Down/b resolved',
    ]);
  });
});

describe('two receivers, of which one refuses', () => {
  const TWO = `${CONFIG}      - {url: 'http://pager.test/'}
`.replace("[{url: 'http://team.test/'}]", "\n      - {url: 'http://team.test/'}");

  test('each is told the beginning and the end exactly once, however long that takes one of them', async () => {
    await using story = await Story.begin(TWO);
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('1h');
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.passes('6m');
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: true };
    await story.resolve(down);
    await story.passes('1h');
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.passes('1h');
    expect(story.told('team')).toEqual([
      '0:30 team: first notification: Down firing',
      '70:30 team: all alerts resolved: Down resolved',
    ]);
    const pager = story.told('team/pager').map((line) => line.replace(/^\S+ /, ''));
    expect(pager).toEqual([
      'team/pager: first notification: Down firing',
      'team/pager: all alerts resolved: Down resolved',
    ]);
  });

  test('one that never heard of the alert is not told its end', async () => {
    await using story = await Story.begin(TWO);
    story.receiver('team/pager').behaviour = { kind: 'refuse', retryable: false };
    await story.fire(down);
    await story.passes('20m');
    await story.resolve(down);
    await story.passes('10m');
    story.receiver('team/pager').behaviour = { kind: 'take' };
    await story.passes('1h');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '20:30 team: all alerts resolved: Down resolved',
    ]);
  });

  test('one that could not be told while the alert fired is not told afterwards that it does', async () => {
    // A group_interval shorter than the ten seconds every flush may take, so that a delivery outlives its interval.
    await using story = await Story.begin(TWO.replace('5m', '2s').replace('30s', '1s'));
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('2s');
    await story.resolve(down);
    await story.passes('4s');
    pager.behaviour = { kind: 'refuse', retryable: false };
    pager.next.push({ kind: 'take' });
    await story.passes('20s');
    pager.behaviour = { kind: 'take' };
    await story.passes('20s');
    expect(pager.told).toEqual([]);
    expect(story.told('team')).toHaveLength(2);
  });
});

describe('kill -9 in the middle of a send', () => {
  test('an alert that fires is told once more, since it may not have arrived', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'take slowly', afterMs: 5_000 };
    await story.fire(down);
    await story.passes('32s');
    await story.kill();
    story.receiver('team').behaviour = { kind: 'take' };
    await story.passes('8s');
    await story.start();
    await story.passes('20m');
    expect(story.told()).toEqual([
      '0:35 team: first notification: Down firing',
      '0:40 team: first notification: Down firing',
    ]);
  });

  test('its end is owed even if nobody knows whether the beginning arrived', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'hang' };
    await story.fire(down);
    await story.passes('32s');
    await story.kill();
    story.receiver('team').behaviour = { kind: 'take' };
    await story.start();
    await story.resolve(down);
    await story.passes('20m');
    expect(story.told().map((line) => line.replace(/^\S+ /, ''))).toEqual(['team: all alerts resolved: Down resolved']);
  });

  test('a refusal leaves nothing owed', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'refuse', retryable: false };
    await story.fire(down);
    await story.passes('32s');
    await story.kill();
    story.receiver('team').behaviour = { kind: 'take' };
    await story.start();
    await story.resolve(down);
    await story.passes('20m');
    expect(story.told()).toEqual([]);
  });
});
