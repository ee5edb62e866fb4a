/** A configuration that was wrong for a while leaves nothing behind once it is put right. */
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
  - name: other
    webhook_configs: [{url: 'http://other.test/'}]
`;
const down = { alertname: 'Down' };

/** Legal, and taken by the API: more than 20 000 characters of plain host names and one wildcard. */
const manyHosts = `${Array.from({ length: 2500 }, (_, n) => `host-${n}-example`).join('|')}|web.*`;

describe('a regex that compiles only when it meets a line feed', () => {
  test('in a silence does not stop pages', async () => {
    const stray: unknown[] = [];
    const onStray = (reason: unknown) => stray.push(reason);
    process.on('unhandledRejection', onStray);
    await using story = await Story.begin(CONFIG.replace('group_by: [alertname]', 'group_by: []'));
    const response = await story.request('POST', '/api/v2/silences', {
      matchers: [{ name: 'instance', value: manyHosts, isRegex: true, isEqual: true }],
      startsAt: story.wallTime(),
      endsAt: story.wallTime('1h'),
      createdBy: 'x',
      comment: 'x',
    });
    expect([200, 400]).toContain(response.status); // refusing it is fine, too
    await story.fire({ alertname: 'Innocent', instance: 'a' });
    await story.fire({ alertname: 'Odd', instance: 'a\nb' });
    await story.passes('20m');
    process.off('unhandledRejection', onStray);
    expect(stray).toEqual([]);
    expect(story.told()).toHaveLength(1);
  });

  test('in a route harms no running node at a reload', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ alertname: 'Odd', instance: 'a\nb' });
    await story.fire({ alertname: 'Innocent', instance: 'a' });
    const next = CONFIG.replace(
      'receivers:',
      `  routes:\n    - receiver: other\n      matchers: ['instance=~"${manyHosts}"']\nreceivers:`,
    );
    await story.reload(next).catch((error: unknown) => String(error));
    await story.passes('20m');
    expect(story.told()).toHaveLength(2);
  });
});

describe('a route that is taken away and given back', () => {
  const swapped = CONFIG.replace('receiver: team', 'receiver: other');
  const withRoute = swapped.replace(
    'receivers:',
    "  routes: [{receiver: team, matchers: ['alertname=Down']}]\nreceivers:",
  );
  test('hears of a new incident of an alert that ended meanwhile', async () => {
    await using story = await Story.begin(withRoute);
    await story.fire(down);
    await story.passes('1m');
    await story.reload(swapped);
    await story.resolve(down);
    await story.passes('2h'); // the store forgets it
    await story.reload(withRoute);
    await story.passes('20m');
    await story.fire(down);
    await story.passes('1h');
    expect(story.told('team')).toHaveLength(2);
  });

  test('a removed and restored integration hears of a new incident', async () => {
    const two = CONFIG.replace(
      "[{url: 'http://team.test/'}]",
      "[{url: 'http://team.test/'}, {url: 'http://pager.test/'}]",
    );
    await using story = await Story.begin(two);
    await story.fire({ ...down, instance: 'a' });
    await story.fire({ ...down, instance: 'b' });
    await story.passes('1m');
    await story.reload(CONFIG);
    await story.resolve({ ...down, instance: 'a' });
    await story.passes('2h'); // the store forgets it
    await story.reload(two);
    await story.passes('20m');
    await story.fire({ ...down, instance: 'a' });
    await story.passes('1h');
    expect(story.told('team').length).toBe(3);
    expect(story.told('team/pager').filter((t) => t.includes('Down/a firing'))).toHaveLength(2);
  });
});

describe('a wrong interval that is put right', () => {
  test('group_interval', async () => {
    await using story = await Story.begin(CONFIG);
    await story.fire({ ...down, instance: 'a' });
    await story.passes('1m');
    await story.reload(CONFIG.replace('group_interval: 5m', 'group_interval: 5d'));
    await story.passes('1m');
    await story.reload(CONFIG);
    await story.fire({ ...down, instance: 'b' });
    await story.passes('12h');
    expect(story.told().map((t) => t.replace(/^\d+:\d+ /, ''))).toContain(
      'team: new alerts added: Down/a firing, Down/b firing',
    );
  });
  test('group_wait', async () => {
    await using story = await Story.begin(CONFIG.replace('group_wait: 30s', 'group_wait: 30h'));
    await story.fire(down);
    await story.passes('1m');
    await story.reload(CONFIG);
    await story.passes('12h');
    expect(story.told()).not.toEqual([]);
  });
});

describe('a group that a reload dropped', () => {
  test('waits group_wait when it begins anew', async () => {
    await using story = await Story.begin(CONFIG);
    const at = (instance: string) => ({ ...down, instance });
    await story.fire(at('a'));
    await story.passes('1m');
    await story.silence(at('b'), '3h');
    await story.fire(at('b'));
    await story.resolve(at('a'));
    await story.passes('5m'); // a told resolved
    await story.resolve(at('b'));
    await story.reload(); // nobody is owed anything: dropped, its log stays
    await story.passes('1h');
    story.news();
    await story.fire(at('c'));
    await story.passes('10s');
    expect(story.news()).toEqual([]); // group_wait is 30s
  });
});

describe('an outage of one receiver over two ticks', () => {
  test('leaves nobody told firing without its end', async () => {
    const two = CONFIG.replace(
      "[{url: 'http://team.test/'}]",
      "[{url: 'http://team.test/'}, {url: 'http://pager.test/'}]",
    )
      .replace('group_interval: 5m', 'group_interval: 2s')
      .replace('group_wait: 30s', 'group_wait: 0s');
    await using story = await Story.begin(two);
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'refuse', retryable: true, retryAfterMs: 7000 };
    await story.fire({ ...down, instance: 'x' });
    await story.fire({ ...down, instance: 'y' });
    await story.passes('3s');
    await story.resolve({ ...down, instance: 'x' });
    await story.passes('3s500ms');
    pager.behaviour = { kind: 'take' };
    await story.passes('1h');
    const text = story.told('team/pager').join('\n');
    if (text.includes('Down/x firing')) expect(text).toContain('Down/x resolved');
  });
  test('with the group_interval made shorter meanwhile', async () => {
    const two = CONFIG.replace(
      "[{url: 'http://team.test/'}]",
      "[{url: 'http://team.test/'}, {url: 'http://pager.test/'}]",
    ).replace('group_interval: 5m', 'group_interval: 1h');
    await using story = await Story.begin(two);
    const pager = story.receiver('team/pager');
    pager.behaviour = { kind: 'refuse', retryable: true };
    await story.fire({ ...down, instance: 'x' });
    await story.fire({ ...down, instance: 'y' });
    await story.passes('1m');
    await story.reload(two.replace('group_interval: 1h', 'group_interval: 1m'));
    await story.resolve({ ...down, instance: 'x' });
    await story.passes('10m');
    pager.behaviour = { kind: 'take' };
    await story.passes('3h');
    const text = story.told('team/pager').join('\n');
    if (text.includes('Down/x firing')) expect(text).toContain('Down/x resolved');
  });
});
