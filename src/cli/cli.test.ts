import { describe, expect, test } from 'vitest';
import { isCliCommandLine } from './cli.ts';
import { runCommand, startFakeNode } from './fake-node.ts';

const NOBODY_LISTENS = '--url=http://127.0.0.1:1';

describe('a command line is for the CLI', () => {
  test.each([
    [['alert', 'query']],
    [['help']],
    [['silense']],
    [['--alertmanager.url=http://node:9093', 'alert']],
    [['--url', 'http://node:9093', 'alert']],
    [['-o', 'json', 'silence']],
  ])('%j', (argv) => {
    expect(isCliCommandLine(argv)).toBe(true);
  });

  test.each([[[]], [['--config.file=x.yml']], [['--help']], [['--web.listen-address', ':0']]])(
    'but %j runs a node',
    (argv) => {
      expect(isCliCommandLine(argv)).toBe(false);
    },
  );
});

describe('help', () => {
  test('lists every command and the exit codes', async () => {
    const { exitCode, stdout } = await runCommand(['help']);
    expect(exitCode).toBe(0);
    for (const name of ['alert query', 'silence add', 'route test', 'receiver test', 'check-config', 'cluster show']) {
      expect(stdout).toContain(`  ${name} `);
    }
    expect(stdout).toContain('3  the node cannot be reached');
  });

  test.each([[['help', 'silence', 'add']], [['silence', 'add', '--help']], [['silence', 'add', '--wrong', '-h']]])(
    '%j tells of one',
    async (argv) => {
      const { exitCode, stdout } = await runCommand(argv);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Usage: tocsin silence add [flags] MATCHER…');
      expect(stdout).toContain('-d, --duration DURATION');
    },
  );

  test('fits 100 columns', async () => {
    for (const argv of [['help'], ['help', 'alert'], ['help', 'silence', 'import'], ['help', 'route', 'test']]) {
      const { stdout } = await runCommand(argv);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });
});

describe('a wrong command line ends with code 2 and says what is right', () => {
  test.each([
    [['silense', 'add'], 'did you mean silence?'],
    [['receiver'], 'there is receiver test'],
    [['frobnicate'], '`tocsin help` lists the commands'],
    [['alert', '--actve'], 'did you mean --active?'],
    [['alert', '-o', 'xml'], 'simple, extended, json'],
    [['alert', '--url=node:9093'], 'full address'],
    [['cluster', 'show', 'now'], 'unexpected argument "now"'],
    [['silence', 'expire'], 'silence id'],
    [['silence', 'add', '-c', 'x'], 'at least one matcher'],
    [['silence', 'add', 'Down'], '--comment'],
    [['silence', 'add', 'Down', '-c', 'x', '-d', '0s'], 'longer than zero'],
    [['silence', 'add', 'Down', '-c', 'x', '--start=2026-11-21T12:00:00'], 'offset'],
    [['silence', 'update', 'some-id'], 'say what to change'],
    [['alert', 'add'], 'at least one label'],
    [['alert', 'add', 'severity=~page'], 'a label has one value'],
    [['alert', 'add', 'a=1', 'a=2'], 'a is given twice'],
    [['receiver', 'test'], 'name one receiver'],
    [['check-config'], 'name the files'],
    [['check-web-config'], 'name the files'],
    [['alert', '--http.config.file=/nowhere/http.yml'], '/nowhere/http.yml: does not exist'],
  ])('%j', async (argv, said) => {
    const { exitCode, stderr, stdout } = await runCommand(argv);
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('a node that cannot be asked', () => {
  test('is unreachable: code 3, and which one was meant', async () => {
    const { exitCode, stderr } = await runCommand(['alert', NOBODY_LISTENS]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot reach http://127.0.0.1:1: ');
  });

  test('hangs: code 3 after the timeout', async () => {
    await using node = await startFakeNode(() => ({ hangs: true }));
    const { exitCode, stderr } = await runCommand(['alert', '--url', node.url, '--timeout=50ms']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no answer within 0.05 s');
  });

  test('has its password kept out of the message', async () => {
    const { stderr } = await runCommand(['alert', '--url=http://anna:hunter2@127.0.0.1:1']);
    expect(stderr).toContain('cannot reach');
    expect(stderr).not.toContain('hunter2');
  });
});

describe('a node that says no', () => {
  test.each([
    [
      'as a bare string',
      { status: 400, json: 'bad matcher format: x' },
      'the node answered 400: bad matcher format: x',
    ],
    [
      'as an object',
      { status: 422, json: { code: 612, message: 'too few items' } },
      'the node answered 422: too few items',
    ],
    ['as a page of a proxy', { status: 502, raw: '<html>Bad gateway</html>' }, 'the node answered 502'],
    ['for want of a password', { status: 401 }, 'user:password@'],
    ['by pointing elsewhere', { status: 302, headers: { location: '/tocsin/' } }, 'points to /tocsin/'],
    ['in another language', { status: 200, raw: '<html>Welcome</html>' }, 'lead to a Tocsin or Alertmanager?'],
    ['in another shape', { status: 200, json: [{ labels: 1 }] }, '0.labels'],
  ])('%s', async (_, answer, said) => {
    await using node = await startFakeNode(() => answer);
    const { exitCode, stderr, stdout } = await runCommand(['alert', '--url', node.url]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
  });
});

describe('which node is asked', () => {
  const noAlerts = () => ({ json: [] });

  test('is said by a flag before the command, as amtool takes it', async () => {
    await using node = await startFakeNode(noAlerts);
    expect((await runCommand(['--alertmanager.url', node.url, '-ojson', 'alert'])).stdout).toBe('[]\n');
  });

  test('is said by the environment', async () => {
    await using node = await startFakeNode(noAlerts);
    expect((await runCommand(['alert', '-o=json'], { env: { TOCSIN_URL: node.url } })).stdout).toBe('[]\n');
  });

  test('may lie below a path and want a password', async () => {
    await using node = await startFakeNode(noAlerts);
    const url = node.url.replace('http://', 'http://anna:p%40ss@');
    await runCommand(['alert', `--url=${url}/tocsin/`]);
    expect(node.requests[0]).toMatchObject({
      path: '/tocsin/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false',
      authorization: `Basic ${Buffer.from('anna:p@ss').toString('base64')}`,
    });
  });
});
