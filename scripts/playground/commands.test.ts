/** `npm run fire` and `npm run resolve`, against a node that remembers what it is posted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Answer, type FakeNode, type SeenRequest, startFakeNode, systemAt } from '../../src/cli/fake-node.ts';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { fire } from './fire-command.ts';
import { greeting } from './greeting.ts';
import type { PlaygroundCommand } from './playground-command.ts';
import { resolve } from './resolve-command.ts';

const CONFIG = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - {matchers: [severity="urgent"], receiver: phone, repeat_interval: 15m, continue: true}
    - {matchers: [severity=~"important|urgent"], receiver: list}
    - {matchers: [severity="interesting"], receiver: channel, active_time_intervals: [office-hours]}
receivers: [{name: default}, {name: phone}, {name: list}, {name: channel}]
time_intervals:
  - {name: office-hours, time_intervals: [{weekdays: ['monday:friday']}]}
`;

interface NodeState {
  readonly alerts?: readonly Record<string, unknown>[];
  readonly groups?: readonly Record<string, unknown>[];
  readonly config?: string;
  readonly refuses?: string;
}

const startNode = ({ alerts = [], groups = [], config = CONFIG, refuses }: NodeState = {}): Promise<FakeNode> =>
  startFakeNode(({ method, path }: SeenRequest): Answer => {
    if (method === 'POST') return refuses === undefined ? {} : { status: 400, json: refuses };
    if (path.startsWith('/api/v2/alerts/groups')) return { json: groups };
    if (path.startsWith('/api/v2/alerts')) return { json: alerts };
    return { json: { cluster: { status: 'disabled' }, config: { original: config }, versionInfo: {}, uptime: '' } };
  });

const shown = (labels: Record<string, string>, more: Record<string, unknown> = {}) => ({
  labels,
  annotations: { fired_by: 'npm run fire' },
  startsAt: '2026-11-21T10:00:00.000Z',
  endsAt: '2026-11-21T10:05:00.000Z',
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
  ...more,
});

async function run(command: PlaygroundCommand, argv: readonly string[], env: Record<string, string> = {}) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const exitCode = await command(argv, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    env: { TOCSIN_PLAYGROUND_FILE: '/nowhere/playground.json', ...env },
    system: systemAt('2026-11-21T10:02:00Z'),
  });
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** A playground with nodes at these addresses, as commands find it. */
function recorded(urls: readonly string[]): Disposable & { readonly env: Record<string, string> } {
  const directory = new TemporaryDirectory();
  const nodes = urls.map((url, index) => ({ number: index + 1, url }));
  const record = { pid: process.pid, token: 'a token', nodes, inboxUrl: 'http://127.0.0.1:1' };
  return {
    env: { TOCSIN_PLAYGROUND_FILE: directory.write('playground.json', JSON.stringify(record)) },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

const posted = (node: FakeNode) => node.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);

describe('fire', () => {
  test('posts an alert of this severity and says whom it reaches, and when', async () => {
    await using node = await startNode();
    const result = await run(fire, ['--severity', 'urgent', '--url', node.url]);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(posted(node)).toEqual([
      [
        {
          labels: { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' },
          annotations: { summary: 'The disk of db1 is full', fired_by: 'npm run fire' },
        },
      ],
    ]);
    expect(result.stdout).toContain('It goes to phone, list; the page appears in about 10s');
    expect(result.stdout).toContain('by itself after 5m');
  });

  test('says what it is told', async () => {
    await using node = await startNode();
    const flags = ['--name=Cold', '--instance=lab', '--visibility=private', '--summary=Brr', '--label', 'team=a'];
    await run(fire, ['--severity=odd', ...flags, `--url=${node.url}`]);
    expect(posted(node)).toMatchObject([
      [
        {
          labels: { alertname: 'Cold', instance: 'lab', severity: 'odd', visibility: 'private', team: 'a' },
          annotations: { summary: 'Brr' },
        },
      ],
    ]);
  });

  test.each([
    ['Private', 'KeyLeaked'],
    ['public', 'DiskFull'],
  ])('with visibility %s fires %s', async (visibility, alertname) => {
    await using node = await startNode();
    await run(fire, ['--visibility', visibility, '--url', node.url]);
    expect(posted(node)).toMatchObject([[{ labels: { alertname, visibility } }]]);
  });

  test("puts no sample's words onto another name", async () => {
    await using node = await startNode();
    await run(fire, ['--name', 'Cold', '--instance', 'lab', '--url', node.url]);
    expect(posted(node)).toMatchObject([[{ annotations: { summary: 'Cold on lab' } }]]);
  });

  test('of a group that was told already says that it comes with its next news', async () => {
    await using node = await startNode({
      groups: [{ labels: { alertname: 'DiskFull' }, receiver: { name: 'phone' } }],
    });
    const { stdout } = await run(fire, ['--url', node.url]);
    expect(stdout).toContain('It goes to phone with the next news of its group, within 1m');
    expect(stdout).toContain('It goes to list; the page appears in about 10s');
  });

  test('of an alert that fires already says that no new page comes', async () => {
    const labels = { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' };
    await using node = await startNode({ alerts: [shown(labels)] });
    const { exitCode, stdout } = await run(fire, ['--url', node.url]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('fires already');
    expect(stdout).toContain('to phone every 15m, to list every 1h');
    expect(stdout).toContain('--instance');
  });

  test.each([
    ['inhibited', { state: 'suppressed', silencedBy: [], inhibitedBy: ['0011223344556677'] }],
    ['silenced', { state: 'suppressed', silencedBy: ['a'], inhibitedBy: [] }],
  ])('of an alert that is %s says that nobody is told', async (word, status) => {
    const labels = { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' };
    let isPosted = false;
    await using node = await startFakeNode(({ method, path }) => {
      if (method === 'POST') isPosted = true;
      if (path.startsWith('/api/v2/alerts/groups')) return { json: [] };
      if (path.startsWith('/api/v2/alerts')) return { json: isPosted ? [shown(labels, { status })] : [] };
      return { json: { cluster: { status: '' }, config: { original: CONFIG }, versionInfo: {}, uptime: '' } };
    });
    const { stdout } = await run(fire, ['--url', node.url]);
    expect(stdout).toContain(`Nobody is told for now: it is ${word}`);
    expect(stdout).not.toContain('appears');
  });

  test('names the time intervals that may hold it back', async () => {
    await using node = await startNode();
    const { stdout } = await run(fire, ['--severity', 'interesting', '--url', node.url]);
    expect(stdout).toMatch(/For channel it depends on the hour.*office-hours/);
  });

  test('works with a node whose configuration it cannot read', async () => {
    await using node = await startNode({ config: 'of: {another: world}' });
    const { exitCode, stdout } = await run(fire, ['--url', node.url]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Fired DiskFull db1 (urgent)');
  });

  test('that the node refuses ends with 1 and what the node said, harmless for a terminal', async () => {
    await using node = await startNode({ refuses: 'no \u001b[2Jthanks' });
    const { exitCode, stdout, stderr } = await run(fire, ['--url', node.url]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('thanks');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('resolve', () => {
  const byHand = shown({ alertname: 'DiskFull', instance: 'db1', severity: 'urgent' });
  const backup = shown({ alertname: 'BackupFailed', instance: 'db2', severity: 'important' });
  const foreign = shown(
    { alertname: 'Real', instance: 'db1' },
    { annotations: { summary: 'real' }, generatorURL: 'http://p/' },
  );
  const ended = async (...flags: string[]) => {
    await using node = await startNode({ alerts: [byHand, backup, foreign] });
    const { exitCode, stdout } = await run(resolve, [...flags, '--url', node.url]);
    expect(exitCode).toBe(0);
    return { stdout, alerts: posted(node).flat() as { labels: Record<string, string> }[] };
  };

  test('ends all that was fired by hand, and nothing else', async () => {
    const { stdout, alerts } = await ended();
    expect(alerts).toEqual([
      {
        labels: byHand.labels,
        annotations: byHand.annotations,
        startsAt: byHand.startsAt,
        endsAt: '2026-11-21T10:02:00.000Z',
      },
      expect.objectContaining({ labels: backup.labels }),
    ]);
    expect(stdout).toContain('Ended DiskFull db1 (urgent) at ');
    expect(stdout).toContain('within 1m');
  });

  test.each([
    [['--name', 'DiskFull'], ['DiskFull']],
    [['--instance', 'db2'], ['BackupFailed']],
    [['--severity', 'urgent'], ['DiskFull']],
    [['--name', 'Real'], ['Real']],
  ])('with %j ends %j', async (flags, names) => {
    expect((await ended(...flags)).alerts.map(({ labels }) => labels.alertname)).toEqual(names);
  });

  const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const GREETING = greeting({
    nodeUrls: ['http://127.0.0.1:9093'],
    inboxUrl: '',
    isSecond: false,
    ports: { irc: 0, smtp: 0, botApi: 0 },
    channels: [],
    configFile: '',
    fireCommand: '',
    resolveCommand: '',
  });

  test.each([
    ['the README', README],
    ['npm start', GREETING],
  ])('ends what the curl that %s suggests has fired', async (_where, words) => {
    const body = /curl .*-d '(\[\{.*\}\])'/.exec(words)?.[1] ?? '';
    const alerts = JSON.parse(body) as { labels: Record<string, string>; annotations: Record<string, string> }[];
    await using node = await startNode({
      alerts: alerts.map(({ labels, annotations }) => shown(labels, { annotations, generatorURL: '' })),
    });
    expect(await run(resolve, ['--url', node.url])).toMatchObject({ exitCode: 0 });
    expect(posted(node).flat()).toMatchObject([{ labels: alerts[0]?.labels, endsAt: '2026-11-21T10:02:00.000Z' }]);
  });

  test.each(['interesting', 'important', 'urgent', 'odd'])(
    'ends what fire has fired with %s, also if somebody else has posted it since',
    async (severity) => {
      await using empty = await startNode();
      await run(fire, ['--severity', severity, '--visibility', 'private', '--url', empty.url]);
      await run(fire, ['--severity', severity, '--url', empty.url]);
      const fired = posted(empty).flat() as { labels: Record<string, string> }[];
      await using node = await startNode({ alerts: fired.map(({ labels }) => shown(labels, { annotations: {} })) });
      expect(await run(resolve, ['--url', node.url])).toMatchObject({ exitCode: 0 });
      expect(posted(node).flat()).toHaveLength(2);
    },
  );

  test('leaves alone what only looks like it', async () => {
    const labels = { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' };
    const others = [
      shown(labels, { annotations: {}, generatorURL: 'http://prometheus/graph' }),
      shown({ ...labels, job: 'node' }, { annotations: {} }),
      shown({ ...labels, severity: 'important' }, { annotations: {} }),
    ];
    await using node = await startNode({ alerts: others });
    expect(await run(resolve, ['--url', node.url])).toMatchObject({ exitCode: 1 });
    expect(posted(node)).toEqual([]);
  });

  test('without anything to end ends with 1 and names what fires', async () => {
    await using node = await startNode({ alerts: [foreign] });
    const { exitCode, stderr } = await run(resolve, ['--url', node.url]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Real db1.*--name/);
    expect(posted(node)).toEqual([]);
  });
});

describe.each([
  ['fire', fire],
  ['resolve', resolve],
])('%s', (name, command) => {
  test('without a playground ends with 3 and says how to start one', async () => {
    const { exitCode, stderr } = await run(command, []);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('npm start')]);
  });

  test('finds the node of the playground that runs; one that was killed counts for nothing', async () => {
    await using node = await startNode({ alerts: [shown({ alertname: 'DiskFull' })] });
    using directory = new TemporaryDirectory();
    const record = {
      pid: process.pid,
      token: '',
      nodes: [{ number: 1, url: node.url }],
      inboxUrl: 'http://127.0.0.1:9',
    };
    const file = directory.write('playground.json', JSON.stringify(record));
    expect((await run(command, [], { TOCSIN_PLAYGROUND_FILE: file })).exitCode).toBe(0);
    // Above the largest process number that Linux gives.
    directory.write('playground.json', JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));
    expect((await run(command, [], { TOCSIN_PLAYGROUND_FILE: file })).exitCode).toBe(3);
  });

  test('posts to all nodes of the playground, as a checker does, and names those that do not answer', async () => {
    const alerts = [shown({ alertname: 'DiskFull' })];
    await using second = await startNode({ alerts });
    await using third = await startNode({ alerts });
    const urls = ['http://127.0.0.1:1', second.url, third.url];
    using playground = recorded(urls);
    const { exitCode, stdout } = await run(command, [], playground.env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('at nodes 2 and 3; node 1 does not answer.');
    for (const node of [second, third]) expect(posted(node)).toHaveLength(1);
  });

  test('with --node posts to this one only', async () => {
    const alerts = [shown({ alertname: 'DiskFull' })];
    await using first = await startNode({ alerts });
    await using second = await startNode({ alerts });
    using playground = recorded([first.url, second.url]);
    expect((await run(command, ['--node', '2'], playground.env)).stdout).toContain('at node 2.');
    expect(first.requests).toEqual([]);
    expect(posted(second)).toHaveLength(1);
    expect(await run(command, ['--node', '3'], playground.env)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('there are 1, 2'),
    });
  });

  test('when all nodes are dead says how one comes back', async () => {
    using playground = recorded(['http://127.0.0.1:1', 'http://127.0.0.1:1']);
    expect(await run(command, ['--node=2'], playground.env)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('npm run revive -- 2'),
    });
  });

  test('at a node that does not answer ends with 3 and names it', async () => {
    const { exitCode, stderr } = await run(command, ['--url', 'http://127.0.0.1:1']);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('http://127.0.0.1:1')]);
  });

  test('keeps the password of a node to itself, and wants a full address', async () => {
    const { stderr } = await run(command, ['--url', 'http://me:s3cret@127.0.0.1:1']);
    expect(stderr).toContain('http://127.0.0.1:1');
    expect(stderr).not.toContain('s3cret');
    expect(await run(command, ['--url', '127.0.0.1:9093'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--url'),
    });
  });

  test('with --help shows every flag and how npm wants them', async () => {
    const { exitCode, stdout } = await run(command, ['--help', '--no-such-flag']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`npm run ${name} -- [flags]`);
    for (const flag of ['--severity', '--name', '--instance', '--url']) expect(stdout).toContain(flag);
  });

  test('with a flag that does not exist ends with 2 and names the nearest', async () => {
    const { exitCode, stderr } = await run(command, ['--severty', 'urgent']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--severity')]);
  });

  test('says what to do when npm kept the flags for itself', async () => {
    const { exitCode, stderr } = await run(command, ['urgent'], { npm_config_severity: 'true' });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`npm run ${name} -- --severity`)]);
  });
});
