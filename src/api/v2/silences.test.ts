import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { FakeNode, NOW_MS, silenceError } from '../fake-dependencies.ts';

const UNKNOWN_ID = '11111111-2222-4333-8444-555555555555';
const HOUR_MS = 3_600_000;

function at(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toISOString();
}

const GOOD = {
  matchers: [{ name: 'alertname', value: 'Down', isRegex: false }],
  startsAt: at(0),
  endsAt: at(HOUR_MS),
  createdBy: 'ops',
  comment: 'planned work',
};

async function post(node: FakeNode, silence: unknown) {
  const response = await node.app().request('/api/v2/silences', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(silence),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function list(node: FakeNode, query = ''): Promise<Record<string, unknown>[]> {
  const response = await node.app().request(`/api/v2/silences${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>[];
}

const onDown = [new Matcher('=', 'alertname', 'Down')];

describe('a posted silence', () => {
  test('is answered with its id and stands', async () => {
    const node = new FakeNode();
    const { status, body } = await post(node, GOOD);
    expect(status).toBe(200);
    expect(node.silences.get(String(body.silenceID))).toMatchObject({
      startsAtMs: NOW_MS,
      endsAtMs: NOW_MS + HOUR_MS,
      createdBy: 'ops',
      comment: 'planned work',
    });
  });

  test.each([
    ['=', { isRegex: false }],
    ['=', { isRegex: false, isEqual: null }],
    ['!=', { isRegex: false, isEqual: false }],
    ['=~', { isRegex: true, isEqual: true }],
    ['!~', { isRegex: true, isEqual: false }],
  ])('may use %s', async (type, flags) => {
    const node = new FakeNode();
    await post(node, { ...GOOD, matchers: [{ name: 'a', value: 'b', ...flags }] });
    expect([...node.silences.values()][0]?.matchers[0]?.type).toBe(type);
  });

  test('without a start (the year 1) starts now', async () => {
    const node = new FakeNode();
    await post(node, { ...GOOD, startsAt: '0001-01-01T00:00:00.000Z' });
    expect([...node.silences.values()][0]?.startsAtMs).toBe(NOW_MS);
  });

  test('may have empty comment and creator, and annotations', async () => {
    const node = new FakeNode();
    const { status } = await post(node, { ...GOOD, comment: '', createdBy: '', annotations: { ticket: 'OPS-1' } });
    expect(status).toBe(200);
    expect([...node.silences.values()][0]?.annotations).toEqual({ ticket: 'OPS-1' });
  });

  test('with the id of another changes that one', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: onDown });
    const { body } = await post(node, { ...GOOD, id, comment: 'longer' });
    expect(body).toEqual({ silenceID: id });
    expect(node.silences.get(id)?.comment).toBe('longer');
  });

  test('with an unknown id is a 404', async () => {
    expect(await post(new FakeNode(), { ...GOOD, id: UNKNOWN_ID })).toEqual({ status: 404, body: 'silence not found' });
  });

  test.each([
    ['INVALID', 'invalid silence: at least one matcher must not match the empty string'],
    ['TOO_MANY', 'exceeded maximum number of silences: 1 (limit: 1)'],
    ['TOO_LARGE', 'silence exceeded maximum size: 9 bytes (limit: 8 bytes)'],
  ])('that is %s is a 400 with the reason', async (code, message) => {
    const node = new FakeNode();
    node.silenceError = silenceError(code, message);
    expect(await post(node, GOOD)).toEqual({ status: 400, body: message });
  });

  test('that fails by the node’s fault is a 500 whose cause is in the log', async () => {
    const node = new FakeNode();
    node.silenceError = new Error('disk on fire');
    const { status, body } = await post(node, GOOD);
    expect(status).toBe(500);
    expect(body).not.toContain('fire');
    expect(node.logged.join()).toContain('disk on fire');
  });

  test.each(['comment', 'createdBy', 'endsAt', 'matchers', 'startsAt'])(
    'without %s is a 422 with code 602',
    async (field) => {
      const { status, body } = await post(new FakeNode(), { ...GOOD, [field]: undefined });
      expect(status).toBe(422);
      expect(body).toEqual({ code: 602, message: `${field} in body is required` });
    },
  );

  test.each(['name', 'value', 'isRegex'])('with a matcher without %s is a 422 with code 602', async (field) => {
    const matchers = [{ name: 'a', value: 'b', isRegex: false, [field]: undefined }];
    const { status, body } = await post(new FakeNode(), { ...GOOD, matchers });
    expect(status).toBe(422);
    expect(body).toEqual({ code: 602, message: `matchers.0.${field} in body is required` });
  });

  test('without any matcher is a 422 with code 612', async () => {
    const { status, body } = await post(new FakeNode(), { ...GOOD, matchers: [] });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 612 });
  });

  test.each([
    ['a start at its end', { startsAt: at(HOUR_MS) }, 'Failed to create silence: start time must be before end time'],
    [
      'a start after its end',
      { startsAt: at(2 * HOUR_MS) },
      'Failed to create silence: start time must be before end time',
    ],
    ['no end', { endsAt: '0001-01-01T00:00:00Z' }, 'Failed to create silence: start time must be before end time'],
    [
      'an end in the past',
      { startsAt: at(-2), endsAt: at(-1) },
      "Failed to create silence: end time can't be in the past",
    ],
  ])('with %s is a 400', async (_case, fields, message) => {
    expect(await post(new FakeNode(), { ...GOOD, ...fields })).toEqual({ status: 400, body: message });
  });

  test('with a matcher that does not compile is a 400 that says why', async () => {
    const matchers = [{ name: 'a', value: '[', isRegex: true }];
    const { status, body } = await post(new FakeNode(), { ...GOOD, matchers });
    expect(status).toBe(400);
    expect(body).toMatch(/^invalid silence: invalid label matcher 0: /);
  });

  test.each([
    ['matchers', 'x'],
    ['matchers', [7]],
    ['matchers', [{ name: 'a', value: 'b', isRegex: 'no' }]],
    ['startsAt', 5],
    ['endsAt', 'tomorrow'],
    ['comment', {}],
    ['annotations', { a: 1 }],
  ])('with %s being %j is a 400 with an object', async (field, value) => {
    const { status, body } = await post(new FakeNode(), { ...GOOD, [field]: value });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 400 });
  });
});

describe('a silence', () => {
  test('is shown with all of Alertmanager’s fields', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: [new Matcher('!~', 'team', 'db|web')] });
    const response = await node.app().request(`/api/v2/silence/${id}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      id,
      status: { state: 'active' },
      updatedAt: '2026-01-15T12:00:00.000Z',
      startsAt: '2026-01-15T11:59:00.000Z',
      endsAt: '2026-01-15T12:01:00.000Z',
      createdBy: 'ops',
      comment: 'planned work',
      matchers: [{ name: 'team', value: 'db|web', isRegex: true, isEqual: false }],
    });
  });

  test('is shown with its annotations if it has any', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: onDown, annotations: { ticket: 'OPS-1' } });
    const response = await node.app().request(`/api/v2/silence/${id.toUpperCase()}`);
    expect(await response.json()).toMatchObject({ annotations: { ticket: 'OPS-1' } });
  });

  test('that is expired on request ends, with an empty 200', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: onDown });
    const response = await node.app().request(`/api/v2/silence/${id}`, { method: 'DELETE' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(await list(node)).toMatchObject([{ status: { state: 'expired' } }]);
  });

  test('may be expired twice', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: onDown, endsAtMs: NOW_MS - 1 });
    expect((await node.app().request(`/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
  });

  test.each(['GET', 'DELETE'])('that is unknown is an empty 404 to %s', async (method) => {
    const response = await new FakeNode().app().request(`/api/v2/silence/${UNKNOWN_ID}`, { method });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  test.each(['GET', 'DELETE'])('whose id is no UUID is a 422 with code 601 to %s', async (method) => {
    const response = await new FakeNode().app().request('/api/v2/silence/7', { method });
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ code: 601, message: 'silenceID in path must be of type uuid: "7"' });
  });

  test('that cannot be expired by the node’s fault is a 500', async () => {
    const node = new FakeNode();
    const { id } = node.addSilence({ matchers: onDown });
    node.silenceError = new Error('disk full');
    expect((await node.app().request(`/api/v2/silence/${id}`, { method: 'DELETE' })).status).toBe(500);
  });
});

describe('the list of silences', () => {
  function allStates(): FakeNode {
    const node = new FakeNode();
    const spans: [string, number, number][] = [
      ['expired first', -9, -8],
      ['expired last', -7, -2],
      ['pending late', 9, 20],
      ['pending soon', 2, 30],
      ['active long', -1, 9],
      ['active short', -3, 1],
    ];
    for (const [comment, start, end] of spans) {
      node.addSilence({
        comment,
        matchers: onDown,
        startsAtMs: NOW_MS + start * HOUR_MS,
        endsAtMs: NOW_MS + end * HOUR_MS,
      });
    }
    return node;
  }

  test('has what changes next first, and the expired at the end', async () => {
    expect((await list(allStates())).map((silence) => silence.comment)).toEqual([
      'active short',
      'active long',
      'pending soon',
      'pending late',
      'expired last',
      'expired first',
    ]);
  });

  test.each([
    ['?expired=false', ['active', 'active', 'pending', 'pending']],
    ['?active=false&pending=false', ['expired', 'expired']],
    ['?active=false&pending=false&expired=false', []],
  ])('%s', async (query, states) => {
    const shown = await list(allStates(), query);
    expect(shown.map((silence) => (silence.status as { state: string }).state)).toEqual(states);
  });

  test.each([
    ['team="db"', ['exact']],
    ['team=~"db"', ['regex']],
    ['team="d.*"', []],
    ['alertname="Down"', ['exact', 'regex']],
  ])('filtered by %s shows those that name that very matcher', async (filter, comments) => {
    const node = new FakeNode();
    node.addSilence({ comment: 'exact', matchers: [...onDown, new Matcher('=', 'team', 'db')] });
    node.addSilence({ comment: 'regex', matchers: [...onDown, new Matcher('=~', 'team', 'db')] });
    const shown = await list(node, `?filter=${encodeURIComponent(filter)}`);
    expect(shown.map((silence) => silence.comment).sort()).toEqual(comments);
  });

  test('refuses a bad filter', async () => {
    const response = await new FakeNode().app().request('/api/v2/silences?filter=team');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(expect.any(String));
  });
});
