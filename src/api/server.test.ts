/** The server over real sockets: what slow, huge and vanishing clients cost, and how it stops. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { errorText } from '../model/error-text.ts';
import { realSystem } from '../system.ts';
import { FakeNode, OPEN_DOOR } from './fake-dependencies.ts';
import type { ApiOptions } from './options.ts';
import { type Listening, type ListenOptions, listen } from './server.ts';

const open: { stop(): Promise<void> }[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) await server.stop();
});

interface Started {
  readonly node: FakeNode;
  readonly server: Listening;
  readonly url: string;
}

async function start(options: Partial<ListenOptions> = {}, apiOptions: Partial<ApiOptions> = {}): Promise<Started> {
  const node = new FakeNode();
  const app = node.app(apiOptions);
  const { logger, metrics } = node.dependencies();
  const dependencies = { system: realSystem, logger, metrics, ...OPEN_DOOR };
  const server = await listen(app, dependencies, { addresses: ['127.0.0.1:0'], ...options });
  open.push(server);
  return { node, server, url: `http://${server.addresses[0]?.text}` };
}

/** A bare connection and everything it answers until it is closed. */
async function dial(started: Started) {
  const socket = connect(started.server.addresses[0]?.port ?? 0, '127.0.0.1');
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('error', () => {});
  // A connection that is cut answers nothing, whether it ends or is reset.
  return { socket, answer: () => readText(socket).catch(() => '') };
}

const ALERT = JSON.stringify([{ labels: { alertname: 'Down' } }]);

function postHead(length: number): string {
  return `POST /api/v2/alerts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
}

describe('a request', () => {
  test('is answered', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/-/healthy`)).text()).toBe('OK');
  });

  test('with alerts in chunks is taken', async () => {
    const { node, url } = await start();
    const outgoing = request(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    outgoing.write(ALERT.slice(0, 5));
    outgoing.end(ALERT.slice(5));
    const status = await new Promise((resolve) =>
      outgoing.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      }),
    );
    expect(status).toBe(200);
    expect(node.alerts.size).toBe(1);
  });

  test('of HTTP/1.0 without a host is answered', async () => {
    const started = await start();
    const { socket, answer } = await dial(started);
    socket.write('GET /-/healthy HTTP/1.0\r\n\r\n');
    expect(await answer()).toContain('200 OK');
  });

  test('that is none is a 400', async () => {
    const started = await start();
    const { socket, answer } = await dial(started);
    socket.write('\x16\x03\x01 this is no HTTP\r\n\r\n');
    expect(await answer()).toContain('400 Bad Request');
  });

  test.each(['Content-Length', 'Transfer-Encoding'])(
    'may follow one refused for its size on the same connection, told by %s',
    async (told) => {
      const started = await start({}, { limits: { bodyBytes: 10 } });
      const { socket, answer } = await dial(started);
      const body = 'x'.repeat(1_000_000);
      const isChunked = told === 'Transfer-Encoding';
      const head = isChunked ? postHead(0).replace('Content-Length: 0', `${told}: chunked`) : postHead(body.length);
      socket.write(head.replace('Connection: close\r\n', ''));
      socket.write(isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body);
      socket.write('GET /-/healthy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const answered = await answer();
      expect(answered).toContain('413 Payload Too Large');
      expect(answered).toContain('200 OK');
    },
  );
});

describe('a client', () => {
  test('that sends its body too slowly is given up on', async () => {
    const started = await start({ requestTimeoutMs: 200, headersTimeoutMs: 100 });
    const { socket, answer } = await dial(started);
    socket.write(`${postHead(1000)}[`);
    expect(await answer()).toContain('408 Request Timeout');
    expect(started.node.alerts.size).toBe(0);
  });

  test('that sends its headers too slowly is given up on', async () => {
    const started = await start({ headersTimeoutMs: 100 });
    const { socket, answer } = await dial(started);
    socket.write('POST /api/v2/alerts HTTP/1.1\r\nHost:');
    expect(await answer()).toContain('408 Request Timeout');
  });

  test('that announces too large a body is refused before it sends it', async () => {
    const started = await start({}, { limits: { bodyBytes: 1000 } });
    const { socket, answer } = await dial(started);
    socket.write(postHead(10_000_000));
    expect(await answer()).toContain('413 Payload Too Large');
  });

  test('that sends too large a body without announcing it is refused while it sends', async () => {
    const started = await start({}, { limits: { bodyBytes: 1000 } });
    const { socket, answer } = await dial(started);
    socket.write(postHead(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    for (let chunk = 0; chunk < 20; chunk++) socket.write(`64\r\n${'x'.repeat(100)}\r\n`);
    expect(await answer()).toContain('413 Payload Too Large');
  });

  test('that vanishes while it sends stores nothing and harms nothing', async () => {
    const started = await start();
    const { socket } = await dial(started);
    socket.write(postHead(ALERT.length) + ALERT.slice(0, 10));
    socket.destroySoon();
    await expect.poll(() => started.node.logged.join()).toContain('client went away');
    expect(started.node.alerts.size).toBe(0);
    expect(started.node.logged.join()).not.toContain('request failed');
    expect((await fetch(`${started.url}/-/healthy`)).status).toBe(200);
  });

  test('that vanishes while its answer is made stops the work', async () => {
    const started = await start();
    for (let index = 0; index < 500; index++) started.node.addAlert({ alertname: 'Down', instance: String(index) });
    const { socket } = await dial(started);
    started.node.onValues = () => socket.destroy();
    // Every look at this clock is a second later, so the work stands aside again and again.
    let monotonicMs = 0;
    started.node.nowMs = Date.now();
    started.node.onMonotonic = () => (monotonicMs += 1000);
    socket.write('GET /api/v2/alerts HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => started.node.logged.join()).toContain('client went away');
  });

  test('beyond the most connections is turned away at once', async () => {
    const started = await start({ connections: { mostConnections: 1 } });
    await dial(started);
    const { answer } = await dial(started);
    expect(await answer()).toBe('');
  });
});

describe('listen addresses', () => {
  test('may be several', async () => {
    const { server } = await start({ addresses: ['127.0.0.1:0', 'localhost:0'] });
    expect(server.addresses).toHaveLength(2);
    for (const { text } of server.addresses) {
      expect((await fetch(`http://${text}/-/healthy`)).status).toBe(200);
    }
  });

  test('that are taken are refused with what to do, and the others let go', async () => {
    const [taken, free] = [await start(), await start()].map(({ server }) => server.addresses[0]?.text ?? '');
    await open.pop()?.stop();
    const second = start({ addresses: [free ?? '', taken ?? ''] });
    const refused = await second.catch(errorText);
    expect(refused).toMatch(
      /^cannot listen on \S+: the address is in use \(listen EADDRINUSE.*\); .*--web\.listen-address$/,
    );
    expect(refused).toContain(`cannot listen on ${taken}: `);
    await start({ addresses: [free ?? ''] });
  });
});

describe('a stop', () => {
  test('lets an answer under way finish', async () => {
    const started = await start();
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    started.node.beforePut = () => {
      arrived.resolve();
      return promise;
    };
    const headers = { 'Content-Type': 'application/json' };
    const response = fetch(`${started.url}/api/v2/alerts`, { method: 'POST', headers, body: ALERT });
    await arrived.promise;
    const stopped = started.server.stop();
    resolve();
    expect((await response).status).toBe(200);
    await stopped;
  });

  test('takes no new connections', async () => {
    const { server, url } = await start();
    await server.stop();
    await expect(fetch(`${url}/-/healthy`)).rejects.toThrow();
  });

  test('does not wait for idle connections', async () => {
    const { server, url } = await start({ drainMs: 60_000 });
    await (await fetch(`${url}/-/healthy`)).text();
    await server.stop();
  });

  test('waits no longer than the drain time for what is stuck', async () => {
    const started = await start({ drainMs: 50 });
    const { socket, answer } = await dial(started);
    const arrived = Promise.withResolvers<void>();
    started.node.beforePut = () => {
      arrived.resolve();
      return new Promise(() => {});
    };
    socket.write(postHead(ALERT.length) + ALERT);
    const answered = answer();
    await arrived.promise;
    await started.server.stop();
    expect(await answered).toBe('');
  });

  test('may be asked for twice', async () => {
    const { server } = await start();
    expect(await Promise.all([server.stop(), server.stop()])).toHaveLength(2);
  });
});
