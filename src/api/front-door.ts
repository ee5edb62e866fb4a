/**
 * What every request passes before the API sees it, also one for a path that does not exist: security headers, the rate
 * limit and the login of the web configuration in force. Without one it costs a request next to nothing.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { System } from '../system.ts';
import { BusyError } from '../web-config/bcrypt.ts';
import { clientOf } from '../web-config/client-address.ts';
import type { WebConfigInUse } from '../web-config/load-web-config.ts';
import type { Login, Verdict } from '../web-config/login.ts';
import { TokenBucket } from '../web-config/token-bucket.ts';
import type { WebConfigSource } from '../web-config/web-config-source.ts';
import { securityHeaders } from './security-headers.ts';

export interface FrontDoorDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly webConfig: Pick<WebConfigSource, 'current'>;
  readonly login: Pick<Login, 'check'>;
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** What follows from one web configuration, worked out once. */
interface Rules {
  readonly config: WebConfigInUse;
  readonly headers: readonly (readonly [string, string])[];
  readonly bucket: TokenBucket | undefined;
}

/** For a client that comes back: the next look is free again by then. */
const SOON_SECONDS = 1;

export class FrontDoor {
  readonly #dependencies: FrontDoorDependencies;
  readonly #next: RequestListener;
  #rules: Rules | undefined;

  constructor(dependencies: FrontDoorDependencies, next: RequestListener) {
    this.#dependencies = dependencies;
    this.#next = next;
  }

  serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const config = this.#dependencies.webConfig.current();
    if (config instanceof Promise) void config.then((read) => this.#admit(read, { incoming, outgoing }));
    else this.#admit(config, { incoming, outgoing });
  }

  #admit(config: WebConfigInUse, exchange: Exchange): void {
    const { headers, bucket } = this.#rulesOf(config);
    for (const [name, value] of headers) exchange.outgoing.setHeader(name, value);
    if (bucket?.take(this.#dependencies.system.now().monotonicMs) === false) {
      refuse(exchange, 429, 'Too Many Requests\n', { 'Retry-After': retryAfter(config.rateLimit?.intervalMs) });
    } else if (config.users.size === 0) {
      this.#next(exchange.incoming, exchange.outgoing);
    } else {
      const { authorization } = exchange.incoming.headers;
      const verdict = this.#dependencies.login.check(authorization, config.users, clientIn(exchange));
      if (verdict instanceof Promise) void verdict.then((found) => this.#follow(found, exchange));
      else this.#follow(verdict, exchange);
    }
  }

  #follow(verdict: Verdict, exchange: Exchange): void {
    const { incoming, outgoing } = exchange;
    // Gone while its password was compared: there is nobody to answer.
    if (outgoing.destroyed) return;
    if (verdict.kind === 'welcome') this.#next(incoming, outgoing);
    else this.#turnAway(verdict, exchange);
  }

  #turnAway(verdict: Exclude<Verdict, { kind: 'welcome' }>, exchange: Exchange): void {
    const { logger, metrics } = this.#dependencies;
    const client = clientIn(exchange);
    switch (verdict.kind) {
      case 'unnamed':
        askForLogin(exchange);
        break;
      case 'wrong':
        metrics.httpLoginsFailedTotal.inc({ reason: 'wrong' });
        // Not the name: people type passwords in its place.
        logger.info({ client }, 'Login failed');
        askForLogin(exchange);
        break;
      case 'tooManyFailures':
        metrics.httpLoginsFailedTotal.inc({ reason: 'limited' });
        if (verdict.isFirst) logger.warn({ client }, 'Too many failed logins; this client has to wait');
        refuse(exchange, 429, 'Too many failed logins from your address; try again later.\n', {
          'Retry-After': retryAfter(verdict.waitMs),
        });
        break;
      case 'busy':
        metrics.httpLoginsFailedTotal.inc({ reason: 'busy' });
        if (!(verdict.cause instanceof BusyError)) logger.error({ err: verdict.cause }, 'No password can be compared');
        refuse(exchange, 503, 'Too many logins at the same time; try again later.\n', {
          'Retry-After': String(SOON_SECONDS),
        });
        break;
    }
  }

  #rulesOf(config: WebConfigInUse): Rules {
    if (this.#rules?.config === config) return this.#rules;
    const { rateLimit: rate, headers } = config;
    const bucket = rate && new TokenBucket(rate, this.#dependencies.system.now().monotonicMs);
    this.#rules = { config, headers: securityHeaders(headers), bucket };
    return this.#rules;
  }
}

function clientIn({ incoming }: Exchange): string {
  return clientOf(incoming.socket.remoteAddress);
}

function retryAfter(waitMs = 0): string {
  return String(Math.max(SOON_SECONDS, Math.ceil(waitMs / 1000)));
}

/** In the toolkit's words; without a realm, as there. */
function askForLogin(exchange: Exchange): void {
  refuse(exchange, 401, 'Unauthorized\n', { 'WWW-Authenticate': 'Basic' });
}

/**
 * Answers once the request is read to its end and thrown away: who is still sending would find the connection reset
 * instead. The connection is then closed, so that strangers keep none.
 */
function refuse({ incoming, outgoing }: Exchange, status: number, body: string, headers: Record<string, string>): void {
  const answer = () => {
    outgoing.writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      Connection: 'close',
      ...headers,
    });
    outgoing.end(body);
  };
  if (incoming.readableEnded) answer();
  else incoming.once('end', answer).resume();
}
