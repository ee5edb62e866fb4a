/** What the history answers over HTTP: what it asks for, refuses and exports. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import type { HistoryQuery } from '../../model/history-query.ts';
import { chartAnswer, type HistoryEntry, historyAnswer, historyEntry } from '../../shapes/history.ts';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';

const NODES = [
  { node: 'n1', name: 'a', isSelf: true, missing: '', remark: '' },
  { node: 'n2', name: 'b', isSelf: false, missing: 'nothing was heard of it for 9 s', remark: '' },
];

function entry(labels: Record<string, string>): HistoryEntry {
  const event = {
    ...{ id: 'x-1', at: new Date(NOW_MS).toISOString(), node: 'a', kind: 'alert' as const, change: 'new' as const },
    ...{ fingerprint: 'f', labels, from: 'checker 10.0.0.7' },
  };
  return { event, nodes: ['a', 'b'] };
}

/** A history of so many pages, which remembers what it was asked for. */
function withPages(...pages: HistoryEntry[][]) {
  return withParts(pages, () => NODES);
}

function withParts(pages: HistoryEntry[][], partsOf: (page: number) => typeof NODES) {
  const node = new FakeNode();
  const asked: { query: HistoryQuery; limit: number }[] = [];
  node.history = {
    ...node.history,
    async read(query, { cursor, limit }) {
      if (cursor === 'bad') throw Object.assign(new Error('it was not given by this API'), { name: 'CursorError' });
      asked.push({ query, limit });
      const page = Number(cursor ?? 0);
      const next = page + 1 < pages.length ? String(page + 1) : undefined;
      return { entries: pages[page] ?? [], next, nodes: partsOf(page), keptSinceMs: NOW_MS - 1 };
    },
  };
  return { node, asked, get: (path: string) => node.app().request(`/api/v3/history${path}`) };
}

describe('GET /api/v3/history', () => {
  test('answers in the shape that was agreed, and says who is missing', async () => {
    const { get } = withPages([entry({ alertname: 'Down' })], []);
    const answer = historyAnswer.parse(await (await get('')).json());
    expect(answer).toMatchObject({
      next: '1',
      keptSince: '2026-01-15T11:59:59.999Z',
      entries: [{ nodes: ['a', 'b'] }],
    });
    expect(answer.nodes.map(({ name, state }) => `${name} ${state}`)).toEqual(['a answered', 'b missing']);
  });

  test('asks for what the parameters say', async () => {
    const { get, asked } = withPages([]);
    await get(
      '?from=2026-01-01&to=2026-01-02T00:00:00Z&kind=alert&kind=notification&receiver=irc&node=b&outcome=sent&limit=7' +
        '&filter=severity%3D"page"&fingerprint=f&group=g&q=words',
    );
    expect(asked[0]).toMatchObject({
      limit: 7,
      query: {
        ...{ fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 2), kinds: ['alert', 'notification'] },
        ...{ receivers: ['irc'], nodes: ['b'], outcomes: ['sent'], fingerprint: 'f', group: 'g', text: 'words' },
      },
    });
    expect(String(asked[0]?.query.matchers)).toBe('severity="page"');
  });

  test.each([
    ['kind=gossip', 'kind must be one of alert, group'],
    ['outcome=lost', 'outcome must be one of sent, refused, unknown'],
    ['from=yesterday', 'from must be an instant'],
    ['from=2026-01-02&to=2026-01-01', 'from is after to'],
    [`filter=x%3D~"${'(a|b)'.repeat(15)}"&`.repeat(50), 'take too long to match'],
    ['limit=501', 'limit must be a whole number from 1 to 500'],
    ['filter=a', 'filter: '],
    ['cursor=bad', 'cursor: it was not given by this API'],
  ])('refuses %s and says what to do', async (query, detail) => {
    const response = await withPages([]).get(`?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(detail) });
  });
});

describe('GET /api/v3/history/export', () => {
  test('gives all pages as lines of JSON, and names who is missing', async () => {
    const { get, asked } = withPages([entry({ alertname: 'A' })], [], [entry({ alertname: 'B' })]);
    const response = await get('/export?format=json');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).event.labels.alertname)).toEqual(['A', 'B']);
    expect(asked).toHaveLength(3);
    expect(response.headers.get('tocsin-missing')).toBe('b');
  });

  test.each([
    ['=cmd()', `"'=cmd()`],
    ['@sum', `"'@sum`],
    [' +1', `"' +1`],
    ['a "quoted", word', '"a ""quoted"", word'],
  ])('makes a table in which %o is harmless', async (name, cell) => {
    const { get } = withPages([{ ...entry({}), nodes: [name] }]);
    const response = await get('/export?format=csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, row] = (await response.text()).split('\r\n');
    expect(head).toMatch(/^at,nodes,kind,what,/);
    expect(row?.startsWith(`2026-01-15T12:00:00.000Z,${cell}`)).toBe(true);
  });

  test.each([
    ['half a character \ud800', 'half%20a%20character%20%EF%BF%BD'],
    ['b\r\nSet-Cookie: x', 'b%0D%0ASet-Cookie%3A%20x'],
  ])('names one who is missing and calls itself %j in its header', async (name, text) => {
    const { get } = withParts([[]], () => NODES.map((part) => (part.isSelf ? part : { ...part, name })));
    expect((await get('/export')).headers.get('tocsin-missing')).toBe(text);
  });

  test('names who goes missing half-way where that is', async () => {
    const lost = NODES.map((part) => (part.isSelf ? { ...part, missing: '' } : { ...part, missing: 'it is down' }));
    const whole = NODES.map((part) => ({ ...part, missing: '' }));
    const pages = ['A', 'B', 'C'].map((alertname) => [entry({ alertname })]);
    const { get } = withParts(pages, (page) => (page === 0 ? whole : lost));
    const response = await get('/export?format=json');
    const events = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => historyEntry.parse(JSON.parse(line)).event);
    expect(response.headers.get('tocsin-missing')).toBeNull();
    expect(events.map((event) => ('labels' in event ? event.labels.alertname : event.kind))).toEqual([
      'A',
      'B',
      'gap',
      'C',
    ]);
    expect(events[2]).toMatchObject({
      node: 'a',
      message: 'of what b noted, some is missing from here on: it is down',
    });
  });

  test('leaves room for others once nobody waits for it any more', async () => {
    const { node } = withPages([entry({ alertname: 'A' })]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const read = node.history.read;
    node.history = { ...node.history, read: async (...asked) => promise.then(() => read(...asked)) };
    const app = node.app({ timeoutMs: 20 });
    const late = await Promise.all([1, 2, 3, 4].map(() => app.request('/api/v3/history/export')));
    expect(late.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    resolve();
    const isTaken = async () => (await app.request('/api/v3/history/export')).status === 200;
    expect(await eventually('an export is taken again', isTaken, { timeoutMs: 3_000 })).toBe(true);
  });

  test('is refused while too many are under way, until one is given up', async () => {
    const many = Array.from({ length: 50 }, () => [entry({ alertname: 'A' })]);
    const { get } = withPages(...many);
    const open = await Promise.all([get('/export'), get('/export'), get('/export'), get('/export')]);
    expect((await get('/export')).status).toBe(503);
    await open[0]?.body?.cancel();
    expect((await get('/export')).status).toBe(200);
  });
});

test('GET /api/v3/history/chart draws the last day, unless asked otherwise', async () => {
  const node = new FakeNode();
  node.history = {
    ...node.history,
    chart: async ({ fromMs, stepMs, points }) => {
      expect([fromMs, stepMs, points]).toEqual([NOW_MS - 86_400_000, 8_640_000, 10]);
      const firing = Array.from({ length: 10 }, (_, point) => (point === 0 ? null : ([1, 2, 3, 4] as const)));
      return { numbers: { firing, sent: new Array(10).fill(1), failed: new Array(10).fill(0) }, nodes: NODES };
    },
  };
  const answer = chartAnswer.parse(await (await node.app().request('/api/v3/history/chart?points=10')).json());
  expect(answer.points.slice(0, 2)).toEqual([
    { at: '2026-01-14T12:00:00.000Z', firing: null, sent: 1, failed: 0 },
    {
      at: '2026-01-14T14:24:00.000Z',
      firing: { urgent: 1, important: 2, interesting: 3, other: 4 },
      sent: 1,
      failed: 0,
    },
  ]);
  expect((await node.app().request('/api/v3/history/chart?from=2030-01-01')).status).toBe(400);
});

test.each(['from=0000-01-01T00:00:00%2B24:00', 'to=0000-01-01', 'to=9999-12-31T23:59:59-24:00'])(
  'GET /api/v3/history/chart of %s is refused: no instant can be written so far off',
  async (query) => {
    const response = await withPages([]).node.app().request(`/api/v3/history/chart?${query}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('0 to 9999') },
    ]);
  },
);
