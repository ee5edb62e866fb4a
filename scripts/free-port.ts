/** Ports of the loopback address that nobody else holds, as near as possible to the one that people expect. */
import { type AddressInfo, createServer, type Server } from 'node:net';

/** How many ports are tried, the preferred one first. */
const TRIED_PORTS = 50;

/**
 * Starts something on the preferred port or the first one after it that it can have. `start` is to reject with the
 * platform's error if the port is taken.
 */
export async function startNear<Started>(
  preferredPort: number,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  const end = Math.min(preferredPort + TRIED_PORTS, 65_536);
  for (let port = preferredPort; port < end; port += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Error(`all ports from ${preferredPort} to ${end - 1} are taken; end what holds one of them`);
}

/** Binds the server to the preferred port or the first free one after it; gives that port. 0 is any that is free. */
export function listenNear(server: Server, preferredPort: number): Promise<number> {
  return startNear(preferredPort, (port) => listen(server, port));
}

/**
 * For each preferred port that one or the first free one after it, all different. They may be taken between this call and
 * their use; who uses them must cope.
 */
export async function freePortsNear(preferredPorts: readonly number[]): Promise<readonly number[]> {
  await using stack = new AsyncDisposableStack();
  const ports: number[] = [];
  // Each is held until all are found.
  for (const preferredPort of preferredPorts) {
    const probe = createServer();
    stack.defer(() => new Promise<void>((resolve) => void probe.close(() => resolve())));
    ports.push(await listenNear(probe, preferredPort));
  }
  return ports;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      server.off('listening', onListening);
      reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, '127.0.0.1');
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
