import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { realSystem } from '../src/system.ts';
import { HttpClient } from './http-client.ts';
import { defaultHttpConfig, type HttpConfig } from './http-config.ts';
import { outcomeOf } from './http-outcome.ts';
import { Secret, type SecretSource } from './secret.ts';
import { answerWith, startServer } from './testing/http-server.ts';

const inline = (value: string): SecretSource => ({ kind: 'inline', secret: new Secret(value) });
const file = (path: string): SecretSource => ({ kind: 'file', key: 'password_file', path });

let directory = '';
const clients: HttpClient[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-authentication-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function tell(url: string, config: Partial<HttpConfig>) {
  const client = new HttpClient({ ...defaultHttpConfig, ...config }, { system: realSystem, userAgent: 'test' });
  clients.push(client);
  return outcomeOf(await client.send({ method: 'POST', url, headers: {}, body: '{}' }, AbortSignal.timeout(10_000)));
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('credentials', () => {
  it('basic_auth reads its password at every send, trimmed', async () => {
    await using server = await startServer(answerWith(200));
    const path = join(directory, 'password');
    const config = { authorization: { kind: 'basic', username: inline('ops'), password: file(path) } } as const;
    writeFileSync(path, 'first\n');
    await tell(server.origin, config);
    writeFileSync(path, ' second ');
    await tell(server.origin, config);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      basic('ops:first'),
      basic('ops:second'),
    ]);
  });

  it('authorization has any type', async () => {
    await using server = await startServer(answerWith(200));
    await tell(server.origin, { authorization: { kind: 'credentials', type: 'GenieKey', credentials: inline('abc') } });
    expect(server.requests[0]?.headers.authorization).toBe('GenieKey abc');
  });

  it('may stand in the URL', async () => {
    await using server = await startServer(answerWith(200));
    await tell(server.origin.replace('//', '//ops:p%40ss@'), {});
    expect(server.requests[0]?.headers.authorization).toBe(basic('ops:p@ss'));
  });

  it('http_headers are added, values before secrets', async () => {
    await using server = await startServer(answerWith(200));
    const headers = [{ name: 'X-Scope', values: ['a', 'b'], secrets: [inline('c')] }];
    await tell(server.origin, { headers });
    expect(server.requests[0]?.headers['x-scope']).toBe('a, b, c');
  });

  it('from a missing file refuse the message for now and name the file', async () => {
    await using server = await startServer(answerWith(200));
    const password = file(join(directory, 'missing'));
    const outcome = await tell(server.origin, { authorization: { kind: 'basic', username: undefined, password } });
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true, reason: 'other' });
    expect(outcome).toHaveProperty('message', `cannot read password_file ${join(directory, 'missing')}: ENOENT`);
    expect(server.requests).toHaveLength(0);
  });

  it('that no header can hold refuse the message without being shown', async () => {
    await using server = await startServer(answerWith(200));
    const authorization = { kind: 'credentials', type: 'Bearer', credentials: inline('to\r\nken') } as const;
    const outcome = await tell(server.origin, { authorization });
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(outcome)).not.toContain('ken"');
  });
});

describe('a redirect', () => {
  const secretive: Partial<HttpConfig> = {
    authorization: { kind: 'credentials', type: 'Bearer', credentials: inline('token') },
    headers: [{ name: 'X-Key', values: [], secrets: [inline('key')] }],
  };

  it('keeps the credentials on the same host', async () => {
    await using server = await startServer((request, response) =>
      answerWith(request.path === '/' ? 307 : 200, '', { Location: '/there' })(request, response),
    );
    await tell(server.origin, secretive);
    expect(server.requests[1]?.headers).toMatchObject({ authorization: 'Bearer token', 'x-key': 'key' });
  });

  it('to another host leaves them behind', async () => {
    await using other = await startServer(answerWith(200));
    await using server = await startServer(answerWith(307, '', { Location: `http://127.0.0.1:${other.port}/` }));
    await tell(server.origin, secretive);
    expect(other.requests[0]?.body).toBe('{}');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(other.requests[0]?.headers['x-key']).toBeUndefined();
  });
});

describe('messages', () => {
  it('hide every secret the answer repeats', async () => {
    await using server = await startServer((request, response) => {
      const { authorization, 'x-key': key } = request.headers;
      answerWith(400, `no ${request.path}, ${authorization}, ${key}, p4ssword, T0KEN000`)(request, response);
    });
    const outcome = await tell(`${server.origin}/services/T0KEN000/hook?signature=53cr3t53cr3t`, {
      authorization: { kind: 'basic', username: inline('ops'), password: inline('p4ssword') },
      headers: [{ name: 'X-Key', values: [], secrets: [inline('s3same')] }],
    });
    expect(outcome).toHaveProperty(
      'message',
      'unexpected status code 400: no <secret>, Basic <secret>, <secret>, <secret>, <secret>',
    );
  });
});
