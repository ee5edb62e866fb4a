/** The sink remembers what reached it and misbehaves as told, seen from a real client. */
import { describe, expect, test } from 'vitest';
import { WebhookSink } from './webhook-sink.ts';

function post(
  sink: WebhookSink,
  { path = '/', status = 'firing', signal }: { path?: string; status?: string; signal?: AbortSignal } = {},
) {
  const body = JSON.stringify({ status, receiver: 'ops', alerts: [{ status, labels: { alertname: 'DiskFull' } }] });
  return fetch(sink.url(path), { method: 'POST', body, signal: signal ?? null });
}

describe('a sink that behaves', () => {
  test('answers 200 and remembers path, body and arrival', async () => {
    await using sink = await WebhookSink.start();
    const beforeMs = Date.now();
    expect((await post(sink, { path: '/ops?x=1' })).status).toBe(200);
    const [notification] = sink.accepted;
    expect(notification).toMatchObject({ path: '/ops?x=1', body: { status: 'firing', receiver: 'ops' } });
    expect(notification?.arrivedAtMs).toBeGreaterThanOrEqual(beforeMs);
  });

  test('a wait ends with what has arrived already, or with what arrives later', async () => {
    await using sink = await WebhookSink.start();
    await post(sink);
    await sink.waitFor(({ body }) => body.status === 'firing', { timeoutMs: 1_000 });
    const resolved = sink.waitFor(({ body }) => body.status === 'resolved', { timeoutMs: 5_000 });
    const second = sink.waitForCount(2, { timeoutMs: 5_000 });
    await post(sink, { status: 'resolved' });
    expect((await resolved).body.status).toBe('resolved');
    expect(await second).toHaveLength(2);
  });

  test('a wait that fails says what did arrive', async () => {
    await using sink = await WebhookSink.start();
    await post(sink);
    const waiting = sink.waitFor(({ body }) => body.status === 'resolved', { timeoutMs: 10 });
    await expect(waiting).rejects.toThrow(
      /within 10 ms; received:\n.*firing to ops: firing \{"alertname":"DiskFull"\}/,
    );
    await expect(sink.waitFor(() => true, { timeoutMs: 10, after: 1 })).rejects.toThrow('no notification that fits');
  });
});

describe('a sink that misbehaves', () => {
  test('answers as told for the next requests only', async () => {
    await using sink = await WebhookSink.start();
    sink.behaveNext({ kind: 'answer', status: 503, headers: { 'retry-after': '7' } }, { kind: 'answer', status: 400 });
    const first = await post(sink);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '7']);
    expect((await post(sink)).status).toBe(400);
    expect((await post(sink)).status).toBe(200);
    expect([sink.received.length, sink.accepted.length]).toEqual([3, 1]);
  });

  test('cuts the connection after it has taken the request', async () => {
    await using sink = await WebhookSink.start();
    sink.behave({ kind: 'cut' });
    await expect(post(sink)).rejects.toThrow();
    expect(sink.received).toHaveLength(1);
    expect(sink.accepted).toHaveLength(0);
    sink.behaveWell();
    expect((await post(sink)).status).toBe(200);
  });

  test('refuses without taking anything', async () => {
    await using sink = await WebhookSink.start();
    sink.behave({ kind: 'refuse' });
    await expect(post(sink)).rejects.toThrow();
    expect(sink.received).toHaveLength(0);
  });

  test('hangs until the client gives up, and can still be closed', async () => {
    const sink = await WebhookSink.start();
    sink.behave({ kind: 'hang' });
    const impatient = new AbortController();
    const request = post(sink, { signal: impatient.signal });
    await sink.waitForCount(1, { timeoutMs: 5_000 });
    impatient.abort();
    await expect(request).rejects.toThrow('aborted');
    const hanging = post(sink);
    hanging.catch(() => undefined);
    await sink.waitForCount(2, { timeoutMs: 5_000 });
    await sink[Symbol.asyncDispose]();
    await expect(hanging).rejects.toThrow();
  });

  test('answers late', async () => {
    await using sink = await WebhookSink.start();
    sink.behaveNext({ kind: 'answer', status: 202, delayMs: 50 });
    const response = await post(sink);
    const tookMs = Date.now() - (sink.received[0]?.arrivedAtMs ?? 0);
    expect(response.status).toBe(202);
    expect(tookMs).toBeGreaterThanOrEqual(45);
  });
});
