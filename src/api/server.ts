/**
 * Serves an app on sockets. Clients that are slow, too many or gone cost the node a bounded amount; whatever a handler
 * does, the process goes on; stopping lets answers under way finish, for a bounded time.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { type System, sleep } from '../system.ts';
import type { WebConfigInUse } from '../web-config/load-web-config.ts';
import { ConnectionGate, type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from './connection-gate.ts';
import { FrontDoor, type FrontDoorDependencies } from './front-door.ts';
import { formatHostPort, parseListenAddress } from './listen-address.ts';
import type { ApiApp } from './resource.ts';
import { TlsDoor } from './tls-door.ts';

export interface ListenOptions {
  /** See listen-address.ts; at least one. */
  readonly addresses: readonly string[];
  /** For all headers of a request. */
  readonly headersTimeoutMs?: number;
  /** For a whole request, headers and body; then 408. */
  readonly requestTimeoutMs?: number;
  /** For an idle connection. Longer than a checker's pause between two batches, so that it need not connect anew. */
  readonly keepAliveTimeoutMs?: number;
  /** For TLS, before the first request. */
  readonly handshakeTimeoutMs?: number;
  readonly connections?: Partial<ConnectionLimits>;
  /** How long answers under way may take after a stop. */
  readonly drainMs?: number;
}

export interface BoundAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port` as bound, for a log line. */
  readonly text: string;
}

export interface Listening {
  readonly addresses: readonly BoundAddress[];
  /** Takes no new connections, lets requests under way finish, then closes what is left. Idempotent. */
  stop(): Promise<void>;
}

/** A listen address that could not be bound; the message says which and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const DEFAULTS = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 300_000,
  handshakeTimeoutMs: 10_000,
  drainMs: 5000,
};

/** Node's own limit, and its answer beyond it is 431. */
const MOST_HEADER_BYTES = 16 * 1024;

/**
 * Binds all addresses or none.
 * @throws ListenError or ListenAddressError
 */
export async function listen(
  app: ApiApp,
  dependencies: FrontDoorDependencies,
  options: ListenOptions,
): Promise<Listening> {
  const { system, logger } = dependencies;
  const settings = { ...DEFAULTS, ...options };
  const wanted = options.addresses.map(parseListenAddress);
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // HTTP/1.0 clients name no host.
    hostname: 'localhost',
    errorHandler: (error) => answerListenerError(error, logger),
  });
  const frontDoor = new FrontDoor(dependencies, (incoming, outgoing) => void listener(incoming, outgoing));
  const gate = new ConnectionGate(dependencies, { ...DEFAULT_CONNECTION_LIMITS, ...options.connections });
  const servers: Server[] = [];
  try {
    for (const [index, { host, port }] of wanted.entries()) {
      const server = createBoundedServer(settings, (incoming, outgoing) => frontDoor.serve(incoming, outgoing));
      letThrough(server, new TlsDoor(dependencies, settings), { gate, ...dependencies });
      servers.push(server);
      await bind(server, host, port, options.addresses[index] ?? '');
      server.on('error', (error) => logger.error({ err: error }, 'web server failed to take a connection'));
    }
  } catch (error) {
    for (const server of servers) server.close();
    gate.stop();
    throw error;
  }

  let stopped: Promise<void> | undefined;
  return {
    addresses: servers.map(boundAddress),
    stop: () => (stopped ??= stopServers({ servers, gate, system }, settings.drainMs)),
  };
}

function createBoundedServer(settings: typeof DEFAULTS, serve: RequestListener): Server {
  return createServer(
    {
      headersTimeout: Math.min(settings.headersTimeoutMs, settings.requestTimeoutMs),
      requestTimeout: settings.requestTimeoutMs,
      keepAliveTimeout: settings.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, settings.headersTimeoutMs),
      maxHeaderSize: MOST_HEADER_BYTES,
      noDelay: true,
    },
    serve,
  );
}

/** Puts the gate, and TLS where it is wanted, between a connection and what Node does with it: reading requests. */
function letThrough(
  server: Server,
  tlsDoor: TlsDoor,
  { gate, webConfig }: { gate: ConnectionGate } & Pick<FrontDoorDependencies, 'webConfig'>,
): void {
  const readRequests = server.listeners('connection');
  server.removeAllListeners('connection');
  const read = (socket: Socket) => {
    gate.watch(socket);
    for (const listener of readRequests) Reflect.apply(listener, server, [socket]);
  };
  const open = (socket: Socket, { tls }: WebConfigInUse) => {
    if (socket.destroyed) return;
    if (tls === undefined) read(socket);
    else tlsDoor.secure(socket, tls, read);
  };
  server.on('connection', (socket: Socket) => {
    if (!gate.admit(socket)) return;
    const config = webConfig.current();
    if (!(config instanceof Promise)) return open(socket, config);
    // Until somebody reads, nobody hears that the client has gone.
    socket.on('error', ignore);
    void config.then((inForce) => {
      socket.off('error', ignore);
      open(socket, inForce);
    });
  });
}

function ignore(): void {}

async function bind(server: Server, host: string | undefined, port: number, address: string): Promise<void> {
  try {
    server.listen({ port, ...(host !== undefined && { host }) });
    await once(server, 'listening');
  } catch (cause) {
    // The platform's words stand in the middle: the advice is to be read last.
    const words = cause instanceof Error ? cause.message : String(cause);
    const known = KNOWN_FAILURES[(cause as NodeJS.ErrnoException).code ?? ''];
    const text = known === undefined ? words : `${known.problem} (${words}); ${known.advice}`;
    throw new ListenError(`cannot listen on ${address}: ${text}`, { cause });
  }
}

const NO_SUCH_ADDRESS = { problem: 'this machine has no such address', advice: 'correct --web.listen-address' };

const KNOWN_FAILURES: Readonly<Record<string, { readonly problem: string; readonly advice: string }>> = {
  EADDRINUSE: {
    problem: 'the address is in use',
    advice: 'stop the other process or choose another --web.listen-address',
  },
  EACCES: { problem: 'not permitted', advice: 'choose a port above 1023 or grant CAP_NET_BIND_SERVICE' },
  EADDRNOTAVAIL: NO_SUCH_ADDRESS,
  ENOTFOUND: NO_SUCH_ADDRESS,
};

function boundAddress(server: Server): BoundAddress {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port, text: formatHostPort(address, port) };
}

/** What did not even become a request, or an answer that could not be made. */
function answerListenerError(error: unknown, logger: Logger): Response {
  const isClients = error instanceof Error && error.name === 'RequestError';
  if (isClients) return new Response(`${error.message}\n`, { status: 400 });
  logger.error({ err: error }, 'request failed');
  return new Response(null, { status: 500 });
}

/** A connection that has just finished its last answer idles on until it is closed, so that is looked for this often. */
const IDLE_LOOK_MS = 20;

async function stopServers(
  { servers, gate, system }: { servers: readonly Server[]; gate: ConnectionGate; system: System },
  drainMs: number,
): Promise<void> {
  const untilMs = system.now().monotonicMs + drainMs;
  let isClosed = false;
  const closed = Promise.all(servers.map(close)).then(() => {
    isClosed = true;
  });
  while (!isClosed && system.now().monotonicMs < untilMs) {
    for (const server of servers) server.closeIdleConnections();
    await Promise.race([closed, sleep(system, IDLE_LOOK_MS)]);
  }
  gate.stop();
  // Those in the middle of a handshake too, which the servers do not know.
  gate.closeAll();
  await closed;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
