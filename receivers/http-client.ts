/**
 * The HTTP client of every receiver that speaks HTTP: one request with all that http_config says (authentication, TLS,
 * proxy, headers, redirects), and an honest word on what became of it. It never retries and never keeps time.
 */
import type { System } from '../src/system.ts';
import { basicAuthorization } from './http-authorization.ts';
import type { HttpConfig } from './http-config.ts';
import { type Exchange, type ExchangeOptions, type ExchangeRequest, exchange } from './http-exchange.ts';
import { OAuth2Error, OAuth2TokenSource } from './http-oauth2.ts';
import {
  describeError,
  failureReasonOf,
  failureReasonOfStatus,
  type HttpResult,
  parseRetryAfterMs,
} from './http-outcome.ts';
import type { Environment } from './http-proxy.ts';
import { HttpTransport } from './http-transport.ts';
import type { Trace } from './receiver.ts';
import { readSecret, redact, SHOWN_SECRET } from './secret.ts';

export interface HttpClientDependencies {
  readonly system: System;
  readonly userAgent: string;
  /** For proxy_from_environment. */
  readonly environment?: Environment;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, http or https. All of it but the host is treated as a secret. */
  readonly url: string;
  /** Not `User-Agent`, which is the client's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body of a 2xx is needed (at most 64 KiB of it). */
  readonly wantsBody?: boolean;
}

/**
 * The Alertmanager whose messages these are: receivers look for the `Alertmanager/` at the start, some for the version. Our
 * own name follows as a second product (RFC 9110 section 10.1.5).
 */
const COMPATIBLE_ALERTMANAGER = '0.34.0';

/** `Alertmanager/0.34.0 Tocsin/<version>` */
export function userAgent(version: string): string {
  return `Alertmanager/${COMPATIBLE_ALERTMANAGER} Tocsin/${version}`;
}

/** As Go's client. */
const MAX_REDIRECTS = 10;
const MAX_EXPLANATION_CHARACTERS = 1024;

interface Attempt {
  readonly signal: AbortSignal;
  readonly trace: Trace | undefined;
  /** All that must not show up in a message; grows as the attempt reads and learns secrets. */
  readonly secrets: Set<string>;
}

export class HttpClient {
  readonly #config: HttpConfig;
  readonly #system: System;
  readonly #userAgent: string;
  readonly #transport: HttpTransport;
  readonly #tokens: OAuth2TokenSource | undefined;
  readonly #inFlight = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(config: HttpConfig, { system, userAgent, environment = process.env }: HttpClientDependencies) {
    this.#config = config;
    this.#system = system;
    this.#userAgent = userAgent;
    const { authorization, tls, proxy, enableHttp2 } = config;
    this.#transport = new HttpTransport({ tls, proxy, enableHttp2, environment });
    if (authorization?.kind === 'oauth2') {
      this.#tokens = new OAuth2TokenSource(authorization, { system, userAgent, environment });
    }
  }

  /** Never rejects; settles at once when the signal aborts: refused if nothing was written yet, else unknown. */
  async send(request: HttpRequest, signal: AbortSignal, trace?: Trace): Promise<HttpResult> {
    if (this.#isClosed)
      return { kind: 'refused', retryable: true, reason: 'other', message: 'the receiver was closed' };
    const result = this.#send(request, { signal, trace, secrets: new Set() });
    this.#inFlight.add(result);
    try {
      return await result;
    } finally {
      this.#inFlight.delete(result);
    }
  }

  /** Waits for what is under way, which ends by its own deadlines; new requests are refused at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#inFlight);
    await Promise.allSettled([this.#transport.close(), this.#tokens?.close()]);
  }

  async #send(request: HttpRequest, attempt: Attempt): Promise<HttpResult> {
    try {
      const authorization = await this.#authorization(request, attempt);
      const result = await this.#follow(request, authorization, attempt);
      if (!this.#tokens || authorization === undefined || result.kind !== 'answered' || result.status !== 401) {
        return result;
      }
      // A 401 proves that nothing was delivered, so asking again with a new token is safe within the same attempt.
      this.#tokens.discard(authorization);
      const renewed = await this.#authorization(request, attempt);
      return renewed === authorization ? result : await this.#follow(request, renewed, attempt);
    } catch (error) {
      // Only what comes before a request rejects: secrets and certificates that cannot be read, tokens that cannot be had.
      const { retryable, reason } =
        error instanceof OAuth2Error ? error : { retryable: true, reason: failureReasonOf(attempt.signal) };
      const message = redact(describeError(error), attempt.secrets);
      attempt.trace?.(`* ${message}`);
      return { kind: 'refused', retryable, reason, message };
    }
  }

  async #follow(request: HttpRequest, authorization: string | undefined, attempt: Attempt): Promise<HttpResult> {
    const start = new URL(request.url);
    const credentials = await this.#credentialHeaders(authorization, attempt);
    const common = { ...request.headers, 'User-Agent': this.#userAgent };
    let url = start;
    let { method, body } = request;
    for (let redirects = 0; ; redirects++) {
      addUrlSecrets(url, attempt.secrets);
      const dispatcher = await this.#transport.dispatcherFor(url, attempt.signal);
      const headers: Record<string, string | string[]> = {
        ...common,
        ...(maySeeCredentials(start, url) && credentials),
      };
      if (method !== request.method) delete headers['Content-Type'];
      const options = { signal: attempt.signal, system: this.#system, wantsBody: request.wantsBody ?? false };
      const answer = await this.#exchange(dispatcher, { method, url, headers, body }, { options, attempt });
      const next = this.#config.followRedirects ? redirectTarget(answer, url) : undefined;
      if (next === undefined || answer.kind !== 'answered')
        return this.#resultOf(answer, attempt, method !== request.method);
      if (redirects === MAX_REDIRECTS) return refusedRedirect(`stopped after ${MAX_REDIRECTS} redirects`);
      if (next.protocol !== 'http:' && next.protocol !== 'https:') {
        return refusedRedirect(`redirected to an address that is not http or https`);
      }
      url = next;
      // "See other": the request was taken, its result is to be had there (RFC 9110). 301 and 302 keep the method: turned
      // into a GET, as Alertmanager does, their 200 would count as a delivery that never happened.
      if (answer.status === 303) {
        method = 'GET';
        body = '';
      }
    }
  }

  /** Of the address only the host is shown. */
  async #exchange(
    dispatcher: Parameters<typeof exchange>[0],
    request: ExchangeRequest,
    { options, attempt: { trace, secrets } }: { readonly options: ExchangeOptions; readonly attempt: Attempt },
  ): Promise<Exchange> {
    const { protocol, host, pathname, search } = request.url;
    trace?.(`> ${request.method} ${protocol}//${host}/${pathname === '/' && search === '' ? '' : SHOWN_SECRET}`);
    const startedMs = this.#system.now().monotonicMs;
    const answer = await exchange(dispatcher, request, options);
    const afterMs = Math.round(this.#system.now().monotonicMs - startedMs);
    if (answer.kind === 'answered') {
      const said = answer.status < 300 ? '' : explain(answer.body, secrets);
      trace?.(`< ${answer.status} after ${afterMs} ms${said && `: ${said}`}`);
    } else {
      const what = answer.kind === 'unsent' ? 'nothing was sent' : 'no answer';
      trace?.(`* ${what} after ${afterMs} ms: ${redact(describeError(answer.cause), secrets)}`);
    }
    return answer;
  }

  #resultOf(answer: Exchange, { signal, secrets }: Attempt, wasTaken: boolean): HttpResult {
    if (answer.kind === 'answered') {
      const { status, headers, body } = answer;
      if (wasTaken && (status < 200 || status > 299)) {
        const message = `the request was answered with 303, but its result with status code ${status}`;
        return { kind: 'unknown', reason: failureReasonOfStatus(status), message };
      }
      const retryAfterMs = parseRetryAfterMs(headers['retry-after'], this.#system.now().wallMs);
      return { kind: 'answered', status, body, explanation: explain(body, secrets), retryAfterMs };
    }
    const reason = failureReasonOf(signal);
    const detail = redact(describeError(answer.cause), secrets);
    if (answer.kind === 'unsent' && !wasTaken) {
      return { kind: 'refused', retryable: true, reason, message: `nothing was sent: ${detail}` };
    }
    return { kind: 'unknown', reason, message: `no answer to the request: ${detail}` };
  }

  /** The Authorization header, from http_config or, as in Go's client, from the URL's user info. */
  async #authorization(request: HttpRequest, { signal, secrets }: Attempt): Promise<string | undefined> {
    const { authorization } = this.#config;
    const secret = async (source: Parameters<typeof readSecret>[0] | undefined) => {
      const value = source ? await readSecret(source, signal) : '';
      secrets.add(value);
      return value;
    };
    const remember = (header: string) => {
      secrets.add(header.slice(header.indexOf(' ') + 1));
      return header;
    };
    switch (authorization?.kind) {
      case 'basic': {
        const username = authorization.username ? await readSecret(authorization.username, signal) : '';
        return remember(basicAuthorization(username, await secret(authorization.password)));
      }
      case 'credentials':
        return `${authorization.type} ${await secret(authorization.credentials)}`;
      case 'oauth2':
        return this.#tokens && remember(await this.#tokens.authorization(signal));
      case undefined: {
        const { username, password } = new URL(request.url);
        if (username === '' && password === '') return undefined;
        secrets.add(password);
        return remember(basicAuthorization(decodeUserInfo(username), decodeUserInfo(password)));
      }
    }
  }

  async #credentialHeaders(authorization: string | undefined, { signal, secrets }: Attempt) {
    const headers: Record<string, string | string[]> = {};
    for (const { name, values, secrets: sources } of this.#config.headers) {
      const read = await Promise.all(sources.map((source) => readSecret(source, signal)));
      for (const value of read) secrets.add(value);
      headers[name] = [...values, ...read];
    }
    if (authorization !== undefined) headers.Authorization = authorization;
    return headers;
  }
}

function decodeUserInfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Credentials stay with the host they were meant for, and never leave TLS once they were under it. */
function maySeeCredentials(start: URL, url: URL): boolean {
  return url.hostname === start.hostname && (start.protocol === 'http:' || url.protocol === 'https:');
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectTarget(answer: Exchange, url: URL): URL | undefined {
  if (answer.kind !== 'answered' || !REDIRECTS.has(answer.status)) return undefined;
  const { location } = answer.headers;
  return location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
}

function refusedRedirect(message: string): HttpResult {
  return { kind: 'refused', retryable: false, reason: 'other', message };
}

/** Tokens live in paths and queries. A short part of a path is a word, and hiding words would shred the message. */
const SHORTEST_TOKEN_LENGTH = 8;

function addUrlSecrets(url: URL, secrets: Set<string>): void {
  secrets.add(url.href);
  if (url.pathname !== '/') secrets.add(url.pathname + url.search).add(url.pathname);
  if (url.search !== '') secrets.add(url.search.slice(1));
  for (const part of [...url.pathname.split('/'), ...url.searchParams.values()]) {
    if (part.length >= SHORTEST_TOKEN_LENGTH) secrets.add(part).add(decodeUserInfo(part));
  }
}

/** Redacts before cutting, so that no half of a secret is left at the end. */
function explain(body: string, secrets: Iterable<string>): string {
  const line = redact(body.toWellFormed(), secrets)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= MAX_EXPLANATION_CHARACTERS ? line : `${line.slice(0, MAX_EXPLANATION_CHARACTERS - 1)}…`;
}
