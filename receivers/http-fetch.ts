/**
 * `fetch` by the rules of an http_config, for whoever asks an API rather than sends a message: authentication, TLS, proxy
 * and headers as there. Redirects are left to the caller, credentials go to no other host.
 */
import { fetch as undiciFetch } from 'undici';
import type { System } from '../src/system.ts';
import { basicAuthorization } from './http-authorization.ts';
import type { HttpConfig } from './http-config.ts';
import { OAuth2TokenSource } from './http-oauth2.ts';
import { HttpTransport } from './http-transport.ts';
import { readSecret, type SecretSource } from './secret.ts';

/** Connections end with the process, or are closed when idle for some seconds. Rejects as fetch does, and with SecretFileError and the like. */
export function createHttpFetch(
  config: HttpConfig,
  { system, userAgent, environment }: { system: System; userAgent: string; environment: NodeJS.ProcessEnv },
): typeof fetch {
  const { authorization, tls, proxy, enableHttp2 } = config;
  const transport = new HttpTransport({ tls, proxy, enableHttp2, environment });
  const tokens =
    authorization?.kind === 'oauth2'
      ? new OAuth2TokenSource(authorization, { system, userAgent, environment })
      : undefined;

  async function authorizationHeader(signal: AbortSignal): Promise<string | undefined> {
    const read = (source: SecretSource | undefined) => (source === undefined ? '' : readSecret(source, signal));
    switch (authorization?.kind) {
      case 'basic':
        return basicAuthorization(await read(authorization.username), await read(authorization.password));
      case 'credentials':
        return `${authorization.type} ${await read(authorization.credentials)}`;
      case 'oauth2':
        return tokens?.authorization(signal);
      case undefined:
        return undefined;
    }
  }

  async function httpFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const signal = init.signal ?? new AbortController().signal;
    const headers = new Headers(init.headers);
    headers.set('user-agent', userAgent);
    for (const { name, values, secrets } of config.headers) {
      for (const value of values) headers.append(name, value);
      for (const secret of secrets) headers.append(name, await readSecret(secret, signal));
    }
    const own = await authorizationHeader(signal);
    if (own !== undefined && !headers.has('authorization')) headers.set('authorization', own);
    const dispatcher = await transport.dispatcherFor(url, signal);
    const request = { ...init, headers: [...headers], redirect: 'manual', dispatcher };
    // The same thing but for its types: the platform's fetch is an older undici.
    return undiciFetch(url, request as Parameters<typeof undiciFetch>[1]) as unknown as Promise<Response>;
  }
  return httpFetch;
}
