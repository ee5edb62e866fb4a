import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realSystem } from '../src/system.ts';
import { httpConfigSchema } from './http-config.ts';
import { createHttpFetch } from './http-fetch.ts';

let seen: IncomingMessage[] = [];
const server = createServer((incoming, outgoing) => {
  seen.push(incoming);
  if (incoming.url === '/moved') outgoing.writeHead(302, { Location: '/' });
  outgoing.end('answer');
});
let url: string;

beforeEach(async () => {
  seen = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function fetchBy(block: unknown): typeof fetch {
  const config = httpConfigSchema.parse(block);
  return createHttpFetch(config, { system: realSystem, userAgent: 'tocsin/test', environment: {} });
}

test.each([
  ['basic_auth', { basic_auth: { username: 'ann', password: 'a:b' } }, `Basic ${btoa('ann:a:b')}`],
  ['authorization', { authorization: { credentials: 'token' } }, 'Bearer token'],
  ['nothing', {}, undefined],
])('authenticates by %s', async (_, block, authorization) => {
  expect(await (await fetchBy(block)(url)).text()).toBe('answer');
  expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'tocsin/test' });
  expect(seen[0]?.headers.authorization).toBe(authorization);
});

test('who names a user for one request is heard', async () => {
  const headers = { authorization: 'Basic mine' };
  await fetchBy({ basic_auth: { username: 'ann', password: 'b' } })(url, { headers });
  expect(seen[0]?.headers.authorization).toBe('Basic mine');
});

test('adds headers, and leaves redirects to the caller', async () => {
  const answer = await fetchBy({ http_headers: { 'X-Team': { values: ['sea'], secrets: ['s3cret'] } } })(
    `${url}/moved`,
  );
  expect(answer.status).toBe(302);
  expect(seen.map(({ headers }) => headers['x-team'])).toEqual(['sea, s3cret']);
});

test('a password file that cannot be read is named', async () => {
  const asked = fetchBy({ basic_auth: { username: 'ann', password_file: '/nowhere/password' } })(url);
  await expect(asked).rejects.toThrow('password_file /nowhere/password: ENOENT');
  expect(seen).toEqual([]);
});
