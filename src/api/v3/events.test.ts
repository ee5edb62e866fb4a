/** The stream of events over HTTP and over real sockets: its headers, its bounds, and that a stop ends it. */
import { describe, expect, test } from 'vitest';
import { FakeNode, OPEN_DOOR } from '../fake-dependencies.ts';
import { listen } from '../server.ts';

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
    },
  });
}

describe('GET /api/v3/events', () => {
  test('is a stream that nobody stores or holds back, from where the client was', async () => {
    const node = new FakeNode();
    const asked: (string | undefined)[] = [];
    node.openEvents = (lastEventId) => {
      asked.push(lastEventId);
      return streamOf('event: hello\n\n');
    };
    const get = (headers: Record<string, string>) => node.app().request('/api/v3/events', { headers });
    const response = await get({ 'last-event-id': 'b-7' });
    await get({});
    await get({ 'last-event-id': '' });
    expect(asked).toEqual(['b-7', undefined, undefined]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });

  test.each(['full', 'stopping'] as const)('says what to do when it is %s', async (word) => {
    const node = new FakeNode();
    node.openEvents = () => word;
    const response = await node.app().request('/api/v3/events');
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  });

  test('opens no stream for a HEAD', async () => {
    const node = new FakeNode();
    node.openEvents = () => expect.unreachable();
    expect((await node.app().request('/api/v3/events', { method: 'HEAD' })).status).toBe(200);
  });

  test('takes no room from other GETs, nor has it a deadline', async () => {
    const node = new FakeNode();
    node.openEvents = () => streamOf('event: hello\n\n');
    const app = node.app({ getConcurrency: 1, timeoutMs: 50 });
    const { system, logger, metrics } = node.dependencies();
    const server = await listen(
      app,
      { system, logger, metrics, ...OPEN_DOOR },
      { addresses: ['127.0.0.1:0'], drainMs: 100 },
    );
    const url = `http://${server.addresses[0]?.text}`;
    try {
      const streams = await Promise.all([1, 2, 3].map(() => fetch(`${url}/api/v3/events`)));
      expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await fetch(`${url}/api/v3/cluster`)).status).toBe(200);
      const reader = streams[0]?.body?.getReader();
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('event: hello\n\n');
    } finally {
      await server.stop();
    }
  });
});
