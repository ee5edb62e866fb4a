import { describe, expect, test } from 'vitest';
import { Matcher } from '../model/matcher.ts';
import { FakeNode, NOW_MS } from './fake-dependencies.ts';

describe('health', () => {
  test.each(['GET', 'HEAD'])('%s /-/healthy is OK', async (method) => {
    const response = await new FakeNode().app().request('/-/healthy', { method });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(method === 'GET' ? 'OK' : '');
  });

  test.each(['GET', 'HEAD'])('%s /-/ready is OK once the node is ready', async (method) => {
    expect((await new FakeNode().app().request('/-/ready', { method })).status).toBe(200);
  });

  test('a node that is not ready says why', async () => {
    const node = new FakeNode();
    node.isReady = false;
    node.cluster = { ...node.cluster, status: 'settling' };
    const response = await node.app().request('/-/ready');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('not ready: exchanging state with the peers\n');
  });
});

describe('a reload', () => {
  test.each(['POST', 'PUT'])('asked for by %s that succeeds is an empty 200', async (method) => {
    const response = await new FakeNode().app().request('/-/reload', { method });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('that fails is a 500 with the reason', async () => {
    const node = new FakeNode();
    node.reload = async () => ({ ok: false, message: 'line 3: unknown receiver' });
    const response = await node.app().request('/-/reload', { method: 'POST' });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('failed to reload config: line 3: unknown receiver\n');
  });

  test('is not asked for by GET', async () => {
    const response = await new FakeNode().app().request('/-/reload');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST,PUT');
  });
});

describe('metrics', () => {
  async function scrape(node: FakeNode, accept = '') {
    const response = await node.app().request('/metrics', { headers: { Accept: accept } });
    return { type: response.headers.get('content-type'), text: await response.text() };
  }

  test('are text of version 0.0.4 by default', async () => {
    const { type, text } = await scrape(new FakeNode());
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE alertmanager_alerts_received_total counter');
  });

  test('are OpenMetrics for those who ask', async () => {
    const { type, text } = await scrape(new FakeNode(), 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toContain('# TYPE alertmanager_alerts_received counter\nalertmanager_alerts_received_total{');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  test('stay what they are after a scrape in the other format', async () => {
    const node = new FakeNode();
    const app = node.app();
    await app.request('/metrics', { headers: { Accept: 'application/openmetrics-text' } });
    const text = await (await app.request('/metrics')).text();
    expect(text).toContain('# TYPE alertmanager_alerts_received_total counter');
  });

  test('show alerts by state, ended ones left out', async () => {
    const node = new FakeNode();
    node.addAlert({ alertname: 'Down' });
    node.addAlert({ alertname: 'Up' }, { endsAtMs: NOW_MS });
    node.addAlert({ alertname: 'Silenced' });
    node.addSilence({ matchers: [new Matcher('=', 'alertname', 'Silenced')] });
    const { text } = await scrape(node);
    expect(text).toContain('alertmanager_alerts{state="active"} 1\n');
    expect(text).toContain('alertmanager_alerts{state="suppressed"} 1\n');
  });

  test('show silences by state', async () => {
    const node = new FakeNode();
    const matchers = [new Matcher('=', 'a', 'b')];
    node.addSilence({ matchers });
    node.addSilence({ matchers, startsAtMs: NOW_MS + 1 });
    node.addSilence({ matchers, endsAtMs: NOW_MS - 1 });
    const { text } = await scrape(node);
    for (const state of ['active', 'pending', 'expired']) {
      expect(text).toContain(`alertmanager_silences{state="${state}"} 1\n`);
    }
  });

  test('show groups, receivers and cluster members', async () => {
    const node = new FakeNode();
    node.groups = [{ labels: {}, routeLabels: {}, receiver: 'default', mutedBy: [], fingerprints: [] }];
    const { text } = await scrape(node);
    expect(text).toContain('alertmanager_dispatcher_aggregation_groups 1\n');
    expect(text).toContain('alertmanager_receivers 1\n');
    expect(text).toContain('alertmanager_cluster_members 1\n');
    expect(text).toContain('alertmanager_cluster_enabled 1\n');
  });

  test('measure requests by route, not by path', async () => {
    const node = new FakeNode();
    const app = node.app();
    for (const id of ['1', '2', '3']) await app.request(`/api/v2/silence/${id}`);
    const text = await (await app.request('/metrics')).text();
    const count =
      'alertmanager_http_request_duration_seconds_count{handler="/api/v2/silence/{silenceID}",method="get",code="422"}';
    expect(text).toContain(`${count} 3\n`);
  });
});

describe('a route prefix', () => {
  const prefixed = () => new FakeNode().app({ routePrefix: '/alerts/' });

  test.each(['/alerts/-/healthy', '/alerts/api/v2/status', '/alerts/metrics', '/alerts/'])(
    'moves %s below it',
    async (path) => {
      expect((await prefixed().request(path)).status).toBe(200);
    },
  );

  test.each(['/-/healthy', '/api/v2/status'])('leaves nothing at %s', async (path) => {
    expect((await prefixed().request(path)).status).toBe(404);
  });

  test.each(['/', '/alerts'])('is where %s leads', async (path) => {
    const response = await prefixed().request(path);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/alerts/');
  });
});

test.each(['status', 'receivers', 'alerts', 'silences', 'silence/7'])('/api/v1/%s is gone', async (path) => {
  const response = await new FakeNode().app().request(`/api/v1/${path}`);
  expect(response.status).toBe(410);
  expect(await response.json()).toMatchObject({ status: 'deprecated' });
});

test('an unknown path is a 404', async () => {
  expect((await new FakeNode().app().request('/nonsense')).status).toBe(404);
});

describe('the metrics of what happens', () => {
  test('say how many watch, and how much of it is kept', async () => {
    const node = new FakeNode();
    node.status = { ...node.status, storage: { ...node.status.storage, historyBytes: 4_096 } };
    const text = await (await node.app().request('/metrics')).text();
    const lines = text.split('\n').filter((line) => /^tocsin_(event_streams|history_bytes)/.test(line));
    expect(lines).toEqual(['tocsin_event_streams 3', 'tocsin_history_bytes 4096']);
  });
});
