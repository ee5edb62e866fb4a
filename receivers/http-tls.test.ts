import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { realSystem } from '../src/system.ts';
import { HttpClient } from './http-client.ts';
import { defaultHttpConfig } from './http-config.ts';
import { outcomeOf } from './http-outcome.ts';
import { Secret, type SecretSource } from './secret.ts';
import { makeCertificates, type TestCertificates } from './testing/certificates.ts';
import { answerWith, startServer } from './testing/http-server.ts';
import { defaultTlsConfig, type TlsConfig } from './tls-config.ts';

const inline = (value: string): SecretSource => ({ kind: 'inline', secret: new Secret(value) });
const file = (key: string, path: string): SecretSource => ({ kind: 'file', key, path });

let certificates: TestCertificates;
const clients: HttpClient[] = [];

beforeAll(() => {
  certificates = makeCertificates();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => certificates[Symbol.dispose]());

function clientWith(tls: Partial<TlsConfig>, enableHttp2 = true): HttpClient {
  const config = { ...defaultHttpConfig, tls: { ...defaultTlsConfig, ...tls }, enableHttp2 };
  const client = new HttpClient(config, { system: realSystem, userAgent: 'test' });
  clients.push(client);
  return client;
}

async function tell(client: HttpClient, origin: string) {
  const request = { method: 'POST', url: `${origin}/`, headers: { 'Content-Type': 'text/plain' }, body: 'x' } as const;
  return outcomeOf(await client.send(request, AbortSignal.timeout(10_000)));
}

describe('a server is trusted', () => {
  it('when the configured authority signed it', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server });
    expect(await tell(clientWith({ ca: inline(certificates.ca) }), server.origin)).toEqual({ kind: 'sent' });
    expect(await tell(clientWith({ ca: file('ca_file', certificates.caFile) }), server.origin)).toEqual({
      kind: 'sent',
    });
  });

  it('not when nobody known signed it: nothing is sent', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server });
    for (const tls of [{}, { ca: inline(certificates.strangerCa) }]) {
      expect(await tell(clientWith(tls), server.origin)).toMatchObject({
        kind: 'refused',
        retryable: true,
        reason: 'other',
      });
    }
    expect(server.requests).toHaveLength(0);
  });

  it('not under another name, unless server_name says so', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.otherName });
    const ca = inline(certificates.ca);
    expect(await tell(clientWith({ ca }), server.origin)).toMatchObject({ kind: 'refused' });
    expect(await tell(clientWith({ ca, serverName: 'hooks.example.org' }), server.origin)).toEqual({ kind: 'sent' });
  });

  it('whoever it is with insecure_skip_verify', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.otherName });
    expect(await tell(clientWith({ insecureSkipVerify: true }), server.origin)).toEqual({ kind: 'sent' });
  });

  it('not below min_version or above max_version', async () => {
    const ca = inline(certificates.ca);
    await using old = await startServer(answerWith(200), { tls: { ...certificates.server, maxVersion: 'TLSv1.2' } });
    expect(await tell(clientWith({ ca, minVersion: 'TLSv1.3' }), old.origin)).toMatchObject({ kind: 'refused' });
    await using modern = await startServer(answerWith(200), { tls: { ...certificates.server, minVersion: 'TLSv1.3' } });
    expect(await tell(clientWith({ ca, maxVersion: 'TLSv1.2' }), modern.origin)).toMatchObject({ kind: 'refused' });
    expect(await tell(clientWith({ ca, minVersion: 'TLSv1.3' }), modern.origin)).toEqual({ kind: 'sent' });
  });
});

describe('a client certificate', () => {
  const demanding = () => ({
    ...certificates.server,
    ca: certificates.ca,
    requestCert: true,
    rejectUnauthorized: true,
  });

  it('is shown to a server that demands one', async () => {
    await using server = await startServer(answerWith(200), { tls: demanding() });
    const client = clientWith({
      ca: inline(certificates.ca),
      cert: file('cert_file', certificates.clientCertFile),
      key: file('key_file', certificates.clientKeyFile),
    });
    expect(await tell(client, server.origin)).toEqual({ kind: 'sent' });
  });

  it('that is missing is refused during the handshake of TLS 1.2', async () => {
    await using server = await startServer(answerWith(200), { tls: { ...demanding(), maxVersion: 'TLSv1.2' } });
    const outcome = await tell(clientWith({ ca: inline(certificates.ca) }), server.origin);
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true });
  });

  it('that is missing leaves it unknown with TLS 1.3, which lets the client write before the verdict', async () => {
    await using server = await startServer(answerWith(200), { tls: { ...demanding(), minVersion: 'TLSv1.3' } });
    const outcome = await tell(clientWith({ ca: inline(certificates.ca) }), server.origin);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(server.requests).toHaveLength(0);
  });

  it('that does not fit its key is refused without showing either', async () => {
    const client = clientWith({ cert: inline(certificates.client.cert), key: inline(certificates.server.key) });
    const outcome = await tell(client, 'https://localhost:9');
    expect(outcome).toMatchObject({ kind: 'refused', retryable: true, reason: 'other' });
    expect(JSON.stringify(outcome)).not.toContain('BEGIN');
  });
});

describe('files', () => {
  it('are read again when they change', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server });
    const path = join(certificates.directory, 'rotated.pem');
    const client = clientWith({ ca: file('ca_file', path) });
    writeFileSync(path, certificates.strangerCa);
    expect(await tell(client, server.origin)).toMatchObject({ kind: 'refused' });
    copyFileSync(certificates.caFile, path);
    expect(await tell(client, server.origin)).toEqual({ kind: 'sent' });
  });

  it('that stay the same keep the connection', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server });
    const client = clientWith({ ca: file('ca_file', certificates.caFile) });
    await tell(client, server.origin);
    await tell(client, server.origin);
    expect(server.connections).toBe(1);
  });

  it('without a certificate are refused with their name', async () => {
    const path = join(certificates.directory, 'nonsense.pem');
    writeFileSync(path, 'nonsense');
    const outcome = await tell(clientWith({ ca: file('ca_file', path) }), 'https://localhost:9');
    expect(outcome).toMatchObject({ kind: 'refused', message: 'tls_config: ca_file holds no PEM certificate' });
  });
});

describe('HTTP/2', () => {
  it('is spoken with a server that speaks nothing else', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server, http2Only: true });
    expect(await tell(clientWith({ ca: inline(certificates.ca) }), server.origin)).toEqual({ kind: 'sent' });
    expect(server.requests).toMatchObject([{ httpVersion: '2.0', body: 'x' }]);
  });

  it('is not spoken if it is turned off', async () => {
    await using server = await startServer(answerWith(200), { tls: certificates.server, http2Only: true });
    const client = clientWith({ ca: inline(certificates.ca) }, false);
    expect(await tell(client, server.origin)).toMatchObject({ kind: 'refused' });
  });
});
