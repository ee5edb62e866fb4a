/** A receiver that one node cannot reach is reached through another: refused hands over at once, without any time-out. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { groupKeyOf, ProcessCluster } from '../support/process-cluster.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 30_000;
const PEER_TIMEOUT_S = 60;

/** Nobody listens there, and nobody comes to while the test holds the port. */
async function nowhere(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((socket) => socket.resetAndDestroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: async () => {} };
}
