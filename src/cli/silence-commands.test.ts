import { describe, expect, test } from 'vitest';
import { type Answer, runCommand, type SeenRequest, startFakeNode, systemAt } from './fake-node.ts';

const NOON = '2026-11-21T12:00:00.000Z';

function silence(id: string, changes: Record<string, unknown> = {}) {
  return {
    id,
    matchers: [{ name: 'alertname', value: 'DiskFull', isRegex: false, isEqual: true }],
    startsAt: '2026-11-21T11:00:00.000Z',
    endsAt: '2026-11-21T14:00:00.000Z',
    updatedAt: '2026-11-21T11:00:00.000Z',
    createdBy: 'anna',
    comment: 'disk is being swapped',
    status: { state: 'active' },
    ...changes,
  };
}

async function run(
  argv: readonly string[],
  answer: (request: SeenRequest) => Answer,
  options: { stdin?: string; env?: Record<string, string> } = {},
) {
  await using node = await startFakeNode(answer);
  const result = await runCommand([...argv, '--url', node.url], { system: systemAt(NOON), ...options });
  return { ...result, requests: node.requests };
}

const created = () => ({ json: { silenceID: 'new-id' } });

describe('silence add', () => {
  test('posts a silence from now on and prints its id', async () => {
    const { stdout, requests, exitCode } = await run(
      ['silence', 'add', 'DiskFull', 'instance=~"web-.*"', 'env!=dev', '-d', '2h', '-c', 'swap', '-a', 'anna'],
      created,
    );
    expect([exitCode, stdout]).toEqual([0, 'new-id\n']);
    expect(requests).toMatchObject([{ method: 'POST', path: '/api/v2/silences' }]);
    expect(requests[0]?.body).toEqual({
      matchers: [
        { name: 'alertname', value: 'DiskFull', isRegex: false, isEqual: true },
        { name: 'instance', value: 'web-.*', isRegex: true, isEqual: true },
        { name: 'env', value: 'dev', isRegex: false, isEqual: false },
      ],
      startsAt: NOON,
      endsAt: '2026-11-21T14:00:00.000Z',
      createdBy: 'anna',
      comment: 'swap',
    });
  });

  test('lasts an hour from its start, is by the user, and may go unexplained', async () => {
    const { requests } = await run(
      [
        'silence',
        'add',
        'DiskFull',
        '--no-require-comment',
        '--start=2026-11-22T00:00:00+01:00',
        '--annotation=ticket=OPS-1',
      ],
      created,
      { env: { USER: 'berta' } },
    );
    expect(requests[0]?.body).toMatchObject({
      startsAt: '2026-11-21T23:00:00.000Z',
      endsAt: '2026-11-22T00:00:00.000Z',
      createdBy: 'berta',
      comment: '',
      annotations: { ticket: 'OPS-1' },
    });
  });

  test('refuses to end before it starts', async () => {
    const { exitCode, requests } = await run(
      ['silence', 'add', 'DiskFull', '-c', 'x', '--end=2026-11-21T11:00:00Z'],
      created,
    );
    expect([exitCode, requests.length]).toEqual([2, 0]);
  });

  test('refuses what is no matcher, before the node is asked', async () => {
    const { exitCode, stderr, requests } = await run(['silence', 'add', 'DiskFull', 'web-1', '-c', 'x'], created);
    expect([exitCode, requests.length]).toEqual([2, 0]);
    expect(stderr).toContain('"web-1" is no matcher');
  });
});

describe('silence query', () => {
  const all = [
    silence('later', { endsAt: '2026-11-22T12:00:00.000Z', createdBy: 'berta' }),
    silence('soon'),
    silence('pending', {
      startsAt: '2026-11-23T00:00:00.000Z',
      endsAt: '2026-11-24T00:00:00.000Z',
      status: { state: 'pending' },
    }),
    silence('long-gone', { endsAt: '2026-11-19T12:00:00.000Z', status: { state: 'expired' } }),
    silence('just-gone', { endsAt: '2026-11-21T11:30:00.000Z', status: { state: 'expired' } }),
  ];

  test.each([
    [[], ['soon', 'later', 'pending']],
    [['--within', '3h'], ['soon']],
    [['--expired'], ['long-gone', 'just-gone']],
    [['--expired', '--within=1h'], ['just-gone']],
    [['--created-by=berta'], ['later']],
    [
      ['--id=soon', '--id=later'],
      ['soon', 'later'],
    ],
  ])('with %j', async (flags, ids) => {
    const { stdout } = await run(['silence', 'query', '-q', ...flags], () => ({ json: all }));
    expect(stdout.split('\n').slice(0, -1)).toEqual(ids);
  });

  test('shows a table', async () => {
    const { stdout } = await run(['silence'], () => ({ json: [silence('soon')] }));
    expect(stdout).toBe(
      'ID    Matchers              Ends At                  Created By  Comment\n' +
        'soon  alertname="DiskFull"  2026-11-21 14:00:00 UTC  anna        disk is being swapped\n',
    );
  });

  test('hands matchers on', async () => {
    const { requests } = await run(['silence', 'DiskFull', 'env=dev'], () => ({ json: [] }));
    expect(new URL(requests[0]?.path ?? '', 'http://node').searchParams.getAll('filter')).toEqual([
      'alertname="DiskFull"',
      'env=dev',
    ]);
  });
});

describe('silence update', () => {
  const answers = (request: SeenRequest): Answer => {
    if (request.method === 'POST') return { json: { silenceID: 'new-id' } };
    if (request.path === '/api/v2/silence/gone') return { status: 404 };
    return { json: silence(request.path.replace('/api/v2/silence/', '')) };
  };

  test('changes what is said and keeps the rest', async () => {
    const { requests, stdout, exitCode } = await run(['silence', 'update', 'old', '-d', '4h', '-q'], answers);
    expect([exitCode, stdout]).toEqual([0, 'new-id\n']);
    expect(requests[1]?.body).toEqual({
      id: 'old',
      matchers: silence('old').matchers,
      startsAt: '2026-11-21T11:00:00.000Z',
      endsAt: '2026-11-21T15:00:00.000Z',
      createdBy: 'anna',
      comment: 'disk is being swapped',
    });
  });

  test('does the others when one is unknown, and fails', async () => {
    const { requests, stderr, exitCode } = await run(['silence', 'update', 'gone', 'old', '-c', 'new'], answers);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('silence gone: ');
    expect(requests.filter((request) => request.method === 'POST')).toMatchObject([
      { body: { id: 'old', comment: 'new' } },
    ]);
  });
});

describe('silence expire', () => {
  test('ends each, names those that fail, and lets no id lead elsewhere', async () => {
    const { requests, exitCode, stderr } = await run(['silence', 'expire', 'a', '../alerts', 'b'], ({ path }) =>
      path.endsWith('/a') ? { status: 404 } : {},
    );
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/v2/silence/a',
      'DELETE /api/v2/silence/..%2Falerts',
      'DELETE /api/v2/silence/b',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('silence a: ');
  });
});

describe('silence import', () => {
  test('posts what a query saved; what the node does not know gets a new id', async () => {
    const { requests, exitCode, stderr } = await run(
      ['silence', 'import', '--worker=1'],
      ({ body }) =>
        (body as { id?: string }).id === undefined ? created() : { status: 404, json: 'silence not found' },
      { stdin: JSON.stringify([silence('one')]) },
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain('imported 1 silence\n');
    expect(requests.map(({ body }) => (body as { id?: string }).id)).toEqual(['one', undefined]);
    expect(requests[1]?.body).toEqual({
      matchers: silence('one').matchers,
      startsAt: '2026-11-21T11:00:00.000Z',
      endsAt: '2026-11-21T14:00:00.000Z',
      createdBy: 'anna',
      comment: 'disk is being swapped',
    });
  });

  test('counts what the node refuses', async () => {
    const silences = [silence('good'), silence('bad'), silence('fine')];
    const { exitCode, stderr } = await run(
      ['silence', 'import'],
      ({ body }) =>
        (body as { id?: string }).id === 'bad' ? { status: 400, json: "end time can't be in the past" } : created(),
      { stdin: JSON.stringify(silences) },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('imported 2 silences, 1 failed');
  });

  test('refuses what are no silences', async () => {
    const { exitCode, requests } = await run(['silence', 'import'], created, { stdin: '[{"id":1}]' });
    expect([exitCode, requests.length]).toEqual([1, 0]);
  });
});
