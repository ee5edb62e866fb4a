import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deadline, realSystem } from '../src/system.ts';
import { HttpClient } from './http-client.ts';
import { defaultHttpConfig } from './http-config.ts';
import { outcomeOf } from './http-outcome.ts';
import { noProxyConfig, type ProxyConfig, proxyFor } from './http-proxy.ts';
import { Secret } from './secret.ts';
import { makeCertificates, type TestCertificates } from './testing/certificates.ts';
import { answerWith, startServer } from './testing/http-server.ts';
import { defaultTlsConfig } from './tls-config.ts';

const proxy = (url: string, change: Partial<ProxyConfig> = {}): ProxyConfig => ({
  ...noProxyConfig,
  url: new Secret(url),
  ...change,
});

describe('no_proxy', () => {
  const goesDirect = (url: string, noProxy: string) =>
    proxyFor(new URL(url), proxy('http://proxy:3128', { noProxy }), {}) === undefined;

  it.each([
    ['http://example.org/', 'example.org'],
    ['http://a.b.example.org/', 'example.org'],
    ['http://a.example.org/', '.example.org'],
    ['http://a.example.org/', '*.example.org'],
    ['http://EXAMPLE.org./', 'Example.Org'],
    ['http://example.org:8080/', 'other.org, example.org:8080'],
    ['https://example.org/', 'example.org:443'],
    ['http://10.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.1.2.3'],
    ['http://[fe80::1]/', 'fe80::/10'],
    ['http://[2001:db8::1]:9000/', '[2001:db8:0::1]:9000'],
    ['http://[2001:db8::1]/', '2001:db8::1'],
    ['http://anything.example/', '*'],
    ['http://localhost:9093/', 'example.org'],
    ['http://127.8.9.10/', 'example.org'],
    ['http://[::1]/', 'example.org'],
  ])('%s is connected directly with %s', (url, noProxy) => expect(goesDirect(url, noProxy)).toBe(true));

  it.each([
    ['http://example.org/', '.example.org'],
    ['http://example.org/', '*.example.org'],
    ['http://badexample.org/', 'example.org'],
    ['http://example.org/', 'example.org:8080'],
    ['http://11.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.0.0.0/99'],
    ['http://10.1.2.3/', 'fe80::/10'],
    ['http://example.org/', ' , ,.'],
    ['http://example.org/', '10.0.0.0/8/8,/,:80'],
  ])('%s takes the proxy with %s', (url, noProxy) => expect(goesDirect(url, noProxy)).toBe(false));

  it('that is empty sends even loopback hosts through the proxy', () => {
    expect(goesDirect('http://localhost/', '')).toBe(false);
  });
});

describe('the environment', () => {
  const config: ProxyConfig = { ...noProxyConfig, fromEnvironment: true };
  const choose = (url: string, environment: Record<string, string>) => proxyFor(new URL(url), config, environment);

  it('has a proxy for each scheme', () => {
    const environment = { http_proxy: 'plain:1', HTTPS_PROXY: 'http://secure:2' };
    expect(choose('http://example.org/', environment)).toBe('http://plain:1');
    expect(choose('https://example.org/', environment)).toBe('http://secure:2');
    expect(choose('https://example.org/', { http_proxy: 'plain:1' })).toBeUndefined();
  });

  it('has exceptions', () => {
    expect(choose('http://example.org/', { http_proxy: 'plain:1', NO_PROXY: 'example.org' })).toBeUndefined();
  });

  it('does not matter unless it was asked for', () => {
    expect(proxyFor(new URL('http://example.org/'), noProxyConfig, { http_proxy: 'plain:1' })).toBeUndefined();
  });
});

describe('through a proxy', () => {
  let certificates: TestCertificates;
  const clients: HttpClient[] = [];
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => certificates[Symbol.dispose]());

  async function tell(url: string, proxyConfig: ProxyConfig, signal = AbortSignal.timeout(10_000)) {
    const tls = { ...defaultTlsConfig, ca: { kind: 'inline', secret: new Secret(certificates.ca) } } as const;
    const client = new HttpClient(
      { ...defaultHttpConfig, tls, proxy: proxyConfig },
      { system: realSystem, userAgent: 'test' },
    );
    clients.push(client);
    return outcomeOf(await client.send({ method: 'POST', url, headers: {}, body: 'x' }, signal));
  }

  /** A proxy that tunnels wherever it is asked to. */
  async function startTunnel(onConnect?: (request: http.IncomingMessage, socket: Duplex) => void) {
    const connects: http.IncomingMessage[] = [];
    const sockets = new Set<Duplex>();
    const server = http.createServer();
    server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
    server.on('connect', (request: http.IncomingMessage, socket: Duplex) => {
      connects.push(request);
      if (onConnect) return onConnect(request, socket);
      const target = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      sockets.add(target.on('error', () => {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      connects,
      port: (server.address() as AddressInfo).port,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it('https is tunnelled, with the credentials and headers for the proxy alone', async () => {
    await using tunnel = await startTunnel();
    await using server = await startServer(answerWith(200), { tls: certificates.server });
    const connectHeaders = [{ name: 'X-Proxy-Key', values: [new Secret('k1')] }];
    const outcome = await tell(server.origin, proxy(`http://ops:pw@localhost:${tunnel.port}`, { connectHeaders }));
    expect(outcome).toEqual({ kind: 'sent' });
    expect(tunnel.connects[0]).toMatchObject({ url: `localhost:${server.port}` });
    expect(tunnel.connects[0]?.headers).toMatchObject({
      'proxy-authorization': `Basic ${Buffer.from('ops:pw').toString('base64')}`,
      'x-proxy-key': 'k1',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-proxy-key');
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('plain http is forwarded whole, without the headers meant for CONNECT', async () => {
    await using forwarder = await startServer(answerWith(200));
    const connectHeaders = [{ name: 'X-Proxy-Key', values: [new Secret('k1')] }];
    await tell('http://hooks.example.org/a?b=c', proxy(forwarder.origin, { connectHeaders }));
    expect(forwarder.requests[0]).toMatchObject({ path: 'http://hooks.example.org/a?b=c', body: 'x' });
    expect(forwarder.requests[0]?.headers.host).toBe('hooks.example.org');
    expect(forwarder.requests[0]?.headers).not.toHaveProperty('x-proxy-key');
  });

  it('that wants other credentials nothing is sent', async () => {
    await using tunnel = await startTunnel((_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'));
    const url = proxy(`http://ops:pr0xypw@localhost:${tunnel.port}`);
    const outcome = await tell('https://hooks.example.org/', url);
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
    expect(JSON.stringify(outcome)).not.toContain('pr0xypw');
    await using forwarder = await startServer(answerWith(407));
    expect(await tell('http://hooks.example.org/', proxy(forwarder.origin))).toMatchObject({
      kind: 'refused',
      retryable: true,
    });
  });

  it('that hangs nothing is sent', async () => {
    await using tunnel = await startTunnel(() => {});
    using short = deadline(realSystem, 100);
    const url = proxy(`http://localhost:${tunnel.port}`);
    const outcome = await tell('https://hooks.example.org/', url, short.signal);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'contextDeadlineExceeded' });
  });

  it('that cuts the connection nothing is sent', async () => {
    await using tunnel = await startTunnel((_request, socket) => socket.destroy());
    const outcome = await tell('https://hooks.example.org/', proxy(`http://localhost:${tunnel.port}`));
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
  });
});
