/** Routes, comparisons of configurations and the status of a node, as a whole node answers them. */
import { describe, expect, test } from 'vitest';
import { Story } from '../test/support/story.ts';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import { type CompareAnswer, compareAnswer, routingAnswer } from './shapes/routing.ts';
import { statusAnswer } from './shapes/status.ts';
import { problem } from './shapes/terms.ts';

const CONFIG = `
route:
  receiver: rest
  group_by: [alertname]
  routes:
    - receiver: night
      matchers: [severity="urgent"]
      mute_time_intervals: [lunch]
      continue: true
    - receiver: team
      matchers: [severity=~"urgent|important"]
      group_wait: 10s
      group_by: ['...']
receivers:
  - name: rest
    webhook_configs: [{url: 'http://rest.test/'}]
  - name: night
    webhook_configs: [{url: 'http://night.test/'}]
  - name: team
    webhook_configs: [{url: 'http://team.test/'}]
time_intervals:
  - name: lunch
    time_intervals: [{times: [{start_time: '12:00', end_time: '13:00'}]}]
inhibit_rules:
  - source_matchers: [severity="urgent"]
    target_matchers: [severity="interesting"]
    equal: [site]
`;
const NOON_MS = Date.UTC(2026, 0, 15, 12, 0, 0);

async function busyNode(config = CONFIG): Promise<Story> {
  const story = await Story.begin(config, { wallMs: NOON_MS });
  await story.fire({ alertname: 'Down', severity: 'urgent', instance: 'a' });
  await story.fire({ alertname: 'Down', severity: 'urgent', instance: 'b' });
  await story.fire({ alertname: 'Slow', severity: 'important' });
  await story.fire({ alertname: 'Full', severity: 'interesting' });
  return story;
}

async function compare(story: Story, config: string, labels?: Record<string, string>): Promise<CompareAnswer> {
  const response = await story.request('POST', '/api/v3/routing/compare', { config, ...(labels && { labels }) });
  return compareAnswer.parse(await response.json());
}

describe('the routing tree', () => {
  test('is shown with what takes each route now', async () => {
    await using story = await busyNode();
    const { routes } = routingAnswer.parse(await story.json('/api/v3/routing'));
    expect(
      routes.map(({ receiver, parentId, depth, alerts, groups }) => [receiver, parentId, depth, alerts, groups]),
    ).toEqual([
      ['rest', null, 0, 1, 1],
      ['night', '{}', 1, 2, 1],
      ['team', '{}', 1, 3, 3],
    ]);
    expect(routes[1]).toMatchObject({ mutedBy: ['lunch'], integrations: ['webhook'], groupBy: ['alertname'] });
    expect(routes[2]).toMatchObject({ groupWaitMs: 10_000, groupBy: ['...'], mutedBy: [] });
  });

  test('comes with the time intervals, when they change, and the inhibit rules', async () => {
    await using story = await busyNode();
    const { timeIntervals, inhibitRules } = routingAnswer.parse(await story.json('/api/v3/routing'));
    expect(timeIntervals).toMatchObject([{ name: 'lunch', contains: true, changesAt: '2026-01-15T13:00:00.000Z' }]);
    expect(timeIntervals[0]?.text).toContain('start_time: 12:00'.replace('12:00', '"12:00"'));
    expect(inhibitRules[0]?.text).toContain('severity="urgent"');
  });
});

describe('another configuration', () => {
  test('that is the same changes nothing, also as the node shows it, secrets masked', async () => {
    await using story = await busyNode();
    expect(await compare(story, CONFIG)).toMatchObject({
      isValid: true,
      alerts: { same: 4, different: 0 },
      changes: [],
    });
    const { configuration } = statusAnswer.parse(await story.json('/api/v3/status'));
    expect(configuration.text).toContain('<secret>');
    expect(await compare(story, configuration.text)).toMatchObject({
      isValid: true,
      alerts: { same: 4, different: 0 },
    });
  });

  test('is told apart by receivers, the most alerts first', async () => {
    await using story = await busyNode();
    const answer = await compare(story, CONFIG.replace('severity=~"urgent|important"', 'severity="important"'));
    // The other route has another key now, so what it has told is not known any more.
    expect(answer.alerts).toEqual({ same: 1, different: 3 });
    expect(answer.changes).toMatchObject([
      {
        ...{ before: ['night', 'team'], after: ['night'], regrouped: false, alerts: 2 },
        example: { alertname: 'Down', instance: 'a', severity: 'urgent' },
      },
      { before: ['team'], after: ['team'], regrouped: true, alerts: 1 },
    ]);
    expect(answer.routes.map(({ receiver, alerts }) => [receiver, alerts])).toEqual([
      ['rest', 1],
      ['night', 2],
      ['team', 1],
    ]);
  });

  test('may group the same alerts otherwise', async () => {
    await using story = await busyNode();
    const { changes } = await compare(story, CONFIG.replace('group_wait: 10s', 'group_wait: 20s'));
    expect(changes.map(({ regrouped, alerts }) => [regrouped, alerts])).toEqual([
      [true, 2],
      [true, 1],
    ]);
  });

  test('says where an alert with given labels would go', async () => {
    await using story = await busyNode();
    const { given } = await compare(story, CONFIG.replace('receiver: rest', 'receiver: team'), { alertname: 'New' });
    expect(given).toEqual({ before: ['rest'], after: ['team'] });
  });

  test('that is wrong is refused with the line, and nothing that runs is touched', async () => {
    await using story = await busyNode();
    const answer = await compare(story, CONFIG.replace('receiver: night', 'receiver: nihgt'));
    expect(answer).toMatchObject({ isValid: false, routes: [], changes: [] });
    expect(answer.problems[0]).toMatch(/^line 6, column \d+: route\.routes\[0\]\.receiver: /);
    expect((await compare(story, CONFIG.replace('rest.test/', 'rest.test/" '))).isValid).toBe(true);
    const { configuration } = statusAnswer.parse(await story.json('/api/v3/status'));
    expect(configuration.lastReload).toMatchObject({ isSuccess: true, error: '' });
  });

  test('that would be slow to match is refused; what the operator has is not', async () => {
    const matcher = '\'severity=~"(a|b|ab)*.{1,900}"\'';
    const slow = CONFIG.replace('severity=~"urgent|important"', matcher);
    await using story = await busyNode();
    expect((await compare(story, slow)).problems).toEqual([expect.stringContaining('take too long to match')]);
    await story.reload(slow);
    expect((await compare(story, slow)).isValid).toBe(true);
  });

  test('that would be slow to read is refused at once', async () => {
    const rule = (index: number) =>
      `{source_matchers: ['x=~"(a|b${index})*c{1,900}"'], target_matchers: ['y="${index}"']}`;
    const rules = Array.from({ length: 400 }, (_, index) => rule(index)).join(', ');
    await using story = await busyNode();
    const startedMs = performance.now();
    const { isValid, problems } = await compare(
      story,
      `${CONFIG.slice(0, CONFIG.indexOf('inhibit_rules:'))}\ninhibit_rules: [${rules}]`,
    );
    expect([isValid, problems[0]]).toEqual([false, expect.stringContaining('take too long to match')]);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
  });

  test('makes the node read no file that is not in force', async () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('broken.tmpl', '{{ end');
    await using story = await busyNode();
    const answer = await compare(story, `templates: ['${file}']\n${CONFIG}`);
    expect(answer.isValid).toBe(true);
    expect(answer.warnings).toContainEqual(expect.stringContaining('was not read here'));
  });

  test('is not compared for a page of another origin, nor without bound', async () => {
    await using story = await busyNode();
    const ask = (body: unknown, headers: Record<string, string> = {}) =>
      story.app.fetch(
        new Request('http://tocsin.test/api/v3/routing/compare', {
          ...{ method: 'POST', body: JSON.stringify(body) },
          headers: { 'content-type': 'application/json', ...headers },
        }),
      );
    const foreign = await ask({ config: CONFIG }, { origin: 'http://evil.test' });
    const large = await ask({ config: '#'.repeat(300_000) });
    const many = await ask({
      config: CONFIG,
      labels: Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`l${n}`, ''])),
    });
    for (const response of [foreign, large, many]) problem.parse(await response.json());
    expect([foreign.status, large.status, many.status]).toEqual([403, 413, 422]);
  });
});

describe('the status of a node', () => {
  test('shows how it was started and what it was told', async () => {
    await using story = await Story.begin(CONFIG, { flags: ['--log.level=warn'] });
    const status = statusAnswer.parse(await story.json('/api/v3/status'));
    expect(status.node).toMatchObject({ isReady: true, nodeVersion: process.version });
    expect(status.flags).toContainEqual({ name: 'log.level', value: 'warn', isDefault: false });
    expect(status.configuration.text).not.toContain('rest.test');
    expect(status.storage).toEqual({ isHealthy: true, error: '', historyBytes: expect.any(Number) });
  });

  test('says why the last reload failed, and since when the one in force is', async () => {
    await using story = await Story.begin(CONFIG, { wallMs: NOON_MS });
    await story.passes('5m');
    await story.reload('route: {}');
    const { configuration } = statusAnswer.parse(await story.json('/api/v3/status'));
    expect(configuration.loadedAt).toBe('2026-01-15T12:00:00.000Z');
    expect(configuration.lastReload).toMatchObject({ at: '2026-01-15T12:05:00.000Z', isSuccess: false });
    expect(configuration.lastReload.error).toContain('receiver');
  });

  test('gives the warnings of the configuration in force', async () => {
    await using story = await Story.begin(`${CONFIG}tracing: {endpoint: x}\n`);
    const { configuration } = statusAnswer.parse(await story.json('/api/v3/status'));
    expect(configuration.warnings).toContainEqual(expect.stringContaining('tracing'));
  });

  test('tells that the disk fails', async () => {
    await using story = await Story.begin(CONFIG);
    story.disk.behaviour = 'refuse';
    await story.fire({ alertname: 'Down' });
    await story.passes('1s');
    const { storage } = statusAnswer.parse(await story.json('/api/v3/status'));
    expect([storage.isHealthy, storage.error === '']).toEqual([false, false]);
  });
});
