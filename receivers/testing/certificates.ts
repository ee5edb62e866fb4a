/** Throw-away certificate authorities and certificates, made by the `openssl` command, which must be installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificates extends Disposable {
  /** For further files of a test; removed with the rest. */
  readonly directory: string;
  readonly caFile: string;
  readonly ca: string;
  /** For localhost and 127.0.0.1, signed by the authority. */
  readonly server: KeyPair;
  /** For the name `hooks.example.org` only. */
  readonly otherName: KeyPair;
  readonly client: KeyPair;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** Another authority, which signed none of these. */
  readonly strangerCa: string;
}

export function makeCertificates(): TestCertificates {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-certificates-'));
  const path = (name: string) => join(directory, name);
  const openssl = (name: string, subject: string, ...more: string[]) => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, '-subj', `/CN=${subject}`, ...files, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  };
  const signed = ['-CA', path('ca.pem'), '-CAkey', path('ca.key')];
  openssl('ca', 'Tocsin test authority');
  openssl('stranger', 'A stranger');
  openssl('server', 'localhost', ...signed, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  openssl('other', 'hooks.example.org', ...signed, '-addext', 'subjectAltName=DNS:hooks.example.org');
  openssl('client', 'tocsin', ...signed);
  const read = (name: string) => readFileSync(path(name), 'utf8');
  const pair = (name: string): KeyPair => ({ cert: read(`${name}.pem`), key: read(`${name}.key`) });
  return {
    directory,
    caFile: path('ca.pem'),
    ca: read('ca.pem'),
    server: pair('server'),
    otherName: pair('other'),
    client: pair('client'),
    clientCertFile: path('client.pem'),
    clientKeyFile: path('client.key'),
    strangerCa: read('stranger.pem'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}
