/**
 * OAuth 2.0 access tokens by the client credentials grant (RFC 6749 section 4.4): fetched when first needed, shared by all
 * who ask, replaced shortly before they run out.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { deadline, type System } from '../src/system.ts';
import type { OAuth2Config } from './http-authorization.ts';
import { type Exchange, exchange } from './http-exchange.ts';
import { describeError, failureReasonOfStatus } from './http-outcome.ts';
import type { Environment } from './http-proxy.ts';
import { HttpTransport } from './http-transport.ts';
import type { FailureReason } from './receiver.ts';
import { readSecret, settleOrAbort } from './secret.ts';

/** No token: nothing was sent to the receiver. The message holds no secret. */
export class OAuth2Error extends Error {
  override readonly name = 'OAuth2Error';
  readonly reason: FailureReason;
  readonly retryable: boolean;

  constructor(message: string, { reason, retryable }: { reason: FailureReason; retryable: boolean }) {
    super(message);
    this.reason = reason;
    this.retryable = retryable;
  }
}

interface Token {
  readonly authorization: string;
  /** On the monotonic clock; Infinity if the server did not say. */
  readonly expiresAtMs: number;
}

/** How the client says who it is: HTTP basic auth, or in the form. Servers that want one refuse the other. */
type ClientAuthentication = 'header' | 'form';

/** The fetch is shared, so it has a deadline of its own rather than that of the request that happened to be first. */
const FETCH_DEADLINE_MS = 10_000;
/** As Go's oauth2: a token is not used in its last ten seconds, which it could spend on the wire. */
const EXPIRY_MARGIN_MS = 10_000;

export interface TokenSourceDependencies {
  readonly system: System;
  readonly userAgent: string;
  readonly environment: Environment;
}

export class OAuth2TokenSource {
  readonly #config: OAuth2Config;
  readonly #dependencies: TokenSourceDependencies;
  readonly #transport: HttpTransport;
  readonly #closing = new AbortController();
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  /** Known after the first success. */
  #authentication: ClientAuthentication | undefined;

  constructor(config: OAuth2Config, dependencies: TokenSourceDependencies) {
    this.#config = config;
    this.#dependencies = dependencies;
    const { tls, proxy } = config;
    this.#transport = new HttpTransport({ tls, proxy, enableHttp2: true, environment: dependencies.environment });
  }

  /** The Authorization header's value. Rejects with {@link OAuth2Error}, SecretFileError, TlsMaterialError or the signal's reason. */
  async authorization(signal: AbortSignal): Promise<string> {
    if (this.#token && this.#dependencies.system.now().monotonicMs < this.#token.expiresAtMs) {
      return this.#token.authorization;
    }
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return (await settleOrAbort(this.#fetching, signal)).authorization;
  }

  /** The receiver refused this token although it had not run out: the next one who asks gets a new one. */
  discard(authorization: string): void {
    if (this.#token?.authorization === authorization) this.#token = undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort(new DOMException('the receiver was closed', 'AbortError'));
    await this.#transport.close();
  }

  async #fetch(): Promise<Token> {
    using fetchDeadline = deadline(this.#dependencies.system, FETCH_DEADLINE_MS, this.#closing.signal);
    const { signal } = fetchDeadline;
    const clientSecret = this.#config.clientSecret ? await readSecret(this.#config.clientSecret, signal) : '';
    let answer = await this.#ask(this.#authentication ?? 'header', clientSecret, signal);
    let used = this.#authentication ?? 'header';
    if (
      this.#authentication === undefined &&
      answer.kind === 'answered' &&
      answer.status >= 400 &&
      answer.status < 500
    ) {
      used = 'form';
      answer = await this.#ask(used, clientSecret, signal);
    }
    this.#token = this.#tokenFrom(answer);
    this.#authentication = used;
    return this.#token;
  }

  async #ask(authentication: ClientAuthentication, clientSecret: string, signal: AbortSignal): Promise<Exchange> {
    const { clientId, scopes, endpointParams, tokenUrl } = this.#config;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of endpointParams) form.set(name, value);
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': this.#dependencies.userAgent,
    };
    if (authentication === 'header') {
      // RFC 6749 section 2.3.1: both halves are form-encoded first.
      const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    } else {
      form.set('client_id', clientId);
      if (clientSecret !== '') form.set('client_secret', clientSecret);
    }
    const url = new URL(tokenUrl);
    const dispatcher = await this.#transport.dispatcherFor(url, signal);
    const request = { method: 'POST', url, headers, body: form.toString() } as const;
    return exchange(dispatcher, request, { signal, system: this.#dependencies.system, wantsBody: true });
  }

  #tokenFrom(answer: Exchange): Token {
    const where = `oauth2 token endpoint at ${new URL(this.#config.tokenUrl).host}`;
    if (answer.kind !== 'answered') {
      throw new OAuth2Error(`${where}: ${describeError(answer.cause)}`, { reason: 'other', retryable: true });
    }
    const { status } = answer;
    if (status < 200 || status > 299) {
      const isClientError = status >= 400 && status < 500 && status !== 429;
      const reason = isClientError ? 'authError' : failureReasonOfStatus(status);
      const error = errorWord(answer.body);
      throw new OAuth2Error(`${where}: unexpected status code ${status}${error && ` (${error})`}`, {
        reason,
        retryable: !isClientError,
      });
    }
    const token = parseToken(answer.headers, answer.body);
    if (!token)
      throw new OAuth2Error(`${where}: the answer holds no access_token`, { reason: 'authError', retryable: true });
    const livesMs = token.expiresInSeconds === undefined ? Infinity : token.expiresInSeconds * 1000 - EXPIRY_MARGIN_MS;
    return {
      authorization: `${token.type} ${token.accessToken}`,
      expiresAtMs: this.#dependencies.system.now().monotonicMs + livesMs,
    };
  }
}

/** `invalid_client` and the like: the only part of the error answer that is known to hold no secret (RFC 6749 section 5.2). */
function errorWord(body: string): string {
  return /"error"\s*:\s*"([a-z_]{1,64})"/.exec(body)?.[1] ?? '';
}

interface ParsedToken {
  readonly type: string;
  readonly accessToken: string;
  readonly expiresInSeconds: number | undefined;
}

/** JSON, or the form encoding some older servers use. */
function parseToken(headers: IncomingHttpHeaders, body: string): ParsedToken | undefined {
  const isForm = /^(?:application\/x-www-form-urlencoded|text\/plain)/.test(headers['content-type'] ?? '');
  const fields = isForm && !body.trimStart().startsWith('{') ? new URLSearchParams(body) : jsonFields(body);
  const accessToken = fields?.get('access_token');
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  const type = fields?.get('token_type');
  const expiresIn = fields?.get('expires_in');
  const seconds = typeof expiresIn === 'number' || typeof expiresIn === 'string' ? Number(expiresIn) : 0;
  return {
    // Some servers say "bearer" and refuse it in a header (RFC 6750 spells it "Bearer").
    type: typeof type !== 'string' || type === '' || type.toLowerCase() === 'bearer' ? 'Bearer' : type,
    accessToken,
    expiresInSeconds: seconds > 0 ? seconds : undefined,
  };
}

function jsonFields(body: string): { get(name: string): unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
