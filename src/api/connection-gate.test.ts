/** Connections over real sockets: how many, from whom, and for how long without moving. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { realSystem } from '../system.ts';
import type { ConnectionLimits } from './connection-gate.ts';
import { FakeNode, OPEN_DOOR } from './fake-dependencies.ts';
import { type Listening, listen } from './server.ts';

const open: Listening[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) await server.stop();
});

async function start(connections: Partial<ConnectionLimits>, system = realSystem) {
  const node = new FakeNode();
  const { logger, metrics } = node.dependencies();
  const options = { addresses: ['127.0.0.1:0', '127.0.0.1:0'], connections };
  const server = await listen(node.app(), { system, logger, metrics, ...OPEN_DOOR }, options);
  open.push(server);
  return { node, ports: server.addresses.map(({ port }) => port) };
}

/** A connection that has been answered, or 'closed' if there was no place for it. */
async function come(port: number | undefined, from: string): Promise<Socket | 'closed'> {
  const socket = connect({ port: port ?? 0, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  socket.on('error', () => {});
  socket.write('GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n');
  return new Promise((resolve) => {
    socket.once('data', () => resolve(socket)).once('close', () => resolve('closed'));
  });
}

const GREEDY = '127.0.0.66';
const CHECKER = '127.0.0.1';

describe('one client', () => {
  test('that takes all it may leaves room for others', async () => {
    const { node, ports } = await start({ mostConnectionsPerClient: 5 });
    const came = await Promise.all(Array.from({ length: 20 }, () => come(ports[0], GREEDY)));
    expect(came.filter((one) => one === 'closed')).toHaveLength(15);
    expect(await come(ports[0], CHECKER)).not.toBe('closed');
    const metrics = await node.metrics.registry.metrics();
    expect(metrics).toContain('tocsin_http_connections 6\n');
    expect(metrics).toContain('tocsin_http_connections_refused_total{reason="client"} 15\n');
    expect(node.logged.filter((line) => line.includes('Too many connections'))).toHaveLength(1);
  });

  test('is the same on every listen address', async () => {
    const { ports } = await start({ mostConnectionsPerClient: 1 });
    await come(ports[0], GREEDY);
    expect(await come(ports[1], GREEDY)).toBe('closed');
  });

  test('may come again once it has left', async () => {
    const { node, ports } = await start({ mostConnectionsPerClient: 1 });
    const first = await come(ports[0], GREEDY);
    if (first !== 'closed') first.destroy();
    await expect.poll(async () => (await node.metrics.httpConnections.get()).values[0]?.value).toBe(0);
    expect(await come(ports[0], GREEDY)).not.toBe('closed');
  });
});

test('all together have a limit too', async () => {
  const { ports } = await start({ mostConnections: 2 });
  await come(ports[0], '127.0.0.2');
  await come(ports[1], '127.0.0.3');
  expect(await come(ports[0], '127.0.0.4')).toBe('closed');
});

test('a client that never reads its answers is shown out, one that waits for nothing is not', async () => {
  const system = new VirtualSystem({ seed: 1 });
  const { node, ports } = await start({ stalledAfterMs: 30_000 }, system);
  for (let index = 0; index < 2000; index++) {
    node.addAlert({ alertname: 'Down', instance: String(index) }, { annotations: { text: 'x'.repeat(5000) } });
  }
  const idle = await come(ports[0], CHECKER);
  const deaf = connect(ports[0] ?? 0, '127.0.0.1');
  sockets.push(deaf);
  deaf.on('error', () => {});
  deaf.pause();
  deaf.write('GET /api/v2/alerts HTTP/1.1\r\nHost: a\r\n\r\n');
  const requests = async () => (await node.metrics.registry.metrics()).includes('handler="/api/v2/alerts"');
  await expect.poll(requests).toBe(true);
  const openAMinuteLater = async () => {
    await system.advance(60_000);
    return (await node.metrics.httpConnections.get()).values[0]?.value;
  };
  await expect.poll(openAMinuteLater).toBe(1);
  expect(idle === 'closed' || idle.destroyed).toBe(false);
  expect(await node.metrics.registry.metrics()).toContain(
    'tocsin_http_connections_refused_total{reason="stalled"} 1\n',
  );
});
