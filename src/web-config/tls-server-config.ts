/**
 * `tls_server_config` as Prometheus' exporter-toolkit defines it: who this node is, which clients it lets in, which TLS
 * it speaks. Pure: its files are read in load-web-config.ts.
 */
import type { SecureVersion } from 'node:tls';
import { z } from 'zod';
import { optional, text, yamlBoolean } from '../../receivers/config-values.ts';
import { resolveSecretFile, type SecretSource } from '../../receivers/secret.ts';
import { type IssueContext, secretSource } from '../../receivers/secret-config.ts';
import { quoted } from '../config/config-error.ts';
import { CIPHER_SUITES, CURVES, OUTDATED_TLS_VERSIONS, TLS_VERSIONS } from './go-tls-names.ts';

/** Go's five policies, by what they ask of a client's certificate. */
export type ClientCertificatePolicy =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert';

export interface TlsServerConfig {
  readonly cert: SecretSource;
  readonly key: SecretSource;
  readonly clientPolicy: ClientCertificatePolicy;
  /** Undefined: what Node trusts. */
  readonly clientCa: SecretSource | undefined;
  /** One of these must be in the client's certificate; [] is any. */
  readonly clientAllowedSans: readonly string[];
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** Go's names, those known; [] is all. */
  readonly cipherSuites: readonly string[];
  readonly prefersOwnCipherOrder: boolean;
  /** OpenSSL's names in the order of preference; [] is its own choice. */
  readonly curves: readonly string[];
}

const POLICIES: ReadonlyMap<string, ClientCertificatePolicy> = new Map([
  ['NoClientCert', 'NoClientCert'],
  ['RequestClientCert', 'RequestClientCert'],
  ['RequireAnyClientCert', 'RequireAnyClientCert'],
  // Never one of Go's names; the toolkit keeps it for files of old.
  ['RequireClientCert', 'RequireAnyClientCert'],
  ['VerifyClientCertIfGiven', 'VerifyClientCertIfGiven'],
  ['RequireAndVerifyClientCert', 'RequireAndVerifyClientCert'],
]);

const policy = oneOf(POLICIES);

const version = text.transform((name, context): SecureVersion => {
  const known = TLS_VERSIONS.get(name);
  if (known !== undefined) return known;
  const message = OUTDATED_TLS_VERSIONS.has(name)
    ? 'is broken and not spoken here; every client of the last ten years has TLS12 or newer'
    : `must be one of ${[...TLS_VERSIONS.keys()].join(', ')}, not ${quoted(name)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const cipherSuite = text.superRefine((name, context) => {
  if (CIPHER_SUITES.has(name)) return;
  const message = name.startsWith('TLS_RSA_')
    ? 'has no forward secrecy, so Go calls it insecure and it is not spoken here; remove it'
    : `is none of the suites that Go calls secure: ${[...CIPHER_SUITES.keys()].join(', ')}`;
  context.addIssue({ code: 'custom', message });
});

const schema = z.strictObject({
  cert: optional(text),
  cert_file: optional(text),
  key: optional(text),
  key_file: optional(text),
  client_auth_type: optional(text),
  client_ca: optional(text),
  client_ca_file: optional(text),
  client_allowed_sans: optional(z.array(text)),
  min_version: optional(version),
  max_version: optional(version),
  cipher_suites: optional(z.array(cipherSuite)),
  prefer_server_cipher_suites: optional(yamlBoolean),
  curve_preferences: optional(z.array(oneOf(CURVES))),
});

/** Undefined where the block asks for nothing, which means plain HTTP. Relative files are made absolute. */
export function tlsServerConfigSchema(directory: string) {
  return schema.transform((block, context): TlsServerConfig | undefined => {
    const source = (key: string) => resolveSecretFile(secretSource(block, key, context), directory);
    const [cert, key, clientCa] = [source('cert'), source('key'), source('client_ca')];
    const typed = block.client_auth_type ?? '';
    const clientPolicy = typed === '' ? 'NoClientCert' : readPolicy(typed, context);
    if (clientPolicy === 'NoClientCert') refuseIdleClientKeys(block, context);
    // As in the toolkit: versions and suites alone do not ask for TLS.
    if (cert === undefined && key === undefined && clientCa === undefined && typed === '') return undefined;
    for (const [name, value] of Object.entries({ cert, key })) {
      if (value === undefined) {
        const message = `TLS needs both certificate and key; set ${name}_file, or ${name}`;
        context.addIssue({ code: 'custom', path: [`${name}_file`], message });
      }
    }
    const { min_version: minVersion = 'TLSv1.2', max_version: maxVersion = 'TLSv1.3' } = block;
    if (minVersion > maxVersion) {
      context.addIssue({ code: 'custom', path: ['max_version'], message: 'must not be older than min_version' });
    }
    if (cert === undefined || key === undefined) return undefined;
    return {
      cert,
      key,
      clientPolicy: clientPolicy ?? 'NoClientCert',
      clientCa,
      clientAllowedSans: block.client_allowed_sans ?? [],
      minVersion,
      maxVersion,
      cipherSuites: block.cipher_suites ?? [],
      prefersOwnCipherOrder: block.prefer_server_cipher_suites ?? true,
      curves: block.curve_preferences ?? [],
    };
  });
}

function readPolicy(typed: string, context: IssueContext): ClientCertificatePolicy | undefined {
  const read = policy.safeParse(typed);
  if (read.success) return read.data;
  for (const { message } of read.error.issues) {
    context.addIssue({ code: 'custom', path: ['client_auth_type'], message });
  }
  return undefined;
}

/** Whoever names the clients to let in and forgets to ask for their certificates would let in everybody. */
function refuseIdleClientKeys(block: z.output<typeof schema>, context: IssueContext): void {
  for (const key of ['client_ca', 'client_ca_file', 'client_allowed_sans'] as const) {
    if (block[key] === undefined || block[key].length === 0) continue;
    const message = 'no client is asked for a certificate; set client_auth_type: RequireAndVerifyClientCert';
    context.addIssue({ code: 'custom', path: [key], message });
  }
}

function oneOf<Value extends string>(names: ReadonlyMap<string, Value>) {
  return text.transform((name, context): Value => {
    const value = names.get(name);
    if (value !== undefined) return value;
    const message = `must be one of ${[...names.keys()].join(', ')}, not ${quoted(name)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}
