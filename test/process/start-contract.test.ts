/** What scripts and harnesses written for Alertmanager count on when they start, signal and stop a node. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { eventually } from '../support/eventually.ts';
import { RealProcess } from '../support/real-process.ts';
import { startTocsin } from '../support/real-servers.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const timeoutMs = 30_000;

const NOBODY = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

/** Without a cluster unless the flags say otherwise: its port could not be shared. */
function start(args: readonly string[], directory: TemporaryDirectory): RealProcess {
  const alone = args.some((arg) => arg.startsWith('--cluster.listen-address')) ? [] : ['--cluster.listen-address='];
  return RealProcess.start(process.execPath, [MAIN, ...alone, ...args], { cwd: directory.path });
}

describe('the command line', () => {
  const flags = (directory: TemporaryDirectory) => ({
    '--config.file': directory.write('config.yml', NOBODY),
    '--storage.path': directory.join('data'),
    '--web.listen-address': '127.0.0.1:0',
    '--cluster.listen-address': '127.0.0.1:0',
    '--cluster.settle-timeout': '0s',
    '--log.level': 'debug',
  });

  test.each([
    ['--flag=value', (name: string, value: string) => [`${name}=${value}`]],
    ['--flag value', (name: string, value: string) => [name, value]],
  ])('may be written %s; ports may be 0', async (_, spelling) => {
    using directory = new TemporaryDirectory();
    const args = Object.entries(flags(directory)).flatMap(([name, value]) => spelling(name, value));
    await using node = start(args, directory);
    const [, url] = await node.waitForLine(/address=(127\.0\.0\.1:\d+)$/, { timeoutMs });
    expect((await fetch(`http://${url}/-/ready`)).status).toBe(200);
  });

  test('with mistakes ends with 1 and names each of them', async () => {
    using directory = new TemporaryDirectory();
    await using node = start(['--web.listen-addres=:0', '--data.retention=forever'], directory);
    expect(await node.exited).toEqual({ code: 1, signal: null });
    expect(node.lines.join('\n')).toMatch(/web\.listen-addres.*web\.listen-address/);
    expect(node.lines.join('\n')).toMatch(/data\.retention.*forever/);
  });
});

describe('a start', () => {
  test('says "Listening on" with the bound address on standard error, within 5 s', async () => {
    // The promise is about the program, not about a machine that is busy otherwise: one start of three must keep it.
    const tookMs: number[] = [];
    while (tookMs.length < 3 && !tookMs.some((ms) => ms < 5_000)) {
      const sinceMs = performance.now();
      await using node = await startTocsin({ config: NOBODY });
      tookMs.push(performance.now() - sinceMs);
      expect(node.process.lines.filter((line) => line.includes('Listening on'))).toEqual([
        expect.stringMatching(/^time=\S+ level=INFO msg="Listening on" address=127\.0\.0\.1:\d+$/),
      ]);
      expect(node.process.stdout).toBe('');
    }
    expect(Math.min(...tookMs)).toBeLessThan(5_000);
  });

  test('with --log.format=json writes every line as JSON', async () => {
    await using sink = await WebhookSink.start();
    using directory = new TemporaryDirectory();
    const config = directory.write('config.yml', webhooks(sink));
    const args = [
      `--config.file=${config}`,
      `--storage.path=${directory.join('data')}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    await using node = start([...args, '--log.format=json'], directory);
    const [line] = await node.waitForLine(/^.*Listening on.*$/, { timeoutMs });
    const { address } = JSON.parse(line) as { address: string };
    await new AlertApi(`http://${address}`).post({ labels: { alertname: 'Down' } });
    await sink.waitForCount(1, { timeoutMs });
    await node.waitForLine(/Notification sent/, { timeoutMs });
    await node.stop();
    for (const text of node.lines) expect(JSON.parse(text)).toMatchObject({ level: 'INFO', msg: expect.any(String) });
  });

  test('with a bad configuration ends with 1 and names every mistake by its line', async () => {
    using directory = new TemporaryDirectory();
    const file = directory.write(
      'config.yml',
      `route:
  receiver: nowhere
  group_wait: 5 minutes
  routes:
    - matchers: ['severity=~"("']
      receiver: team
receivers:
  - name: team
    webhook_config: []
`,
    );
    await using node = start([`--config.file=${file}`, `--storage.path=${directory.join('data')}`], directory);
    expect(await node.exited).toEqual({ code: 1, signal: null });
    const said = node.lines.join('\n');
    for (const [line, word] of [
      [2, 'nowhere'],
      [3, 'group_wait'],
      [5, 'matchers'],
      [9, 'webhook_config'],
    ]) {
      expect(said).toMatch(new RegExp(`config\\.yml:${line}\\b.*${word}`));
    }
    expect(said).not.toContain('Listening on');
  });

  test('without a configuration file ends with 1 and says which', async () => {
    using directory = new TemporaryDirectory();
    await using node = start([`--storage.path=${directory.join('data')}`], directory);
    expect(await node.exited).toEqual({ code: 1, signal: null });
    expect(node.lines.join('\n')).toContain('alertmanager.yml');
  });

  test("on another running node's storage ends with 1, says what to do and harms nothing", async () => {
    await using first = await startTocsin({ config: NOBODY });
    const api = new AlertApi(first.url);
    await api.post({ labels: { alertname: 'Down' } });
    const data = first.directory.join('data');
    const args = [`--config.file=${first.directory.join('config.yml')}`, `--storage.path=${data}`];
    await using second = start([...args, '--web.listen-address=127.0.0.1:0'], first.directory);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    const said = second.lines.join('\n');
    expect(said).toContain(data);
    expect(said).toMatch(/another process.*--storage\.path/);
    expect(await api.alerts()).toHaveLength(1);
  });

  test('on a taken port ends with 1 and says what to do', async () => {
    await using first = await startTocsin({ config: NOBODY });
    using directory = new TemporaryDirectory();
    const args = [`--config.file=${directory.write('config.yml', NOBODY)}`, `--storage.path=${directory.join('data')}`];
    await using second = start([...args, `--web.listen-address=${new URL(first.url).host}`], directory);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.lines.join('\n')).toMatch(/in use.*--web\.listen-address/);
  });
});

describe.concurrent('a reload', () => {
  const withPath = (sink: WebhookSink, path: string) => webhooks(sink, path);

  test.each([
    ['SIGHUP', async (node: Node) => node.process.signal('SIGHUP')],
    ['POST /-/reload', async (node: Node) => void (await fetch(`${node.url}/-/reload`, { method: 'POST' }))],
  ])('by %s takes the new configuration', async (_, reload) => {
    await using sink = await WebhookSink.start();
    await using node = await startTocsin({ config: withPath(sink, '/before') });
    node.directory.write('config.yml', withPath(sink, '/after'));
    await reload(node);
    await node.process.waitForLine(/Configuration reloaded/, { timeoutMs });
    await new AlertApi(node.url).post({ labels: { alertname: 'Down' } });
    const [notification] = await sink.waitForCount(1, { timeoutMs });
    expect(notification?.path).toBe('/after');
  });

  test('of a bad configuration says why and leaves the node running on the one in force', async () => {
    await using sink = await WebhookSink.start();
    await using node = await startTocsin({ config: withPath(sink, '/good') });
    const api = new AlertApi(node.url);
    node.directory.write('config.yml', `${withPath(sink, '/bad')}inhibit_rule: []\n`);
    const answer = await fetch(`${node.url}/-/reload`, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('inhibit_rule')]);
    const before = node.process.lines.length;
    node.process.signal('SIGHUP');
    await node.process.waitForLine(/level=ERROR.*inhibit_rule/, { timeoutMs, after: before });
    await api.post({ labels: { alertname: 'Down' } });
    const [notification] = await sink.waitForCount(1, { timeoutMs });
    expect(notification?.path).toBe('/good');
    expect(await api.metric('alertmanager_config_last_reload_successful')).toBe(0);

    node.directory.write('config.yml', withPath(sink, '/mended'));
    node.process.signal('SIGHUP');
    await eventually('the mended configuration is in force', async () => {
      return (await api.metric('alertmanager_config_last_reload_successful')) === 1;
    });
  });
});

describe.concurrent('a stop', () => {
  test.each([
    ['SIGTERM', 'in the middle of a request', true],
    ['SIGINT', 'idle', false],
  ] as const)('by %s ends with 0 while a client is connected, %s', async (signal, _, isHalfway) => {
    await using node = await startTocsin({ config: NOBODY });
    const { hostname, port } = new URL(node.url);
    const client = connect(Number(port), hostname);
    await once(client, 'connect');
    const closed = once(
      client.on('error', () => {}),
      'close',
    );
    if (isHalfway) client.write('POST /api/v2/alerts HTTP/1.1\r\nHost: node\r\nContent-Le');
    await new AlertApi(node.url).post({ labels: { alertname: 'Down' } });
    node.process.signal(signal);
    expect(await node.process.exited).toEqual({ code: 0, signal: null });
    await closed;
  });

  test('lets a send under way end, and a restart does not repeat it', async () => {
    await using sink = await WebhookSink.start();
    using directory = new TemporaryDirectory();
    const config = webhooks(sink);
    sink.behave({ kind: 'answer', status: 200, delayMs: 500 });
    const before = await startTocsin({ config, directory });
    await new AlertApi(before.url).post({ labels: { alertname: 'Down' } });
    await sink.waitForCount(1, { timeoutMs });
    expect(await before.process.stop()).toEqual({ code: 0, signal: null });

    await using after = await startTocsin({ config, directory });
    await new AlertApi(after.url).post({ labels: { alertname: 'Sentinel' } });
    await sink.waitFor(({ body }) => body.groupLabels.alertname === 'Sentinel', { timeoutMs });
    expect(sink.received.map(({ body }) => body.groupLabels.alertname)).toEqual(['Down', 'Sentinel']);
  });
});

describe.concurrent('configurations of old', () => {
  test('are honoured: match, match_re, source_match, target_match', async () => {
    await using sink = await WebhookSink.start();
    const config = `
route:
  receiver: rest
  group_by: [alertname]
  group_wait: 10ms
  routes:
    - match: {severity: page}
      receiver: pager
    - match_re: {service: 'shop|till'}
      receiver: shop
inhibit_rules:
  - source_match: {alertname: PowerCut}
    target_match_re: {alertname: 'Rack.*'}
    equal: [site]
receivers:
  - {name: rest, webhook_configs: [{url: '${sink.url('/rest')}'}]}
  - {name: pager, webhook_configs: [{url: '${sink.url('/pager')}'}]}
  - {name: shop, webhook_configs: [{url: '${sink.url('/shop')}'}]}
`;
    await using node = await startTocsin({ config });
    const api = new AlertApi(node.url);
    await api.post({ labels: { alertname: 'PowerCut', site: 'a' } });
    await api.post(
      { labels: { alertname: 'Rack1', site: 'a' } },
      { labels: { alertname: 'Rack2', site: 'b' } },
      { labels: { alertname: 'Down', severity: 'page' } },
      { labels: { alertname: 'Slow', service: 'till' } },
    );
    await sink.waitForCount(4, { timeoutMs });
    await api.post({ labels: { alertname: 'Sentinel' } });
    await sink.waitForCount(5, { timeoutMs });
    expect(sink.received.map(({ path, body }) => `${path} ${body.groupLabels.alertname}`).toSorted()).toEqual([
      '/pager Down',
      '/rest PowerCut',
      '/rest Rack2',
      '/rest Sentinel',
      '/shop Slow',
    ]);
  });

  test('are honoured: a repeat_interval of a millisecond repeats at every group_interval', async () => {
    await using sink = await WebhookSink.start();
    await using node = await startTocsin({
      config: webhooks(sink).replace('group_interval: 1s', 'group_interval: 200ms\n  repeat_interval: 1ms'),
    });
    await new AlertApi(node.url).post({ labels: { alertname: 'Down' } });
    const [first, second, third] = await sink.waitForCount(4, { timeoutMs });
    expect(first?.body.alerts).toEqual(second?.body.alerts);
    expect(second?.body.alerts).toEqual(third?.body.alerts);
  });
});

test.concurrent('a group waits group_wait before its first message and group_interval between two', async () => {
  await using sink = await WebhookSink.start();
  const config = webhooks(sink).replace('group_wait: 10ms', 'group_wait: 1s');
  await using node = await startTocsin({ config });
  const api = new AlertApi(node.url);
  const postedAtMs = Date.now();
  await api.post({ labels: { alertname: 'Down', instance: 'a' } });
  const first = await sink.waitFor(() => true, { timeoutMs });
  await api.post({ labels: { alertname: 'Down', instance: 'b' } });
  const second = await sink.waitFor(({ body }) => body.alerts.length === 2, { timeoutMs });
  // Nothing may come early, and late is the machine's doing; the margin is for two clocks that round differently.
  expect(first.arrivedAtMs - postedAtMs).toBeGreaterThanOrEqual(990);
  expect(second.arrivedAtMs - postedAtMs).toBeGreaterThanOrEqual(1_980);
});

type Node = Awaited<ReturnType<typeof startTocsin>>;

/** One receiver that hears of every alertname by itself. */
function webhooks(sink: WebhookSink, path = '/'): string {
  return `route:
  receiver: team
  group_by: [alertname]
  group_wait: 10ms
  group_interval: 1s
receivers:
  - {name: team, webhook_configs: [{url: '${sink.url(path)}'}]}
`;
}
