import { describe, expect, test } from 'vitest';
import { FakeNode, NOW_MS } from '../fake-dependencies.ts';
import type { ApiLimits } from '../options.ts';

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const MINUTE_MS = 60_000;

function at(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toISOString();
}

async function post(node: FakeNode, body: unknown, limits: Partial<ApiLimits> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await node
    .app({ limits })
    .request('/api/v2/alerts', { method: 'POST', headers: JSON_HEADERS, body: text });
  return { status: response.status, text: await response.text() };
}

async function postOne(alert: Record<string, unknown>) {
  const node = new FakeNode();
  const answer = await post(node, [{ labels: { alertname: 'Down' }, ...alert }]);
  return { answer, alert: node.alerts.values().next().value };
}

describe('a posted alert', () => {
  test('is answered with an empty 200 and stands in the store', async () => {
    const { answer, alert } = await postOne({ generatorURL: 'http://prometheus/graph', annotations: { summary: 'x' } });
    expect(answer).toEqual({ status: 200, text: '' });
    expect(alert).toMatchObject({
      labels: { alertname: 'Down' },
      annotations: { summary: 'x' },
      generatorURL: 'http://prometheus/graph',
      updatedAtMs: NOW_MS,
      receivedAtMs: NOW_MS,
    });
  });

  test('without times starts now and runs out after resolve_timeout', async () => {
    const { alert } = await postOne({});
    expect(alert).toMatchObject({ startsAtMs: NOW_MS, endsAtMs: NOW_MS + 5 * MINUTE_MS, timeout: true });
  });

  test('with an end keeps it', async () => {
    const { alert } = await postOne({ startsAt: at(-MINUTE_MS), endsAt: at(MINUTE_MS) });
    expect(alert).toMatchObject({ startsAtMs: NOW_MS - MINUTE_MS, endsAtMs: NOW_MS + MINUTE_MS, timeout: false });
  });

  test('with an end alone starts at its end', async () => {
    const { alert } = await postOne({ endsAt: at(-MINUTE_MS) });
    expect(alert).toMatchObject({ startsAtMs: NOW_MS - MINUTE_MS, endsAtMs: NOW_MS - MINUTE_MS });
  });

  test.each(['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z', null])('with the end %s has none', async (endsAt) => {
    const { alert } = await postOne({ endsAt });
    expect(alert).toMatchObject({ timeout: true, endsAtMs: NOW_MS + 5 * MINUTE_MS });
  });

  test('with the empty text for its end ended in 1970', async () => {
    const { alert } = await postOne({ endsAt: '' });
    expect(alert).toMatchObject({ startsAtMs: 0, endsAtMs: 0 });
  });

  test('keeps the text of a time that milliseconds in UTC cannot say', async () => {
    const startsAt = '2026-01-15T13:00:00.123456789+02:00';
    const { alert } = await postOne({ startsAt });
    expect(alert).toMatchObject({ startsAtMs: NOW_MS - 60 * MINUTE_MS + 123, startsAtText: startsAt });
  });

  test('loses labels with empty values', async () => {
    const { alert } = await postOne({ labels: { alertname: 'Down', team: '' } });
    expect(alert?.labels).toEqual({ alertname: 'Down' });
  });

  test('keeps annotations with empty values', async () => {
    const { alert } = await postOne({ annotations: { runbook: '' } });
    expect(alert?.annotations).toEqual({ runbook: '' });
  });

  test('has null for an empty label or annotation, as Go’s decoder reads it', async () => {
    const { alert } = await postOne({ labels: { alertname: 'Down', team: null }, annotations: { runbook: null } });
    expect(alert).toMatchObject({ labels: { alertname: 'Down' }, annotations: { runbook: '' } });
    expect(alert?.labels).not.toHaveProperty('team');
  });

  test('has the same fingerprint in whatever order its labels come', async () => {
    const one = await postOne({ labels: { b: '2', a: '1' } });
    const other = await postOne({ labels: { a: '1', b: '2', c: '' } });
    expect(one.alert?.fingerprint).toBe(other.alert?.fingerprint);
  });

  test('has half a surrogate pair replaced, as any encoder would', async () => {
    const node = new FakeNode();
    await post(node, '[{"labels":{"alertname":"\\ud83d"}}]');
    expect([...node.alerts.values()][0]?.labels).toEqual({ alertname: '\ufffd' });
  });

  test('keeps a whole surrogate pair', async () => {
    const node = new FakeNode();
    await post(node, '[{"labels":{"alertname":"\\ud83d\\ude00"}}]');
    expect([...node.alerts.values()][0]?.labels).toEqual({ alertname: '😀' });
  });

  test('with a label that ends in a backslash is refused, and changes no label of others', async () => {
    const node = new FakeNode();
    // Written by hand: an object with such a name, made here, would have the same effect.
    const named = (name: string) => `[{"labels":{"alertname":"Down","${name}":"x"}}]`;
    const answer = await post(node, named('a\\\\'));
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('ends in a backslash') });
    expect((await post(node, named('a\\n'))).status).toBe(200);
    expect(node.alerts.values().next().value?.labels).toEqual({ alertname: 'Down', 'a\n': 'x' });
  });

  test('may hold JSON as a text', async () => {
    const annotations = { payload: '{"b\\\\":"{\\"c\\":1}"}' };
    expect((await postOne({ annotations })).alert?.annotations).toEqual(annotations);
  });

  test('may have fields this version does not know', async () => {
    const { answer } = await postOne({ severity: 3 });
    expect(answer.status).toBe(200);
  });

  test('counts as firing or resolved', async () => {
    const node = new FakeNode();
    await post(node, [{ labels: { a: '1' } }, { labels: { a: '2' }, endsAt: at(-1) }, { labels: { a: '3' } }]);
    const text = await node.metrics.registry.getSingleMetricAsString('alertmanager_alerts_received_total');
    expect(text).toContain('{status="firing",version="v2"} 2');
    expect(text).toContain('{status="resolved",version="v2"} 1');
  });
});

describe('an alert that Alertmanager’s handler refuses is a 400 with a bare string', () => {
  test.each([
    ['an end before its start', { startsAt: at(0), endsAt: at(-1) }, 'start time must be before end time'],
    ['no label', { labels: {} }, 'at least one label pair required'],
    ['only empty labels', { labels: { a: '' } }, 'at least one label pair required'],
    ['an empty label name', { labels: { '': 'x' } }, 'invalid label set: invalid name ""'],
    ['an empty annotation name', { annotations: { '': 'x' } }, 'invalid annotations: invalid name ""'],
  ])('%s', async (_case, alert, message) => {
    const { answer, alert: stored } = await postOne(alert);
    expect(answer).toEqual({ status: 400, text: JSON.stringify(`alert 0: ${message}`) });
    expect(stored).toBeUndefined();
  });

  test('a label name that would change the prototype', async () => {
    const node = new FakeNode();
    const answer = await post(node, '[{"labels":{"alertname":"x","__proto__":"y"}}]');
    expect(answer.text).toContain('invalid label set: invalid name');
    expect(node.alerts.size).toBe(0);
  });

  test('a name outside the classic alphabet, in classic mode', async () => {
    const node = new FakeNode();
    const body = JSON.stringify([{ labels: { 'a.b': 'x' } }]);
    const response = await node
      .app({ matcherSyntax: 'classic' })
      .request('/api/v2/alerts', { method: 'POST', headers: JSON_HEADERS, body });
    expect(await response.json()).toBe('alert 0: invalid label set: invalid name "a.b"');
  });
});

describe('an alert of the wrong shape', () => {
  test('without labels is a 422 with code 602', async () => {
    const { answer } = await postOne({ labels: undefined });
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toEqual({ code: 602, message: 'alert 0: labels in body is required' });
  });

  test('with a generatorURL that is none is a 422 with code 601', async () => {
    const { answer } = await postOne({ generatorURL: 'not a url' });
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 601 });
  });

  test.each([
    ['labels is an array', { labels: ['x'] }, 'labels is an array; send an object'],
    ['a label is a number', { labels: { a: 1 } }, 'the value of label "a" is a number; send a string'],
    ['annotations is a string', { annotations: 'x' }, 'annotations is a string; send an object'],
    ['startsAt is a number', { startsAt: 7 }, 'startsAt is a number; send a string'],
    ['endsAt is no time', { endsAt: 'tomorrow' }, 'endsAt "tomorrow" is no RFC 3339 time'],
    [
      'endsAt is no day',
      { endsAt: '2026-02-30T00:00:00.000Z' },
      'endsAt "2026-02-30T00:00:00.000Z" is no RFC 3339 time',
    ],
    ['generatorURL is a list', { generatorURL: [] }, 'generatorURL is an array; send a string'],
  ])('is a 400 with an object when %s', async (_case, alert, message) => {
    const { answer } = await postOne(alert);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ code: 400, message: `alert 0: ${message}` });
  });

  test.each([null, 7, 'x', []])('is a 400 when it is %j', async (alert) => {
    expect((await post(new FakeNode(), [alert])).status).toBe(400);
  });
});

describe('a batch with bad alerts', () => {
  const batch = [{ labels: { a: '1' } }, { labels: {} }, { labels: { a: '2' } }, { labels: { a: '3' }, startsAt: 1 }];

  test('stores the good ones', async () => {
    const node = new FakeNode();
    await post(node, batch);
    expect([...node.alerts.values()].map((alert) => alert.labels.a)).toEqual(['1', '2']);
  });

  test('names each bad one on its own line', async () => {
    const { text } = await post(new FakeNode(), batch);
    expect(JSON.parse(text).message.split('\n')).toEqual([
      'alert 1: at least one label pair required',
      'alert 3: startsAt is a number; send a string',
    ]);
  });

  test('names at most a hundred', async () => {
    const { text } = await post(new FakeNode(), Array(250).fill({ labels: {} }));
    const lines = JSON.parse(text).split('\n');
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('and 150 more');
  });

  test('counts the bad ones', async () => {
    const node = new FakeNode();
    await post(node, batch);
    const text = await node.metrics.registry.getSingleMetricAsString('alertmanager_alerts_invalid_total');
    expect(text).toContain('{version="v2"} 2');
  });

  test('names those the store did not take by their place in the request', async () => {
    const node = new FakeNode();
    const refused = new FakeNode().addAlert({ a: '2' });
    node.notTaken.set(refused.fingerprint, 'too many alerts; raise the limit');
    const answer = await post(node, [{ labels: {} }, { labels: { a: '1' } }, { labels: { a: '2' } }]);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toBe(
      'alert 0: at least one label pair required\nalert 2: too many alerts; raise the limit',
    );
  });
});

describe('a limit', () => {
  test.each<[string, Partial<ApiLimits>, Record<string, unknown>]>([
    ['labels', { labelsPerAlert: 1 }, { labels: { a: '1', b: '2' } }],
    ['label name length', { nameLength: 3 }, { labels: { abcd: '1' } }],
    ['label value length', { labelValueLength: 3 }, { labels: { a: '1234' } }],
    ['annotations', { annotationsPerAlert: 1 }, { annotations: { a: '1', b: '2' } }],
    ['annotation name length', { nameLength: 9 }, { annotations: { abcdefghij: '1' } }],
    ['annotation value length', { annotationValueLength: 3 }, { annotations: { a: '1234' } }],
    ['generatorURL length', { generatorURLLength: 8 }, { generatorURL: 'http://abc' }],
    ['total length', { alertLength: 20 }, { annotations: { a: '1234567890' } }],
    ['bytes of labels', { labelsBytes: 30 }, { labels: { a: 'ä'.repeat(15) } }],
    ['bytes that cannot be cut', { alertBytes: 100 }, { generatorURL: `http://${'x'.repeat(100)}` }],
  ])('on %s refuses that alert alone and says how much is taken', async (_case, limits, alert) => {
    const node = new FakeNode();
    const answer = await post(node, [{ labels: { alertname: 'x' }, ...alert }, { labels: { a: 'b' } }], limits);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`at most ${Object.values(limits)[0]} are taken`);
    expect(node.alerts.size).toBe(1);
  });

  test('on what passes between peers cuts the longest annotation and takes the alert', async () => {
    const node = new FakeNode();
    const annotations = { log: 'x'.repeat(60_000), trace: 'y'.repeat(20_000), summary: 'it is down' };
    const answer = await post(node, [{ labels: { alertname: 'x' }, annotations }]);
    const [taken] = node.alerts.values();
    expect([answer.status, taken?.annotations.summary, taken?.annotations.trace]).toEqual([
      200,
      'it is down',
      annotations.trace,
    ]);
    expect(taken?.annotations.log).toMatch(/^x+… \(cut; it had 60000 characters\)$/);
  });

  test('on alerts in a request refuses all of them', async () => {
    const node = new FakeNode();
    const answer = await post(node, [{ labels: { a: '1' } }, { labels: { a: '2' } }], { alertsPerRequest: 1 });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('send at most 1');
    expect(node.alerts.size).toBe(0);
  });

  test('on the body refuses it', async () => {
    const answer = await post(new FakeNode(), [{ labels: { a: 'x'.repeat(100) } }], { bodyBytes: 50 });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('split it into several requests');
  });

  test('on what is being read at once sheds load', async () => {
    const answer = await post(new FakeNode(), [{ labels: { a: 'x'.repeat(100) } }], { bodyBytesInFlight: 50 });
    expect(answer.status).toBe(503);
  });

  test('on what is being read at once is released with each request', async () => {
    const app = new FakeNode().app({ limits: { bodyBytesInFlight: 100 } });
    const body = JSON.stringify([{ labels: { a: 'x'.repeat(60) } }]);
    for (let round = 0; round < 3; round++) {
      const response = await app.request('/api/v2/alerts', { method: 'POST', headers: JSON_HEADERS, body });
      expect(response.status).toBe(200);
    }
  });
});

describe('a body', () => {
  test.each(['{', '', '[}', '[{"labels":{"a":"b"}}'])(
    '%j that does not parse is refused with an object',
    async (body) => {
      const answer = await post(new FakeNode(), body);
      expect(answer.status).toBe(body === '' ? 422 : 400);
      expect(JSON.parse(answer.text)).toMatchObject({ code: body === '' ? 602 : 400 });
    },
  );

  test('that is no list is a 400', async () => {
    expect((await post(new FakeNode(), '{"labels":{"a":"b"}}')).status).toBe(400);
  });

  test('that is null is an empty list, as Go clients write one', async () => {
    expect((await post(new FakeNode(), 'null')).status).toBe(200);
  });

  test('that is no UTF-8 is refused with what to do', async () => {
    const node = new FakeNode();
    const body = Buffer.from('[{"labels":{"a":"\xff"}}]', 'latin1');
    const response = await node.app().request('/api/v2/alerts', { method: 'POST', headers: JSON_HEADERS, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('encode the JSON as UTF-8') });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', undefined])('of type %s is a 415', async (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    const response = await new FakeNode()
      .app()
      .request('/api/v2/alerts', { method: 'POST', headers, body: Buffer.from('[]') });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 415 });
  });

  test('may name its character set', async () => {
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
    const response = await new FakeNode().app().request('/api/v2/alerts', { method: 'POST', headers, body: '[]' });
    expect(response.status).toBe(200);
  });

  test('that is compressed is a 415 that says so', async () => {
    const headers = { ...JSON_HEADERS, 'Content-Encoding': 'gzip' };
    const response = await new FakeNode().app().request('/api/v2/alerts', { method: 'POST', headers, body: '[]' });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('uncompressed') });
  });

  test('of very deep nesting is taken apart without harm', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const node = new FakeNode();
    const answer = await post(node, `[{"labels":{"a":"b"},"x":${deep}}]`);
    expect(answer.status).toBeLessThan(500);
  });
});
