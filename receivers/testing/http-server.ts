/** A real HTTP server on loopback that records what it is asked and answers, or misbehaves, as a test says. */
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly httpVersion: string;
  /** The server's end of the connection, to tell reuse. */
  readonly socket: Socket;
}

export type Answer = (request: ReceivedRequest, response: http.ServerResponse) => void;

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** Without a slash at the end. */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** Resolves as soon as so many requests have been read whole. */
  received(count: number): Promise<void>;
  /** How many connections were ever made. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly openConnections: number;
}

export interface TestServerOptions {
  readonly tls?: TlsOptions & SecureContextOptions;
  readonly http2Only?: boolean;
}

export const answerWith =
  (status: number, body = '', headers: http.OutgoingHttpHeaders = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

export const neverAnswer: Answer = () => {};

/** Resets the connection after having read the whole request. */
export const hangUp: Answer = (request) => {
  request.socket.resetAndDestroy();
};

export async function startServer(
  answer: Answer,
  { tls, http2Only = false }: TestServerOptions = {},
): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let announce = Promise.withResolvers<void>();

  const listener = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // Cut off in the middle: not a request.
    }
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      httpVersion: request.httpVersion,
      socket: request.socket as Socket,
    };
    requests.push(received);
    announce.resolve();
    announce = Promise.withResolvers();
    response.on('error', () => {});
    answer(received, response);
  };
  const handle = (request: http.IncomingMessage, response: http.ServerResponse) => void listener(request, response);

  const server = http2Only
    ? http2.createSecureServer({ ...tls, allowHTTP1: false }, handle as never)
    : tls
      ? https.createServer(tls, handle)
      : http.createServer(handle);
  // A test decides when a connection ends, not a timer of the server.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    origin: `${tls ? 'https' : 'http'}://localhost:${port}`,
    requests,
    async received(count) {
      while (requests.length < count) await announce.promise;
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** For what no HTTP server would do: a bare TCP server. */
export async function rawServer(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An address at which nobody listens any more. */
export async function deadOrigin(): Promise<string> {
  await using server = await startServer(neverAnswer);
  return server.origin;
}
