/**
 * `--web.config.file` as users of Prometheus know it (exporter-toolkit): from its text to a frozen WebConfig, or every
 * error in it with its line. Pure; no message holds a password hash or a key.
 */
import { z } from 'zod';
import { goDurationMs, optional, secretText, text, yamlBoolean, yamlInteger } from '../../receivers/config-values.ts';
import type { Secret } from '../../receivers/secret.ts';
import { type ConfigError, formatWarning, quoted } from '../config/config-error.ts';
import { readFields, readValue } from '../config/fields.ts';
import { deepFrozen } from '../config/frozen.ts';
import { Problems } from '../config/problems.ts';
import { readYaml } from '../config/yaml-tree.ts';
import { type TlsServerConfig, tlsServerConfigSchema } from './tls-server-config.ts';

export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsServerConfig | undefined;
  /** To be set on every answer; the empty text takes a header away that would be set otherwise. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user name; empty: nobody is asked for a password. */
  readonly users: ReadonlyMap<string, Secret>;
  /** Of all requests together, whoever they come from. */
  readonly rateLimit: { readonly intervalMs: number; readonly burst: number } | undefined;
}

export const emptyWebConfig: WebConfig = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined };

export type WebConfigResult =
  | {
      readonly ok: true;
      readonly config: WebConfig;
      readonly warnings: readonly string[];
      /** For what is found out only when the files are read. */
      readonly lineOf: (path: readonly string[]) => number;
    }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** The toolkit's list; null is any value. */
const HEADERS: Readonly<Record<string, readonly string[] | null>> = {
  'Content-Security-Policy': null,
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-Content-Type-Options': ['nosniff'],
  'X-XSS-Protection': null,
  'Strict-Transport-Security': null,
};

const headers = z.record(text, text.nullable()).transform((block, context) => {
  const read: Record<string, string> = {};
  for (const [name, given] of Object.entries(block)) {
    const value = given ?? '';
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: [name], message });
    const values = Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
    if (values === undefined) refuse(`cannot be set here; known are ${Object.keys(HEADERS).join(', ')}`);
    else if (values !== null && value !== '' && !values.includes(value)) {
      refuse(`must be ${values.join(' or ')}, not ${quoted(value)}`);
    } else if (/[^\t\x20-\x7e]/.test(value)) refuse('must be one line of plain ASCII');
    read[name] = value;
  }
  return read;
});

const HTTP_SCHEMA = z.strictObject({ http2: optional(yamlBoolean), headers: optional(headers) });

const RATE_SCHEMA = z
  .strictObject({ interval: optional(goDurationMs), burst: optional(yamlInteger) })
  .transform(({ interval = 0, burst = 0 }, context) => {
    if (interval === 0) return undefined;
    if (burst < 1) {
      const message = 'must be at least 1, or every request would be refused';
      context.addIssue({ code: 'custom', path: ['burst'], message });
    }
    return { intervalMs: interval, burst };
  });

const BCRYPT_HASH = /^\$2[abxy]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const LEAST_COST = 4;
/** Takes some seconds; each step more takes twice as long, and nobody else can log in meanwhile. */
const HIGHEST_COST = 16;

const hash = secretText.superRefine((secret, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const match = BCRYPT_HASH.exec(secret.reveal());
  const cost = Number(match?.[1]);
  if (match === null) refuse('is no bcrypt hash; make one with: htpasswd -nBC 10 "" | tr -d \':\\n\'');
  else if (cost < LEAST_COST) refuse(`has a bcrypt cost below ${LEAST_COST}; make it anew with a cost of 10`);
  else if (cost > HIGHEST_COST) refuse(`has a bcrypt cost above ${HIGHEST_COST}, too slow to log in; 10 is usual`);
});

const users = z.record(text, hash).transform((block, context) => {
  for (const name of Object.keys(block)) {
    // The colon ends the name in what clients send (RFC 7617).
    if (name.includes(':')) context.addIssue({ code: 'custom', path: [name], message: 'a name cannot hold a colon' });
  }
  return new Map(Object.entries(block));
});

const plain = z.custom<never>(() => true);

const SECTIONS = { tls_server_config: plain, http_server_config: plain, basic_auth_users: plain, rate_limit: plain };

/** Never throws. `directory` is absolute; relative files are looked for in it. */
export function parseWebConfig(source: string, { directory }: { directory: string }): WebConfigResult {
  const tree = readYaml(source);
  const problems = new Problems(tree);
  if (tree.root === null && tree.errors.length > 0) return { ok: false, errors: problems.errors };
  const sections = readFields(tree.root, SECTIONS, { path: [], problems });
  const read = <Schema extends z.ZodType>(key: keyof typeof SECTIONS, schema: Schema) => {
    const value = sections[key];
    return value === undefined || value === null ? undefined : readValue(value, schema, { path: [key], problems });
  };
  const tls = read('tls_server_config', tlsServerConfigSchema(directory));
  const http = read('http_server_config', HTTP_SCHEMA);
  const rateLimit = read('rate_limit', RATE_SCHEMA);
  const known = read('basic_auth_users', users) ?? emptyWebConfig.users;
  if (
    tls &&
    tls.clientAllowedSans.length > 0 &&
    tls.clientPolicy.startsWith('Req') &&
    !tls.clientPolicy.includes('Verify')
  ) {
    const message = `with ${tls.clientPolicy} anybody can make a certificate with such a name; use RequireAndVerifyClientCert`;
    problems.warning(['tls_server_config', 'client_allowed_sans'], message);
  }
  if (!tls && known.size > 0) {
    problems.warning(
      ['basic_auth_users'],
      'passwords travel readable without TLS; set tls_server_config, or listen on 127.0.0.1',
    );
  }
  if (problems.errors.length > 0) return { ok: false, errors: problems.errors };
  const config: WebConfig = { tls, headers: http?.headers ?? {}, users: known, rateLimit };
  return {
    ok: true,
    config: deepFrozen(config),
    warnings: problems.warnings.map(formatWarning),
    lineOf: (path) => problems.lineOf(path),
  };
}
