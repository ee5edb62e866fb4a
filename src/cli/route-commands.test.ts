import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand, startFakeNode } from './fake-node.ts';

const config = `
route:
  receiver: a
  routes:
    - matchers: [severity="page"]
      receiver: b
      continue: true
      routes:
        - match: { team: x }
          receiver: c
    - match_re: { foo: 'a|b' }
      receiver: a
receivers:
  - name: a
  - name: b
  - name: c
`;

const status = {
  cluster: { status: 'ready', name: 'node-1', peers: [{ name: 'node-1', address: '10.0.0.1:9094' }] },
  config: { original: config },
  versionInfo: { version: '0.34.0' },
  uptime: '2026-11-21T00:00:00.000Z',
};

/** Against a node that runs `config`. */
async function onNode(...argv: string[]) {
  await using node = await startFakeNode(() => ({ json: status }));
  return { ...(await runCommand([...argv, '--url', node.url])), requests: node.requests };
}

/** Against a file that nobody runs. */
async function onFile(text: string, ...argv: string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-cli-'));
  try {
    const file = join(directory, 'tocsin.yml');
    await writeFile(file, text);
    return { ...(await runCommand(argv.map((word) => word.replace('FILE', file)))), file };
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('route show', () => {
  const drawn = [
    'Routing tree:',
    '.',
    '└── default-route  receiver: a',
    '    ├── {severity="page"}  continue: true  receiver: b',
    '    │   └── {team="x"}  receiver: c',
    '    └── {foo=~"^(?:a|b)$"}  receiver: a',
    '',
  ].join('\n');

  test("draws a node's tree as amtool does", async () => {
    const { stdout, requests } = await onNode('route', 'show');
    expect(stdout).toBe(drawn);
    expect(requests).toMatchObject([{ method: 'GET', path: '/api/v2/status' }]);
  });

  test("draws a file's tree without asking anybody", async () => {
    expect((await onFile(config, 'route', '--config.file=FILE', '--url=http://127.0.0.1:1')).stdout).toBe(drawn);
  });

  test("answers to amtool's name", async () => {
    expect((await onNode('config', 'routes')).stdout).toBe(drawn);
    expect((await onNode('config', 'routes', 'show')).stdout).toBe(drawn);
  });
});

describe('route test', () => {
  test('prints the receivers in the order of the tree', async () => {
    expect((await onNode('route', 'test', 'severity=page', 'team=x', 'foo=a')).stdout).toBe('c,a\n');
    expect((await onNode('route', 'test', 'Down')).stdout).toBe('a\n');
  });

  test('succeeds or fails by what is expected', async () => {
    const right = await onFile(
      config,
      'route',
      'test',
      '--config.file=FILE',
      'severity=page',
      'foo=a',
      '--verify.receivers=b,a',
    );
    expect([right.exitCode, right.stderr]).toEqual([0, '']);
    const wrong = await onFile(
      config,
      'route',
      'test',
      '--config.file=FILE',
      'severity=page',
      'foo=a',
      '--verify.receivers=a,b',
    );
    expect([wrong.exitCode, wrong.stdout]).toEqual([1, 'b,a\n']);
    expect(wrong.stderr).toContain('expected receivers a,b, but the alert goes to b,a');
    expect((await onNode('route', 'test', 'severity=page', 'foo=a', '--verify.receivers=b,a,c')).exitCode).toBe(1);
    expect((await onNode('route', 'test', 'severity=page', 'foo=a', '--verify.receivers=b')).exitCode).toBe(1);
  });

  test('draws the ways that lead to a receiver', async () => {
    const { stdout } = await onNode('route', 'test', '--tree', 'severity=page', 'team=x');
    expect(stdout).toContain(
      ['└── default-route', '    └── {severity="page"}', '        └── {team="x"}  receiver: c', ''].join('\n'),
    );
    expect(stdout).not.toContain('foo');
  });

  test('tells what is wrong with the file', async () => {
    const { exitCode, stderr, file } = await onFile(
      'route: { receiver: nobody }\n',
      'route',
      'test',
      '--config.file=FILE',
      'a=b',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${file}:1: route.receiver: `);
  });
});

describe('check-config', () => {
  test('counts what a good file holds', async () => {
    const { exitCode, stdout, file } = await onFile(config, 'check-config', 'FILE');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Checking '${file}'  SUCCESS`);
    expect(stdout).toContain(' - 4 routes\n');
    expect(stdout).toContain(' - 3 receivers\n');
  });

  test('tells every error with its place, and goes on to the next file', async () => {
    const wrong = 'route:\n  receiver: nobody\n  group_wait: soon\nreceivers: []\n';
    const { exitCode, stdout, stderr, file } = await onFile(wrong, 'check-config', 'FILE', 'FILE');
    expect(exitCode).toBe(1);
    expect(stdout.split(`${file}:2: route.receiver: `)).toHaveLength(3);
    expect(stdout.split(`${file}:3: route.group_wait: `)).toHaveLength(3);
    expect(stderr).toContain('2 of 2 files failed');
  });

  test('reads stdin', async () => {
    expect((await runCommand(['check-config'], { stdin: config })).exitCode).toBe(0);
    const { exitCode, stdout } = await runCommand(['check-config', '-'], { stdin: 'rout: 1' });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('<stdin>:1: ');
  });

  test('reads matchers as the node will', async () => {
    const utf8Only = config.replace('severity="page"', `'"a.b"=c'`);
    expect((await onFile(utf8Only, 'check-config', 'FILE')).exitCode).toBe(0);
    expect((await onFile(utf8Only, 'check-config', '--enable-feature=classic-mode', 'FILE')).exitCode).toBe(1);
  });
});

test('config show prints the configuration the node runs with', async () => {
  expect((await onNode('config', 'show')).stdout).toBe(config);
  expect((await onNode('config', '-o', 'extended')).stdout).toContain('version 0.34.0\n');
});

test('cluster show lists the peers', async () => {
  expect((await onNode('cluster')).stdout).toBe(
    'Cluster Status: ready\nNode Name: node-1\nAddress        Name\n10.0.0.1:9094  node-1\n',
  );
});

describe('receiver test', () => {
  async function testReceiver(outcomes: readonly string[], ...flags: string[]) {
    const results = outcomes.map((outcome, index) => ({
      integration: 'irc',
      index,
      outcome,
      message: 'said',
      durationMs: 1234,
      transcript: [`< ${outcome} by the server`],
    }));
    await using node = await startFakeNode(() => ({ json: { receiver: 'on call', results } }));
    return {
      ...(await runCommand(['receiver', 'test', 'on call/1', '--url', node.url, ...flags])),
      requests: node.requests,
    };
  }

  test('asks the node and says what became of each integration', async () => {
    const { exitCode, stdout, requests } = await testReceiver(['sent', 'sent']);
    expect(exitCode).toBe(0);
    expect(requests).toMatchObject([{ method: 'POST', path: '/api/v3/receivers/on%20call%2F1/test' }]);
    expect(stdout).toContain('irc[1]       sent     1.2      said');
  });

  test('shows what was said where it failed, and everywhere if asked to', async () => {
    const { stdout } = await testReceiver(['sent', 'refused']);
    expect(stdout).toContain('irc[1]\n  < refused by the server\n');
    expect(stdout).not.toContain('< sent by the server');
    expect((await testReceiver(['sent'], '--transcript')).stdout).toContain('irc[0]\n  < sent by the server\n');
  });

  test('says when the node is an Alertmanager, which has no such call', async () => {
    await using node = await startFakeNode(() => ({
      status: 404,
      raw: '404 page not found',
      headers: { 'content-type': 'text/plain' },
    }));
    const { exitCode, stderr } = await runCommand(['receiver', 'test', 'ops', '--url', node.url]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is it a Tocsin?');
  });

  test.each([[['sent', 'refused']], [['unknown']], [[]]])('fails unless all took it: %j', async (outcomes) => {
    expect((await testReceiver(outcomes)).exitCode).toBe(1);
  });
});
