/**
 * Loaded into each node of the playground before the node's own code: tells the playground from which port each connection
 * is made, a line each on standard output, where a node says nothing itself.
 */
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const STANDARD_OUTPUT = 1;
let output: Socket | undefined;

// Threads are given the same preloads, and one that ended would close the output.
if (isMainThread) {
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { readonly socket: Socket };
    socket.once('connect', () => {
      // One that has been closed again is of no interest.
      if (socket.localPort !== undefined) tell(`port ${socket.localPort}\n`);
    });
  });
}

function tell(line: string): void {
  // Not process.stdout, which would hold up the node where a suspended playground does not read.
  output ??= new Socket({ fd: STANDARD_OUTPUT, readable: false, writable: true }).on('error', () => undefined).unref();
  output.write(line);
}
