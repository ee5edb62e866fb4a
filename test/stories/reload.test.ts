/** A reload changes what it was asked to change and disturbs nothing else. */
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
  - name: others
    webhook_configs: [{url: 'http://others.test/'}]
`;

const down = { alertname: 'Down' };

describe('a group whose route did not change', () => {
  test('is neither flushed nor told again, and its next tick is a group_interval after the reload', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('2m');
    await story.reload();
    await story.fire({ ...down, instance: 'b' });
    await story.passes('6m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '7:00 team: new alerts added: Down/a firing, Down/b firing',
    ]);
  });

  test('keeps its first tick while it waits for it', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('20s');
    await story.reload();
    await story.passes('1m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });

  test('cannot be kept quiet by frequent reloads', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('1m');
    await story.fire({ ...down, instance: 'b' });
    for (let minute = 0; minute < 10; minute++) {
      await story.reload();
      await story.passes('1m');
    }
    expect(story.told().slice(1)).toEqual(['6:00 team: new alerts added: Down/a firing, Down/b firing']);
  });

  test('goes on with its repetitions', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    await story.reload();
    await story.passes('30m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '22:00 team: repeat interval elapsed: Down firing',
    ]);
  });

  test('still owes its end', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('1m');
    await story.resolve(down);
    await story.reload();
    await story.passes('10m');
    expect(story.told().slice(1)).toEqual(['6:00 team: all alerts resolved: Down resolved']);
  });

  test('does not take back alerts whose end was told', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.fire({ ...down, instance: 'b' });
    await story.passes('1m');
    await story.resolve({ ...down, instance: 'b' });
    await story.passes('5m');
    await story.fire({ ...down, instance: 'c' });
    await story.passes('5m');
    await story.reload();
    await story.fire({ ...down, instance: 'd' });
    await story.passes('5m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing, Down/b firing',
      '5:30 team: some alerts resolved: Down/a firing, Down/b resolved',
      '10:30 team: new alerts added: Down/a firing, Down/c firing',
      '16:00 team: new alerts added: Down/a firing, Down/c firing, Down/d firing',
    ]);
  });
});

describe('what a reload changes', () => {
  test('another receiver is told at once what has long been firing', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    await story.reload(CONFIG.replace('receiver: team', 'receiver: others'));
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '2:00 others: first notification: Down firing',
    ]);
  });

  test('a new integration of the same receiver is told at the next tick, the old ones nothing', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    await story.reload(CONFIG.replace("'http://team.test/'}", "'http://team.test/'}, {url: 'http://irc.test/'}"));
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '7:00 team/irc: first notification: Down firing',
    ]);
  });

  test('integrations in another order repeat nothing', async () => {
    const places = ["{url: 'http://team.test/'}", "{url: 'http://irc.test/'}"];
    const ordered = (list: string[]) => CONFIG.replace("{url: 'http://team.test/'}", list.join(', '));
    await using story = await Story.begin(ordered(places));
    await story.fire(down);
    await story.passes('2m');
    await story.reload(ordered(places.toReversed()));
    await story.passes('15m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down firing',
      '0:30 team/irc: first notification: Down firing',
    ]);
  });

  test('a destination listed twice is told twice, and once more when it is listed a third time', async () => {
    const listed = (times: number) =>
      CONFIG.replace("{url: 'http://team.test/'}", Array(times).fill("{url: 'http://team.test/'}").join(', '));
    await using story = await Story.begin(listed(2));
    await story.fire(down);
    await story.passes('2m');
    expect(story.news()).toHaveLength(2);
    await story.reload(listed(3));
    await story.passes('10m');
    expect(story.news()).toEqual(['7:00 team: first notification: Down firing']);
  });

  test('another group_interval holds from the reload on', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('2m');
    await story.reload(CONFIG.replace('5m', '1m'));
    await story.fire({ ...down, instance: 'b' });
    await story.passes('70s');
    await story.fire({ ...down, instance: 'c' });
    await story.passes('1m');
    expect(story.told().map((line) => line.split(' ')[0])).toEqual(['0:30', '3:00', '4:00']);
  });

  test('another repeat_interval holds for what was told before', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    await story.reload(CONFIG.replace('20m', '5m'));
    await story.passes('6m');
    expect(story.told().slice(1)).toEqual(['7:00 team: repeat interval elapsed: Down firing']);
  });

  test('a new route takes its alerts over', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    const routes = '  routes: [{matchers: [alertname="Down"], receiver: others}]\nreceivers:';
    await story.reload(CONFIG.replace('receivers:', routes));
    await story.passes('1m');
    expect(story.told().slice(1)).toEqual(['2:00 others: first notification: Down firing']);
    await story.resolve(down);
    await story.passes('10m');
    expect(story.told().slice(2)).toEqual(['7:00 others: all alerts resolved: Down resolved']);
  });

  test('the alerts of a removed route go to what is left, and it has nothing more to say', async () => {
    const routes = '  routes: [{matchers: [alertname="Down"], receiver: others}]\nreceivers:';
    await using story = await Story.begin(CONFIG.replace('receivers:', routes));
    await story.fire(down);
    await story.passes('2m');
    await story.reload(CONFIG);
    await story.passes('9m');
    await story.resolve(down);
    await story.passes('10m');
    expect(story.told()).toEqual([
      '0:30 others: first notification: Down firing',
      '2:00 team: first notification: Down firing',
      '12:00 team: all alerts resolved: Down resolved',
    ]);
  });

  test('send_resolved switched off holds for what was told before', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire(down);
    await story.passes('2m');
    await story.reload(CONFIG.replace("team.test/'", "team.test/', send_resolved: false"));
    await story.resolve(down);
    await story.passes('10m');
    expect(story.told()).toEqual(['0:30 team: first notification: Down firing']);
  });
});

describe('a send under way', () => {
  test('is neither broken off nor repeated', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'take slowly', afterMs: 5_000 };
    await story.fire(down);
    await story.passes('32s');
    await story.reload();
    await story.passes('15m');
    expect(story.told()).toEqual(['0:35 team: first notification: Down firing']);
  });

  test('that failed is tried again with the new configuration, without waiting for the next tick', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('32s');
    await story.reload();
    story.receiver('team').behaviour = { kind: 'take' };
    await story.passes('10s');
    expect(story.told()).toHaveLength(1);
  });

  test('that failed is given up when its receiver is gone', async () => {
    await using story = await Story.begin(CONFIG);
    story.receiver('team').behaviour = { kind: 'refuse', retryable: true };
    await story.fire(down);
    await story.passes('32s');
    await story.reload(CONFIG.replaceAll('team', 'crew'));
    const { attempts } = story.receiver('team');
    story.receiver('team').behaviour = { kind: 'take' };
    await story.passes('10m');
    expect(story.receiver('team').attempts).toBe(attempts);
    expect(story.told()).toEqual(['0:32 crew: first notification: Down firing']);
  });
});

describe('a configuration that cannot be loaded', () => {
  test('changes nothing, and the answer says why', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('2m');
    const result = await story.reload(CONFIG.replace('receiver: team', 'receiver: nobody'));
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('nobody') });
    expect(await story.metric('alertmanager_config_last_reload_successful')).toBe(0);
    await story.fire({ ...down, instance: 'b' });
    await story.passes('4m');
    expect(story.told()).toEqual([
      '0:30 team: first notification: Down/a firing',
      '5:30 team: new alerts added: Down/a firing, Down/b firing',
    ]);
  });

  test('is answered with 500 over HTTP, and with 200 once it is mended', async () => {
    await using story = await Story.begin(CONFIG);
    await story.writeConfig('route: {');
    expect((await story.request('POST', '/-/reload')).status).toBe(500);
    await story.writeConfig(CONFIG);
    expect((await story.request('POST', '/-/reload')).status).toBe(200);
    expect(await story.metric('alertmanager_config_last_reload_successful')).toBe(1);
  });

  test('keeps a node from starting', async () => {
    await expect(Story.begin('route: {}')).rejects.toThrow(/receiver/);
  });
});
