import { describe, expect, test } from 'vitest';
import { type Answer, runCommand, startFakeNode } from './fake-node.ts';

const diskFull = {
  labels: { alertname: 'DiskFull', instance: 'web-1' },
  annotations: { summary: 'Almost full' },
  startsAt: '2026-11-21T12:00:00.000Z',
  endsAt: '2026-11-21T12:05:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
  fingerprint: '980a6a0e0facf311',
  receivers: [{ name: 'ops' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
};

async function run(argv: readonly string[], answer: Answer = { json: [diskFull] }, isTTY = false) {
  await using node = await startFakeNode(() => answer);
  const result = await runCommand([...argv, '--url', node.url], { isTTY });
  return { ...result, request: node.requests[0] };
}

function queryOf(path: string | undefined) {
  return [...new URL(path ?? '', 'http://node').searchParams].map(([name, value]) => `${name}=${value}`);
}

describe('alert query', () => {
  test('shows what fires, aligned', async () => {
    const web2 = { ...diskFull, labels: { alertname: 'Down' }, annotations: {}, startsAt: '2026-11-21T11:00:00.000Z' };
    const { stdout, exitCode } = await run(['alert'], { json: [diskFull, web2] });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        'Alertname  Starts At                Summary      State',
        'Down       2026-11-21 11:00:00 UTC               active',
        'DiskFull   2026-11-21 12:00:00 UTC  Almost full  active',
        '',
      ].join('\n'),
    );
  });

  test('asks for active ones only, unless states are named', async () => {
    const byDefault = await run(['alert', 'query']);
    expect(queryOf(byDefault.request?.path)).toEqual([
      'active=true',
      'silenced=false',
      'inhibited=false',
      'unprocessed=false',
    ]);
    const silenced = await run(['alert', 'query', '-si']);
    expect(queryOf(silenced.request?.path)).toEqual([
      'active=false',
      'silenced=true',
      'inhibited=true',
      'unprocessed=false',
    ]);
  });

  test('hands matchers and receiver on, a bare first word as the alertname', async () => {
    const { request } = await run(['alert', 'query', 'Disk "full"', 'instance=~web-.*', '-r', 'ops|dev']);
    expect(queryOf(request?.path).slice(4)).toEqual([
      'receiver=ops|dev',
      'filter=alertname="Disk \\"full\\""',
      'filter=instance=~web-.*',
    ]);
  });

  test('tells more when asked', async () => {
    const { stdout } = await run(['alert', '-o', 'extended']);
    expect(stdout).toContain('alertname="DiskFull" instance="web-1"  summary="Almost full"');
  });

  test('gives a program all there is', async () => {
    const { stdout } = await run(['alert', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([diskFull]);
  });

  test('lets no label move the cursor or fake a line', async () => {
    const hostile = {
      ...diskFull,
      labels: { alertname: '\u001b[2J\u001b]0;owned\u0007Down\r\nFake' },
      annotations: { summary: '\u202egnp\u009b31m' },
    };
    for (const output of ['simple', 'extended', 'json']) {
      const { stdout } = await run(['alert', '-o', output], { json: [hostile] });
      expect(stdout).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} \n]*$/u);
      expect(stdout.split('\n')).toHaveLength(output === 'json' ? 2 : 3);
    }
  });

  test('cuts what is too long for a table', async () => {
    const { stdout } = await run(['alert'], {
      json: [{ ...diskFull, annotations: { summary: 'x'.repeat(1_000_000) } }],
    });
    expect(stdout.length).toBeLessThan(2_000);
    expect(stdout).toContain('x…');
  });

  test('is coloured for people only', async () => {
    expect((await run(['alert'], undefined, true)).stdout).toContain('\u001b[31mactive\u001b[39m');
    expect((await run(['alert'])).stdout).not.toContain('\u001b');
  });
});

describe('alert add', () => {
  test('posts labels, annotations and times', async () => {
    const { request, exitCode, stdout } = await run(
      [
        'alert',
        'add',
        'DiskFull',
        'instance=web-1',
        'path="C:\\\\logs"',
        '--annotation=summary=say "hi", all = well',
        '--annotation',
        'runbook=http://wiki/x?a=b',
        '--generator-url=http://prom/graph',
        '--start=2026-11-21T13:00:00+01:00',
        '--end',
        '2026-11-21T14:00:00Z',
      ],
      { status: 200 },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(request).toMatchObject({ method: 'POST', path: '/api/v2/alerts' });
    expect(request?.body).toEqual([
      {
        labels: { alertname: 'DiskFull', instance: 'web-1', path: 'C:\\logs' },
        annotations: { summary: 'say "hi", all = well', runbook: 'http://wiki/x?a=b' },
        generatorURL: 'http://prom/graph',
        startsAt: '2026-11-21T12:00:00.000Z',
        endsAt: '2026-11-21T14:00:00.000Z',
      },
    ]);
  });

  test('leaves unsaid what is not given', async () => {
    const { request } = await run(['alert', 'add', 'alertname=Down'], { status: 200 });
    expect(request?.body).toEqual([{ labels: { alertname: 'Down' }, annotations: {} }]);
  });
});
