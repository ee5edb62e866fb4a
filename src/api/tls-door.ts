/**
 * TLS on top of a connection, by the web configuration in force when it came: a renewed certificate counts from the next
 * connection on. A handshake that hangs, or a client without the certificate it needs, ends here.
 */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import { clientCertificateProblem } from '../web-config/client-certificate.ts';
import type { TlsInUse } from '../web-config/load-web-config.ts';

export interface TlsDoorDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is done with a connection that is through. */
type OnSecured = (secured: TLSSocket) => void;

export class TlsDoor {
  readonly #dependencies: TlsDoorDependencies;
  readonly #handshakeTimeoutMs: number;
  #inUse: TlsInUse | undefined;
  #server: Server | undefined;

  constructor(dependencies: TlsDoorDependencies, { handshakeTimeoutMs }: { handshakeTimeoutMs: number }) {
    this.#dependencies = dependencies;
    this.#handshakeTimeoutMs = handshakeTimeoutMs;
  }

  secure(socket: Socket, tls: TlsInUse, onSecured: OnSecured): void {
    if (this.#server === undefined || tls !== this.#inUse) {
      this.#server = this.#create(tls, onSecured);
      this.#inUse = tls;
    }
    // Plain HTTP wants it, for clients that end their side and read on; TLS ends both, and one that vanishes would stay.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
  }

  /** Never listens: connections are handed to it. */
  #create(tls: TlsInUse, onSecured: OnSecured): Server {
    const { logger, metrics } = this.#dependencies;
    const server = createServer({ ...tls.options, handshakeTimeout: this.#handshakeTimeoutMs });
    server.on('secureConnection', (secured) => {
      const problem = clientCertificateProblem(secured, tls.config);
      if (problem === undefined) return onSecured(secured);
      metrics.tlsHandshakesFailedTotal.inc();
      logger.info({ client: secured.remoteAddress, problem }, 'Client turned away');
      secured.destroy();
    });
    server.on('tlsClientError', (error, secured) => {
      metrics.tlsHandshakesFailedTotal.inc();
      logger.debug({ err: error, client: secured.remoteAddress }, 'TLS handshake failed');
      secured.destroy();
    });
    return server;
  }
}
