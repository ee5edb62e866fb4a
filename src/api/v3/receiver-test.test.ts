import { describe, expect, test } from 'vitest';
import type { ReceiverTestResult } from '../dependencies.ts';
import { FakeNode } from '../fake-dependencies.ts';

const SENT: ReceiverTestResult = {
  integration: 'irc',
  index: 0,
  outcome: 'sent',
  message: '',
  durationMs: 12,
  transcript: [],
};

function run(node: FakeNode, name: string, headers: Record<string, string> = {}) {
  return node.app().request(`http://node-a:9093/api/v3/receivers/${name}/test`, { method: 'POST', headers });
}

describe('the test of a receiver', () => {
  test('answers with what became of each integration', async () => {
    const node = new FakeNode();
    node.testReceiver = async (name) => (name === 'on call/night' ? [SENT] : undefined);
    const response = await run(node, encodeURIComponent('on call/night'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ receiver: 'on call/night', results: [SENT] });
  });

  test('of an unknown one is a 404 that says where to look', async () => {
    const response = await run(new FakeNode(), 'nobody');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('/api/v3/receivers') });
  });

  test('is not made for a page of another origin', async () => {
    const node = new FakeNode();
    node.testReceiver = async () => [SENT];
    expect((await run(node, 'irc', { Origin: 'http://evil.example.com' })).status).toBe(403);
  });

  test.each(['http://node-a:9093'])('is made for the node’s own page at %s', async (origin) => {
    const node = new FakeNode();
    node.testReceiver = async () => [SENT];
    expect((await run(node, 'irc', { Origin: origin })).status).toBe(200);
  });

  test('is made for the page at the external URL', async () => {
    const node = new FakeNode();
    node.testReceiver = async () => [SENT];
    const app = node.app({ externalURL: 'https://alerts.example.com/tocsin' });
    const headers = { Origin: 'https://alerts.example.com' };
    const response = await app.request('/api/v3/receivers/irc/test', { method: 'POST', headers });
    expect(response.status).toBe(200);
  });

  test('is refused while too many are under way', async () => {
    const node = new FakeNode();
    const { promise, resolve } = Promise.withResolvers<readonly ReceiverTestResult[]>();
    node.testReceiver = () => promise;
    const app = node.app();
    const start = () => app.request('/api/v3/receivers/irc/test', { method: 'POST' });
    const underWay = [start(), start(), start(), start()];
    expect((await start()).status).toBe(429);
    resolve([SENT]);
    for (const response of await Promise.all(underWay)) expect(response.status).toBe(200);
    expect((await start()).status).toBe(200);
  });

  test('is a POST', async () => {
    const response = await new FakeNode().app().request('/api/v3/receivers/irc/test');
    expect(response.status).toBe(405);
  });
});
