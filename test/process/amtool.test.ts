/** People's own tools against a running node: Debian's amtool, and our command line with the same words. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertApi } from '../support/alert-api.ts';
import { runProgram } from '../support/real-process.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;

const resources = new AsyncDisposableStack();
const directory = resources.use(new TemporaryDirectory());
let sink: WebhookSink;
let node: RealServer;
let api: AlertApi;

beforeAll(async () => {
  sink = resources.use(await WebhookSink.start());
  node = resources.use(await startTocsin({ config: CONFIG.replace('PAGER', sink.url('/pager?key=s3cret')) }));
  api = new AlertApi(node.url);
});

afterAll(() => resources.disposeAsync());

const CONFIG = `
route:
  receiver: rest
  group_by: [alertname]
  routes:
    - matchers: [severity="page"]
      receiver: pager
      continue: true
    - matchers: [team=~"shop|till"]
      receiver: shop
receivers:
  - {name: rest}
  - {name: pager, webhook_configs: [{url: 'PAGER'}]}
  - {name: shop}
`;

/** Both find their way by environment, and nothing of whoever runs the tests may get in: no home, no time zone. */
const env = () => ({ HOME: directory.path, TZ: 'UTC', TOCSIN_URL: node.url });

function amtool(...args: string[]) {
  return runProgram('amtool', [`--alertmanager.url=${node.url}`, '--no-version-check', ...args], { env: env() });
}

/** What it wrote, given that it was content. */
async function amtoolSays(...args: string[]): Promise<string> {
  const { code, stdout, output } = await amtool(...args);
  expect([code, output]).toEqual([0, expect.anything()]);
  return stdout;
}

function tocsin(...args: string[]) {
  return runProgram(process.execPath, [MAIN, ...args], { env: env() });
}

async function tocsinSays(...args: string[]): Promise<string> {
  const { code, stdout, output } = await tocsin(...args);
  expect([code, output]).toEqual([0, expect.anything()]);
  return stdout;
}

/** The lines below the heading, their columns apart. */
function rows(table: string): string[][] {
  const lines = table.trimEnd().split('\n').slice(1);
  return lines.map((line) => line.trimEnd().split(/ {2,}/));
}

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
const SHOWN_PAGER = `http://secret.invalid/<secret>`;

describeWithPrograms(['amtool'], 'amtool', () => {
  test('adds an alert, shows it in every form, and ends it', async () => {
    const labels = ['Flood', 'cellar=north', 'severity=page'];
    expect(
      await amtoolSays('alert', 'add', ...labels, '--annotation=summary=wet feet', '--generator-url=http://x.test/g'),
    ).toBe('');
    expect(rows(await amtoolSays('alert', 'query', 'Flood'))).toEqual([['Flood', INSTANT, 'wet feet', 'active']]);
    expect(await amtoolSays('-o', 'extended', 'alert', 'query', 'cellar=~no.*')).toMatch(
      /alertname="Flood" cellar="north" severity="page" +summary="wet feet" .* http:\/\/x\.test\/g +active/,
    );
    expect(JSON.parse(await amtoolSays('-o', 'json', 'alert', 'query', 'cellar=north'))).toMatchObject([
      { labels: { alertname: 'Flood' }, receivers: [{ name: 'pager' }], status: { state: 'active', silencedBy: [] } },
    ]);
    expect(rows(await amtoolSays('alert', 'query', 'Flood', '--receiver=pag.*'))).toHaveLength(1);
    expect(rows(await amtoolSays('alert', 'query', 'Flood', '--receiver=shop'))).toEqual([]);
    expect(rows(await amtoolSays('alert', 'query', 'Flood', 'cellar!=north'))).toEqual([]);

    await amtoolSays('alert', 'add', ...labels, `--end=${new Date().toISOString()}`);
    expect(rows(await amtoolSays('alert', 'query', 'Flood'))).toEqual([]);
  });

  test('adds a silence, shows what it silences, updates and expires it', async () => {
    await api.post({ labels: { alertname: 'Noise', room: 'one' } });
    const added = await amtoolSays('silence', 'add', 'Noise', 'room=~o.e', '-a', 'ann', '-c', 'drilling', '-d', '2h');
    expect(added).toMatch(UUID);
    const id = added.trim();
    const matchers = 'alertname="Noise" room=~"o.e"';
    expect(rows(await amtoolSays('silence', 'query', 'Noise'))).toEqual([[id, matchers, INSTANT, 'ann', 'drilling']]);
    expect(rows(await amtoolSays('-o', 'extended', 'silence', 'query', 'Noise'))).toEqual([
      [id, '{alertname="Noise",room=~"o.e"}', INSTANT, INSTANT, INSTANT, 'ann', 'drilling'],
    ]);
    expect(rows(await amtoolSays('alert', 'query', 'Noise'))).toEqual([]);
    expect(rows(await amtoolSays('alert', 'query', '--silenced', 'Noise'))).toMatchObject([{ 0: 'Noise' }]);

    expect(rows(await amtoolSays('silence', 'query', 'Noise', '--within', '1h'))).toEqual([]);
    expect(rows(await amtoolSays('silence', 'update', id, '-d', '30m', '-c', 'still drilling'))).toEqual([
      [id, matchers, INSTANT, 'ann', 'still drilling'],
    ]);
    expect(rows(await amtoolSays('silence', 'query', 'Noise', '--within', '1h'))).toHaveLength(1);

    expect(await amtoolSays('silence', 'expire', id)).toBe('');
    expect(rows(await amtoolSays('silence', 'query', 'Noise'))).toEqual([]);
    expect(await amtoolSays('silence', 'query', 'Noise', '--expired', '-q')).toBe(`${id}\n`);
    expect(rows(await amtoolSays('alert', 'query', 'Noise'))).toMatchObject([{ 0: 'Noise' }]);
  });

  test('imports what it exported: known silences as they are, or as new ones if forced', async () => {
    const id = await api.silence('import', 'me');
    const exported = directory.write('known.json', await amtoolSays('-o', 'json', 'silence', 'query', 'import=me'));
    expect(await amtoolSays('silence', 'import', exported)).toBe(`${id}\n`);
    expect(await amtoolSays('silence', 'query', 'import=me', '-q')).toBe(`${id}\n`);

    const forced = await amtoolSays('silence', 'import', '--force', exported);
    expect(forced).not.toBe(`${id}\n`);
    const both = await amtoolSays('silence', 'query', 'import=me', '-q');
    expect(lines(both).toSorted()).toEqual([id, forced.trim()].toSorted());
  });

  test('takes a silence that has meanwhile ended as a new one', async () => {
    const id = await api.silence('ended', 'x');
    const exported = (await api.silences()).filter((silence) => silence.id === id);
    await api.expire(id);
    const [imported = ''] = lines(
      await amtoolSays('silence', 'import', directory.write('ended.json', JSON.stringify(exported))),
    );
    expect(imported).not.toBe(id);
    const states = (await api.silences()).filter((silence) => [id, imported].includes(silence.id));
    expect(states.map((silence) => [silence.id === id, silence.status.state]).toSorted()).toEqual([
      [false, 'active'],
      [true, 'expired'],
    ]);
  });

  test('is told why a silence is not taken', async () => {
    const refused = await amtool('silence', 'add', 'x=~"("', '-c', 'typo');
    expect(refused.code).toBe(1);
    const unknown = await amtool('silence', 'expire', '00000000-0000-4000-8000-000000000000');
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('404')]);
    expect((await amtool('silence', 'expire', 'no-id')).code).toBe(1);
  });

  test('shows the cluster', async () => {
    expect(await amtoolSays('cluster', 'show')).toMatch(/^Cluster Status: +(ready|settling|disabled)\nNode Name:/);
  });

  test('shows the configuration without its secrets, and accepts what it shows', async () => {
    const shown = await amtoolSays('config', 'show');
    expect(shown).toContain(SHOWN_PAGER);
    expect(shown).not.toContain('s3cret');
    const checked = await amtoolSays('check-config', directory.write('shown.yml', shown));
    expect(checked).toMatch(/SUCCESS\nFound:\n - global config\n - route\n - 0 inhibit rules\n - 3 receivers\n/);
  });

  test('draws the routes and tests them', async () => {
    expect(await amtoolSays('config', 'routes', 'show')).toBe(`Routing tree:
.
└── default-route  receiver: rest
    ├── {severity="page"}  continue: true  receiver: pager
    └── {team=~"shop|till"}  receiver: shop

`);
    const labels = ['severity=page', 'team=till'];
    expect(await amtoolSays('config', 'routes', 'test', ...labels)).toBe('pager,shop\n');
    expect(await amtoolSays('config', 'routes', 'test', 'team=other')).toBe('rest\n');
    expect((await amtool('config', 'routes', 'test', '--verify.receivers=pager,shop', ...labels)).code).toBe(0);
    expect((await amtool('config', 'routes', 'test', '--verify.receivers=shop', ...labels)).code).toBe(1);
  });

  test('warns of nothing worse than another version', async () => {
    const { code, output } = await runProgram('amtool', [`--alertmanager.url=${node.url}`, 'alert'], { env: env() });
    expect(code).toBe(0);
    expect(output).toMatch(/^Warning: amtool version \(0\.25\.0\S*\) and alertmanager version \(\S+\) are different/m);
  });
});

describe.concurrent('tocsin', () => {
  test('adds an alert, shows it in every form, and ends it', async () => {
    const labels = ['Frost', 'greenhouse=two'];
    await tocsinSays('alert', 'add', ...labels, '--annotation=summary=cold feet', '--generator-url=http://x.test/g');
    expect(rows(await tocsinSays('alert', 'query', 'Frost'))).toEqual([['Frost', INSTANT, 'cold feet', 'active']]);
    expect(await tocsinSays('alert', 'query', 'greenhouse=~t.*', '-o', 'extended')).toMatch(
      /alertname="Frost" greenhouse="two" +summary="cold feet" .* http:\/\/x\.test\/g +active/,
    );
    expect(JSON.parse(await tocsinSays('alert', 'query', 'Frost', '-o', 'json'))).toEqual(
      await api.alerts('?filter=greenhouse%3D%22two%22'),
    );
    await tocsinSays('alert', 'add', ...labels, `--end=${new Date().toISOString()}`);
    expect(rows(await tocsinSays('alert', 'query', 'Frost'))).toEqual([]);
  });

  test('adds, shows, updates, expires and imports silences', async () => {
    await api.post({ labels: { alertname: 'Hum', room: 'two' } });
    const added = await tocsinSays('silence', 'add', 'Hum', '-a', 'bob', '-c', 'tuning', '-d', '2h');
    expect(added).toMatch(UUID);
    const id = added.trim();
    expect(rows(await tocsinSays('silence', 'query', 'Hum'))).toEqual([
      [id, 'alertname="Hum"', INSTANT, 'bob', 'tuning'],
    ]);
    expect(rows(await tocsinSays('alert', 'query', '-s', 'Hum'))).toMatchObject([{ 0: 'Hum' }]);
    expect(await tocsinSays('silence', 'update', id, '-c', 'still tuning')).toContain('still tuning');
    const exported = directory.write('hum.json', await tocsinSays('silence', 'query', 'Hum', '-o', 'json'));
    await tocsinSays('silence', 'expire', id);
    expect(await tocsinSays('silence', 'query', 'Hum', '-q')).toBe('');
    await tocsinSays('silence', 'import', exported);
    const imported = await tocsinSays('silence', 'query', 'Hum', '-q');
    expect(imported).toMatch(UUID);
    expect(imported.trim()).not.toBe(id);
  });

  test('tests routes, and fails where an expectation is not met', async () => {
    expect(await tocsinSays('route', 'test', 'severity=page', 'team=till')).toBe('pager,shop\n');
    expect((await tocsin('route', 'test', 'severity=page', '--verify.receivers=pager')).code).toBe(0);
    expect((await tocsin('route', 'test', 'severity=page', '--verify.receivers=rest')).code).toBe(1);
    expect(await tocsinSays('route', 'show')).toMatch(/pager[\s\S]*shop/);
  });

  test('sends a test message by the way pages take, and says what became of it', async () => {
    expect(await tocsinSays('receiver', 'test', 'pager')).toMatch(/webhook\[0\] +sent/);
    const [test] = sink.received.filter(({ body }) => body.alerts[0]?.labels.alertname === 'TocsinTest');
    expect(test).toMatchObject({ path: '/pager?key=s3cret', body: { receiver: 'pager', status: 'firing' } });
    sink.behaveNext({ kind: 'answer', status: 403 });
    const refused = await tocsin('receiver', 'test', 'pager');
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringMatching(/refused.*403/)]);
    expect((await tocsin('receiver', 'test', 'nobody')).code).toBe(1);
  });

  test('checks configurations, also the one a node shows', async () => {
    const shown = directory.write('tocsin-shown.yml', await tocsinSays('config', 'show'));
    expect(await tocsinSays('check-config', shown)).toMatch(/SUCCESS[\s\S]*3 routes[\s\S]*3 receivers/);
    const bad = directory.write('bad.yml', 'route: {receiver: nowhere}\nreceivers: [{name: team}]\n');
    const { code, output } = await tocsin('check-config', bad);
    expect([code, output]).toEqual([1, expect.stringMatching(/FAILED[\s\S]*bad\.yml:1:.*nowhere/)]);
  });

  test('shows the cluster', async () => {
    expect(await tocsinSays('cluster', 'show')).toMatch(/^Cluster Status: (ready|settling|disabled)$/m);
  });

  test('has an exit code for a wrong command line and one for a node that is not there', async () => {
    expect((await tocsin('alert', '--silent')).code).toBe(2);
    expect((await tocsin('alert', '--alertmanager.url=http://127.0.0.1:9')).code).toBe(3);
  });
});

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
