/** What every request passes, over real sockets: headers, rate, login. */
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { realSystem } from '../system.ts';
import { BusyError } from '../web-config/bcrypt.ts';
import { noWebConfig, type WebConfigInUse } from '../web-config/load-web-config.ts';
import type { Verdict } from '../web-config/login.ts';
import { FakeNode } from './fake-dependencies.ts';
import { type Listening, listen } from './server.ts';

const open: Listening[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

const USERS = { users: new Map([['ann', {} as never]]) };

/** A node whose door judges by `verdict` whoever it asks. */
async function start(config: Partial<WebConfigInUse>, verdict: () => Verdict | Promise<Verdict> = () => WRONG) {
  const node = new FakeNode();
  const { logger, metrics } = node.dependencies();
  const inForce = { ...noWebConfig, ...config };
  const asked: (string | undefined)[] = [];
  const server = await listen(
    node.app(),
    {
      system: realSystem,
      logger,
      metrics,
      webConfig: { current: () => inForce },
      login: {
        check(authorization) {
          asked.push(authorization);
          return verdict();
        },
      },
    },
    { addresses: ['127.0.0.1:0'] },
  );
  open.push(server);
  return { node, asked, port: server.addresses[0]?.port ?? 0, url: `http://${server.addresses[0]?.text}` };
}

const WELCOME: Verdict = { kind: 'welcome' };
const WRONG: Verdict = { kind: 'wrong' };
const ALERT = JSON.stringify([{ labels: { alertname: 'Down' } }]);
const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ALERT };

describe('without a web configuration', () => {
  test('nobody is asked for anything', async () => {
    const { asked, url } = await start({});
    expect((await fetch(`${url}/api/v2/alerts`, post)).status).toBe(200);
    expect(asked).toEqual([]);
  });

  test.each(['/', '/api/v2/status', '/nowhere', '/-/healthy'])(
    'browsers are told to be careful with %s',
    async (path) => {
      const { url } = await start({});
      const { headers } = await fetch(url + path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'deny',
        'referrer-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers.has('strict-transport-security')).toBe(false);
    },
  );
});

test('headers of the web configuration are set, instead of ours where both have one, and the empty text takes one away', async () => {
  const headers = {
    'Strict-Transport-Security': 'max-age=60',
    'X-Frame-Options': 'sameorigin',
    'Content-Security-Policy': '',
  };
  const { url } = await start({ headers });
  const answer = await fetch(`${url}/`);
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=60');
  expect(answer.headers.get('x-frame-options')).toBe('sameorigin');
  expect(answer.headers.has('content-security-policy')).toBe(false);
});

describe('where there are users', () => {
  test.each(['/', '/-/healthy', '/-/ready', '/metrics', '/api/v2/alerts', '/nowhere'])(
    '%s is for them only',
    async (path) => {
      const { url } = await start(USERS);
      const answer = await fetch(url + path);
      expect([answer.status, await answer.text()]).toEqual([401, 'Unauthorized\n']);
      expect(answer.headers.get('www-authenticate')).toBe('Basic');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test('who is welcome is served, and its alert taken', async () => {
    const { node, asked, url } = await start(USERS, () => WELCOME);
    const answer = await fetch(`${url}/api/v2/alerts`, {
      ...post,
      headers: { ...post.headers, authorization: 'Basic x' },
    });
    expect(answer.status).toBe(200);
    expect(node.alerts.size).toBe(1);
    expect(asked).toEqual(['Basic x']);
  });

  test('an alert waits for the verdict with its whole body', async () => {
    const { node, url } = await start(USERS, async () => WELCOME);
    expect((await fetch(`${url}/api/v2/alerts`, post)).status).toBe(200);
    expect(node.alerts.size).toBe(1);
  });

  test('who is not welcome reads why even while sending much, and does not keep the connection', async () => {
    const { node, url } = await start(USERS);
    const answer = await fetch(`${url}/api/v2/alerts`, { ...post, body: ' '.repeat(3_000_000) });
    expect([answer.status, await answer.text()]).toEqual([401, 'Unauthorized\n']);
    expect(answer.headers.get('connection')).toBe('close');
    expect(node.alerts.size).toBe(0);
  });

  test('who goes away while the password is compared harms nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const { asked, node, port, url } = await start(USERS, () => promise);
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => asked.length).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await node.metrics.httpConnections.get()).values[0]?.value).toBe(0);
    resolve(WELCOME);
    expect((await fetch(url)).status).toBe(200);
    expect(node.logged.join()).not.toContain('failed');
  });

  test.each([
    ['too many failures', 429, { kind: 'tooManyFailures', waitMs: 3200, isFirst: true }, '4'],
    ['too many at once', 503, { kind: 'busy', cause: new BusyError('busy') }, '1'],
  ] as const)('%s are answered with when to come again', async (_, status, verdict, retryAfter) => {
    const { url } = await start(USERS, () => verdict);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
  });

  test('failures are logged without name or password, and counted', async () => {
    const { node, url } = await start(USERS);
    await fetch(url, { headers: { authorization: `Basic ${Buffer.from('ann:hunter2').toString('base64')}` } });
    expect(node.logged.join()).toContain('Login failed');
    expect(node.logged.join()).not.toMatch(/ann|hunter2/);
    const metrics = await node.metrics.registry.metrics();
    expect(metrics).toContain('tocsin_http_logins_failed_total{reason="wrong"} 1\n');
  });
});

test('a rate limit counts everybody together and comes before the login', async () => {
  const { asked, url } = await start({ ...USERS, rateLimit: { burst: 2, intervalMs: 3_600_000 } }, () => WELCOME);
  const statuses: number[] = [];
  for (let count = 0; count < 3; count++) statuses.push((await fetch(url)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect(asked).toHaveLength(2);
});

test('a request of nonsense is refused before anybody is asked', async () => {
  const { asked, port } = await start(USERS);
  const socket = connect(port, '127.0.0.1');
  socket.write('BREW / HTTP/1.1\r\n\r\n');
  expect(await readText(socket)).toContain('400 Bad Request');
  expect(asked).toEqual([]);
});
