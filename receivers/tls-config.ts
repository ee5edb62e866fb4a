/**
 * `tls_config` as Prometheus defines it: whom to trust, who we are, which protocol versions. The files are read when a
 * connection is about to be made; see tls-material.ts.
 */
import type { SecureVersion } from 'node:tls';
import { z } from 'zod';
import { optional, text, yamlBoolean } from './config-values.ts';
import { resolveSecretFile, type SecretSource } from './secret.ts';
import { secretSource, showSecretSource, unsupported } from './secret-config.ts';
import { caProblem } from './tls-material.ts';

export interface TlsConfig {
  /** PEM, one or more certificates. Undefined: what the system trusts. */
  readonly ca: SecretSource | undefined;
  /** PEM of the client certificate and its chain; set together with `key` or not at all. */
  readonly cert: SecretSource | undefined;
  readonly key: SecretSource | undefined;
  /** '' for the host of the URL. */
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  /** Undefined: TLS 1.2, which is also Go's default. */
  readonly minVersion: SecureVersion | undefined;
  readonly maxVersion: SecureVersion | undefined;
}

export const defaultTlsConfig: TlsConfig = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  serverName: '',
  insecureSkipVerify: false,
  minVersion: undefined,
  maxVersion: undefined,
};

/** Prometheus' names, oldest first. */
const TLS_VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['TLS10', 'TLSv1'],
  ['TLS11', 'TLSv1.1'],
  ['TLS12', 'TLSv1.2'],
  ['TLS13', 'TLSv1.3'],
]);

const tlsVersion = text.transform((name, context): SecureVersion => {
  const version = TLS_VERSIONS.get(name);
  if (version !== undefined) return version;
  context.addIssue({ code: 'custom', message: `must be one of ${[...TLS_VERSIONS.keys()].join(', ')}, not "${name}"` });
  return z.NEVER;
});

export const tlsConfigSchema = z
  .strictObject({
    ca: optional(text),
    ca_file: optional(text),
    ca_ref: unsupported('there is no secret manager, use ca_file'),
    cert: optional(text),
    cert_file: optional(text),
    cert_ref: unsupported('there is no secret manager, use cert_file'),
    key: optional(text),
    key_file: optional(text),
    key_ref: unsupported('there is no secret manager, use key_file'),
    server_name: optional(text),
    insecure_skip_verify: optional(yamlBoolean),
    min_version: optional(tlsVersion),
    max_version: optional(tlsVersion),
  })
  .transform((block, context): TlsConfig => {
    const ca = secretSource(block, 'ca', context);
    const cert = secretSource(block, 'cert', context);
    const key = secretSource(block, 'key', context);
    if ((cert === undefined) !== (key === undefined)) {
      const missing = cert === undefined ? 'cert' : 'key';
      const message = `a client certificate needs both: set ${missing} or ${missing}_file as well`;
      context.addIssue({ code: 'custom', path: [missing === 'cert' ? 'key' : 'cert'], message });
    }
    const problem = ca?.kind === 'inline' ? caProblem(ca.secret.reveal()) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['ca'], message: problem });
    const versions = [...TLS_VERSIONS.values()];
    const { min_version: minVersion, max_version: maxVersion } = block;
    if (minVersion && maxVersion && versions.indexOf(minVersion) > versions.indexOf(maxVersion)) {
      context.addIssue({ code: 'custom', path: ['max_version'], message: 'must not be older than min_version' });
    }
    return {
      ca,
      cert,
      key,
      serverName: block.server_name ?? '',
      insecureSkipVerify: block.insecure_skip_verify ?? false,
      minVersion,
      maxVersion,
    };
  });

/** Makes relative files absolute. */
export function resolveTlsFiles(config: TlsConfig, directory: string): TlsConfig {
  return {
    ...config,
    ca: resolveSecretFile(config.ca, directory),
    cert: resolveSecretFile(config.cert, directory),
    key: resolveSecretFile(config.key, directory),
  };
}

/** `{ tls_config: … }` as configuration shows it, secrets masked, or nothing if all of it is the default. */
export function showTlsConfig(config: TlsConfig): Record<string, unknown> {
  const name = (version: SecureVersion) => [...TLS_VERSIONS].find(([, value]) => value === version)?.[0];
  const shown = {
    ...showSecretSource('ca', config.ca),
    ...showSecretSource('cert', config.cert),
    ...showSecretSource('key', config.key),
    ...(config.serverName && { server_name: config.serverName }),
    ...(config.minVersion && { min_version: name(config.minVersion) }),
    ...(config.maxVersion && { max_version: name(config.maxVersion) }),
  };
  if (Object.keys(shown).length === 0 && !config.insecureSkipVerify) return {};
  return { tls_config: { ...shown, insecure_skip_verify: config.insecureSkipVerify } };
}
