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

const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface TlsDoorDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** A connection that is through. */
  readonly onSecured: (secured: TLSSocket) => void;
}

export class TlsDoor {
  readonly #dependencies: TlsDoorDependencies;
  #inUse: TlsInUse | undefined;
  #server: Server | undefined;

  constructor(dependencies: TlsDoorDependencies) {
    this.#dependencies = dependencies;
  }

  secure(socket: Socket, tls: TlsInUse): void {
    if (this.#server === undefined || tls !== this.#inUse) {
      this.#server = this.#start(tls);
      this.#inUse = tls;
    }
    this.#server.emit('connection', socket);
  }

  /** Never listens: connections are handed to it. */
  #start(tls: TlsInUse): Server {
    const { logger, metrics, onSecured } = this.#dependencies;
    const server = createServer({ ...tls.options, handshakeTimeout: HANDSHAKE_TIMEOUT_MS });
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
