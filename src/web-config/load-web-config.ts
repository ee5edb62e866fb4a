/**
 * The web configuration as it can be used: the file, and the certificates and keys it names, read and tried. Also tells
 * whether any of these files has changed since, without reading them.
 */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { readSecret, type SecretSource } from '../../receivers/secret.ts';
import { caProblem } from '../../receivers/tls-material.ts';
import type { ConfigError } from '../config/config-error.ts';
import { readTextFile } from '../config/text-file.ts';
import { openSslCiphers } from './go-tls-names.ts';
import type { TlsServerConfig } from './tls-server-config.ts';
import { emptyWebConfig, parseWebConfig, type WebConfig } from './web-config.ts';

export interface TlsInUse {
  readonly config: TlsServerConfig;
  /** For `tls.createServer`. */
  readonly options: TlsOptions;
}

/** What is in force; another one is another object. */
export interface WebConfigInUse extends Omit<WebConfig, 'tls'> {
  readonly tls: TlsInUse | undefined;
}

export type LoadedWebConfig =
  | {
      readonly ok: true;
      readonly config: WebConfigInUse;
      readonly warnings: readonly string[];
      /** Absolute; of the web configuration itself and of all it names. */
      readonly files: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

export const noWebConfig: WebConfigInUse = { ...emptyWebConfig, tls: undefined };

/** Never rejects but with the signal's reason. */
export async function loadWebConfig(path: string, signal: AbortSignal): Promise<LoadedWebConfig> {
  const file = resolve(path);
  const read = await readTextFile(file, { flag: '--web.config.file' });
  if (!read.ok) return { ok: false, errors: [read.error] };
  const parsed = parseWebConfig(read.text, { directory: dirname(file) });
  if (!parsed.ok) return parsed;
  const { config, warnings, lineOf } = parsed;
  if (config.tls === undefined) return { ok: true, config: { ...config, tls: undefined }, warnings, files: [file] };
  const material = await readMaterial(config.tls, signal);
  if (!material.ok) {
    const errors = material.problems.map(({ key, message }): ConfigError => {
      const place = ['tls_server_config', key];
      return { line: lineOf(place), column: 1, path: place.join('.'), message };
    });
    return { ok: false, errors };
  }
  const named = [config.tls.cert, config.tls.key, config.tls.clientCa].flatMap((source) =>
    source?.kind === 'file' ? [source.path] : [],
  );
  const tls: TlsInUse = { config: config.tls, options: material.options };
  return { ok: true, config: { ...config, tls }, warnings, files: [file, ...named] };
}

/** Equal texts: nothing has changed. A file that is replaced by another of the same length and time is seen by its number. */
export async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map(async (file) => {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    } catch (cause) {
      return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    }
  });
  return (await Promise.all(stamps)).join('\n');
}

type Material =
  | { readonly ok: true; readonly options: TlsOptions }
  | { readonly ok: false; readonly problems: readonly { readonly key: string; readonly message: string }[] };

async function readMaterial(config: TlsServerConfig, signal: AbortSignal): Promise<Material> {
  const problems: { key: string; message: string }[] = [];
  const read = async (name: string, source: SecretSource | undefined) => {
    if (source === undefined) return undefined;
    try {
      return await readSecret(source, signal);
    } catch (cause) {
      if (signal.aborted) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      problems.push({ key: keyOf(name, source), message: `${message}; correct the path or its permissions` });
      return undefined;
    }
  };
  const [cert, key, ca] = await Promise.all([
    read('cert', config.cert),
    read('key', config.key),
    read('client_ca', config.clientCa),
  ]);
  const caWrong = ca === undefined ? undefined : caProblem(ca);
  if (caWrong !== undefined) problems.push({ key: keyOf('client_ca', config.clientCa), message: caWrong });
  if (cert !== undefined && caProblem(cert) !== undefined) {
    problems.push({ key: keyOf('cert', config.cert), message: caProblem(cert) ?? '' });
  }
  if (problems.length > 0 || cert === undefined || key === undefined) return { ok: false, problems };
  const material = { cert, key, ...(ca !== undefined && { ca }) };
  const settings = {
    minVersion: config.minVersion,
    maxVersion: config.maxVersion,
    ciphers: openSslCiphers(config.cipherSuites),
    honorCipherOrder: config.prefersOwnCipherOrder,
    ...(config.curves.length > 0 && { ecdhCurve: config.curves.join(':') }),
  };
  try {
    createSecureContext({ ...material, ...settings });
  } catch (cause) {
    // OpenSSL's words name the kind of mistake, never the key.
    const words = cause instanceof Error ? cause.message : String(cause);
    const message = `certificate and key cannot be used together: ${words}; both must be PEM, the key unencrypted`;
    return { ok: false, problems: [{ key: keyOf('key', config.key), message }] };
  }
  const asksForCertificate = config.clientPolicy !== 'NoClientCert';
  const options: TlsOptions = {
    ...material,
    ...settings,
    ALPNProtocols: ['http/1.1'],
    requestCert: asksForCertificate,
    // The other policies are looked after once the handshake is done.
    rejectUnauthorized: config.clientPolicy === 'RequireAndVerifyClientCert',
  };
  return { ok: true, options };
}

function keyOf(name: string, source: SecretSource | undefined): string {
  return source?.kind === 'file' ? source.key : name;
}
