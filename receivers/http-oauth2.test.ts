import { afterEach, describe, expect, it } from 'vitest';
import { realSystem, type System } from '../src/system.ts';
import type { OAuth2Config } from './http-authorization.ts';
import { HttpClient } from './http-client.ts';
import { defaultHttpConfig } from './http-config.ts';
import { outcomeOf } from './http-outcome.ts';
import { noProxyConfig } from './http-proxy.ts';
import { Secret } from './secret.ts';
import { type Answer, answerWith, deadOrigin, hangUp, startServer } from './testing/http-server.ts';
import { defaultTlsConfig } from './tls-config.ts';

const clients: HttpClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** The real one, with a monotonic clock that can be put forward. */
function shiftedSystem() {
  let shiftMs = 0;
  const now = () => ({ ...realSystem.now(), monotonicMs: realSystem.now().monotonicMs + shiftMs });
  const pass = (ms: number) => {
    shiftMs += ms;
  };
  return { system: { ...realSystem, now } satisfies System, pass };
}

function clientFor(tokenUrl: string, change: Partial<OAuth2Config> = {}, system: System = realSystem): HttpClient {
  const authorization: OAuth2Config = {
    kind: 'oauth2',
    clientId: 'tocsin',
    clientSecret: { kind: 'inline', secret: new Secret('cl1ent s3cret') },
    scopes: ['write', 'page'],
    tokenUrl,
    endpointParams: [['audience', 'hooks']],
    tls: defaultTlsConfig,
    proxy: noProxyConfig,
    ...change,
  };
  const client = new HttpClient({ ...defaultHttpConfig, authorization }, { system, userAgent: 'test' });
  clients.push(client);
  return client;
}

async function tell(client: HttpClient, origin: string) {
  const request = { method: 'POST', url: `${origin}/hook`, headers: {}, body: '{}' } as const;
  return outcomeOf(await client.send(request, AbortSignal.timeout(10_000)));
}

/** Token 1, token 2 … each good for so many seconds. */
function issuer(expiresIn: number | string | undefined): Answer {
  let issued = 0;
  return (request, response) => {
    const body = JSON.stringify({ access_token: `token-${++issued}`, token_type: 'bearer', expires_in: expiresIn });
    answerWith(200, body, { 'Content-Type': 'application/json' })(request, response);
  };
}

const authorizations = (server: { requests: readonly { headers: { authorization?: string | undefined } }[] }) =>
  server.requests.map(({ headers }) => headers.authorization);

describe('an oauth2 token', () => {
  it('is fetched once for all who need it, with the client in the header', async () => {
    await using tokens = await startServer(issuer(3600));
    await using server = await startServer(answerWith(200));
    const client = clientFor(tokens.origin);
    await Promise.all([tell(client, server.origin), tell(client, server.origin)]);
    await tell(client, server.origin);
    expect(authorizations(server)).toEqual(Array(3).fill('Bearer token-1'));
    expect(tokens.requests).toHaveLength(1);
    const [request] = tokens.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'write page',
      audience: 'hooks',
    });
    const pair = Buffer.from(request?.headers.authorization?.slice(6) ?? '', 'base64').toString();
    expect(pair).toBe('tocsin:cl1ent%20s3cret');
  });

  it('is replaced ten seconds before it runs out', async () => {
    const { system, pass } = shiftedSystem();
    await using tokens = await startServer(issuer('60'));
    await using server = await startServer(answerWith(200));
    const client = clientFor(tokens.origin, {}, system);
    await tell(client, server.origin);
    pass(45_000);
    await tell(client, server.origin);
    pass(6000);
    await tell(client, server.origin);
    expect(authorizations(server)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('that is refused is replaced within the attempt', async () => {
    await using tokens = await startServer(issuer(undefined));
    await using server = await startServer((request, response) =>
      answerWith(request.headers.authorization === 'Bearer token-2' ? 200 : 401)(request, response),
    );
    expect(await tell(clientFor(tokens.origin), server.origin)).toEqual({ kind: 'sent' });
    expect(tokens.requests).toHaveLength(2);
  });

  it('that is refused again ends the attempt', async () => {
    await using tokens = await startServer(issuer(3600));
    await using server = await startServer(answerWith(401));
    expect(await tell(clientFor(tokens.origin), server.origin)).toMatchObject({ kind: 'refused', reason: 'authError' });
    expect(server.requests).toHaveLength(2);
  });

  it('is asked for in the form where the header is refused', async () => {
    const issue = issuer(3600);
    await using tokens = await startServer((request, response) =>
      (request.headers.authorization ? answerWith(401) : issue)(request, response),
    );
    await using server = await startServer(answerWith(200));
    expect(await tell(clientFor(tokens.origin), server.origin)).toEqual({ kind: 'sent' });
    const form = new URLSearchParams(tokens.requests[1]?.body);
    expect([form.get('client_id'), form.get('client_secret')]).toEqual(['tocsin', 'cl1ent s3cret']);
  });

  it('may come form-encoded', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await using tokens = await startServer(answerWith(200, 'access_token=abc&token_type=mac', headers));
    await using server = await startServer(answerWith(200));
    await tell(clientFor(tokens.origin), server.origin);
    expect(authorizations(server)).toEqual(['mac abc']);
  });
});

describe('without an oauth2 token nothing is sent', () => {
  it.each([
    ['a wrong client', answerWith(401, '{"error":"invalid_client","hint":"cl1ent s3cret"}'), false, 'authError'],
    ['a broken endpoint', answerWith(500), true, 'serverError'],
    ['an overloaded endpoint', answerWith(429), true, 'rateLimited'],
    ['nonsense', answerWith(200, '<html>'), true, 'authError'],
    ['a hang-up', hangUp, true, 'other'],
  ] as const)('%s', async (_name, answer, retryable, reason) => {
    await using tokens = await startServer(answer);
    await using server = await startServer(answerWith(200));
    const outcome = await tell(clientFor(tokens.origin), server.origin);
    expect(outcome).toMatchObject({ kind: 'refused', retryable, reason });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|dG9jc2lu/);
    expect(server.requests).toHaveLength(0);
  });

  it('an endpoint that is away', async () => {
    const outcome = await tell(clientFor(await deadOrigin()), 'http://localhost:9');
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true, reason: 'other' });
  });
});
