import { describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { alertAnswer, type ExplainAnswer, explainAnswer } from '../../shapes/alerts.ts';
import { problem } from '../../shapes/terms.ts';
import { FakeNode } from '../fake-dependencies.ts';

function post(body: unknown, headers = { 'content-type': 'application/json' }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new FakeNode().app().request('/api/v3/explain', { method: 'POST', headers, body: text });
}

async function explained(labels: Record<string, string>): Promise<ExplainAnswer> {
  return explainAnswer.parse(await (await post({ labels })).json());
}

describe('POST /api/v3/explain', () => {
  test('explains labels as an alert would have them', async () => {
    expect((await explained({ b: '2', a: '1', empty: '' })).labels).toEqual({ a: '1', b: '2' });
  });

  test.each<[string, unknown, number, string]>([
    ['what is no JSON', '{', 400, 'JSON'],
    ['another shape', { alert: {} }, 422, 'labels'],
    ['a label that is no text', { labels: { a: 1 } }, 422, 'labels.a'],
    ['a field nobody knows', { labels: { a: '1' }, more: true }, 422, 'more'],
    ['no label', { labels: { a: '' } }, 422, 'at least one label'],
    [
      'too many labels',
      { labels: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`l${i}`, 'x'])) },
      422,
      '256',
    ],
    ['a value that is too long', { labels: { a: 'x'.repeat(20_000) } }, 422, '"a"'],
    ['half a character', '{"labels": {"a": "\\ud800"}}', 422, 'Unicode'],
    ['a label called __proto__', '{"labels": {"__proto__": "x"}}', 422, 'label'],
    ['a body without end', { labels: { a: 'x'.repeat(300_000) } }, 413, 'larger'],
  ])('refuses %s', async (_, body, status, word) => {
    const response = await post(body);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(problem.parse(await response.json()).detail).toContain(word);
  });

  test('refuses another media type', async () => {
    expect((await post({ labels: { a: '1' } }, { 'content-type': 'text/plain' })).status).toBe(415);
  });
});

describe('GET /api/v3/alerts/:fingerprint', () => {
  test('shows the alert and its groups', async () => {
    const node = new FakeNode();
    const alert = node.addAlert({ alertname: 'Down', severity: 'page' });
    const silence = node.addSilence({ matchers: [new Matcher('=', 'alertname', 'Down')] });
    const other = node.addAlert({ alertname: 'Other' });
    node.addFiringGroup([alert, other]);
    node.addFiringGroup([other], { labels: { alertname: 'Other' } });
    const response = await node.app().request(`/api/v3/alerts/${alert.fingerprint.toUpperCase()}`);
    expect(alertAnswer.parse(await response.json())).toMatchObject({
      alert: {
        fingerprint: alert.fingerprint,
        severity: 'urgent',
        state: 'silenced',
        silencedBy: [silence.id],
        receivers: ['default'],
      },
      groups: [{ alerts: { active: 1, silenced: 1 } }],
    });
  });

  test.each([
    [['nights'], [], 'active'],
    [['nights'], ['nights'], 'muted'],
  ])('calls it muted only if all its groups are: %j and %j', async (one, another, state) => {
    const node = new FakeNode();
    const alert = node.addAlert({ alertname: 'Down' });
    node.addFiringGroup([alert], { receiver: 'mail', mutedBy: one });
    node.addFiringGroup([alert], { receiver: 'phone', mutedBy: another });
    const response = await node.app().request(`/api/v3/alerts/${alert.fingerprint}`);
    expect(alertAnswer.parse(await response.json()).alert.state).toBe(state);
  });

  test.each(['0123456789abcdef', 'x', '%00'])(
    'of an unknown one, %s, is a 404 that says where to look',
    async (unknown) => {
      const response = await new FakeNode().app().request(`/api/v3/alerts/${unknown}`);
      expect(response.status).toBe(404);
      expect(problem.parse(await response.json()).detail).toMatch(/ended.*history/);
    },
  );
});
