/** TLS over real sockets, by a web configuration on disk: who gets in, and what clients that hang cost. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { describeWithPrograms } from '../../test/support/required-programs.ts';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { realSystem } from '../system.ts';
import { WebConfigSource } from '../web-config/web-config-source.ts';
import { FakeNode, OPEN_DOOR } from './fake-dependencies.ts';
import { type Listening, type ListenOptions, listen } from './server.ts';

const open: { stop(): Promise<void> | void }[] = [];
const sockets: Socket[] = [];
let certificates: TestCertificates;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const resource of open.splice(0).reverse()) await resource.stop();
});

async function start(more = '', options: Partial<ListenOptions> = {}) {
  const directory = new TemporaryDirectory();
  open.push({ stop: () => directory[Symbol.dispose]() });
  directory.write('ca.pem', certificates.ca);
  const show = ({ cert, key }: { cert: string; key: string }) => {
    directory.write('server.crt', cert);
    directory.write('server.key', key);
  };
  show(certificates.server);
  const file = directory.write('web.yml', `tls_server_config: {cert_file: server.crt, key_file: server.key${more}}`);
  // Its time stands still between two looks at the files.
  const system = new VirtualSystem({ seed: 1 });
  const node = new FakeNode();
  const { logger, metrics } = node.dependencies();
  const quiet = pino({ level: 'silent' });
  const webConfig = await WebConfigSource.open(file, { system, logger: quiet, onHealth: () => {} });
  const dependencies = { system: realSystem, logger, metrics, ...OPEN_DOOR, webConfig };
  const server: Listening = await listen(node.app(), dependencies, { addresses: ['127.0.0.1:0'], ...options });
  open.push(server);
  const port = server.addresses[0]?.port ?? 0;
  return { node, system, port, show, dial: (tls: ConnectionOptions = {}) => dial(port, tls) };
}

/** The connection once it is secured, or the error. */
async function dial(port: number, tls: ConnectionOptions): Promise<TLSSocket> {
  const socket = tlsConnect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificates.ca, ...tls });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** The status, or what the error says. */
function ask(port: number, tls: ConnectionOptions = {}): Promise<number | string> {
  const options = { port, host: '127.0.0.1', path: '/-/healthy', servername: 'localhost', ca: certificates.ca, ...tls };
  return new Promise((resolve) => {
    request({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.message))
      .end();
  });
}

describeWithPrograms(['openssl'], 'TLS', () => {
  beforeAll(() => {
    certificates = makeCertificates();
  });

  afterAll(() => certificates[Symbol.dispose]());

  test('answers requests', async () => {
    const { port } = await start();
    expect(await ask(port)).toBe(200);
  });

  test('shows a renewed certificate to the next who connects, and keeps who is connected', async () => {
    const { dial, show, system } = await start();
    const names = (socket: TLSSocket) => (socket.getPeerCertificate() as PeerCertificate).subject.CN;
    const first = await dial();
    expect(names(first)).toBe('localhost');
    show(certificates.otherName);
    await system.advance(1000);
    expect(names(await dial({ servername: 'hooks.example.org' }))).toBe('hooks.example.org');
    first.write('GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(await once(first, 'data'))).toContain('200 OK');
  });

  test.each([
    ['TLSv1.3', {}, 'TLSv1.3'],
    ['TLSv1.2', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
  ] as const)('is spoken as %s', async (_, tls, version) => {
    const { dial } = await start();
    expect((await dial(tls)).getProtocol()).toBe(version);
  });

  test('older than 1.2 is refused, and so is 1.2 where 1.3 is wanted', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await ask((await start()).port, old)).toMatch(/protocol version/);
    expect(await ask((await start(', min_version: TLS13')).port, { maxVersion: 'TLSv1.2' })).toMatch(
      /protocol version/,
    );
  });

  test('uses the suites and curves that are chosen', async () => {
    const chosen = ', cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256], curve_preferences: [CurveP384]';
    const { dial } = await start(chosen);
    const socket = await dial({ maxVersion: 'TLSv1.2' });
    expect(socket.getCipher().name).toBe('ECDHE-ECDSA-CHACHA20-POLY1305');
    expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'secp384r1' });
  });

  describe('with RequireAndVerifyClientCert', () => {
    const policy = ', client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem';

    test('lets in who has a certificate of the authority, and nobody else', async () => {
      const { port } = await start(policy);
      expect(await ask(port, certificates.client)).toBe(200);
      expect(await ask(port)).not.toBe(200);
    });

    test('and names lets in only who has one of them', async () => {
      const { port, node } = await start(`${policy}, client_allowed_sans: [hooks.example.org]`);
      expect(await ask(port, certificates.otherName)).toBe(200);
      expect(await ask(port, certificates.client)).not.toBe(200);
      expect(node.logged.join()).toContain('client certificate with no allowed name');
    });
  });

  describe('a client', () => {
    test('that never ends its handshake is shown out and counted', async () => {
      const { node, port } = await start('', { handshakeTimeoutMs: 100 });
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.resume();
      await once(socket, 'close');
      expect(await node.metrics.registry.metrics()).toContain('tocsin_tls_handshakes_failed_total 1\n');
    });

    test('that speaks plain HTTP is cut off, and the next one served', async () => {
      const { port } = await start();
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      socket.resume();
      await once(socket, 'close');
      expect(await ask(port)).toBe(200);
    });

    test('that is in the middle of its handshake does not outlast a stop', async () => {
      const { port } = await start('', { drainMs: 50 });
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      await once(socket, 'connect');
      socket.resume();
      await Promise.all([once(socket, 'close'), open.pop()?.stop()]);
    });

    test('that dribbles its request inside TLS is shown out', async () => {
      const { dial } = await start('', { headersTimeoutMs: 100 });
      const socket = await dial();
      socket.write('GET / HTTP/1.1\r\nX');
      expect(String(await once(socket, 'data'))).toContain('408 Request Timeout');
    });
  });
});
