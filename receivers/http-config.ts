/**
 * `http_config` as Prometheus defines it, every key but those that need a secret manager or a JWT signer: how a receiver
 * that speaks HTTP authenticates, which TLS and proxy it uses, which headers it adds.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { optional, secretText, text, yamlBoolean } from './config-values.ts';
import {
  authorizationKeys,
  authorizationOf,
  type HttpAuthorization,
  resolveAuthorizationFiles,
  showAuthorization,
} from './http-authorization.ts';
import { noProxyConfig, type ProxyConfig, proxyConfig, proxyKeys, showProxyConfig } from './http-proxy.ts';
import { resolveSecretFile, type SecretSource } from './secret.ts';
import { defaultTlsConfig, resolveTlsFiles, showTlsConfig, type TlsConfig, tlsConfigSchema } from './tls-config.ts';

export interface HttpHeader {
  readonly name: string;
  /** Sent as they are. */
  readonly values: readonly string[];
  /** Sent after the values, in this order. */
  readonly secrets: readonly SecretSource[];
}

export interface HttpConfig {
  readonly authorization: HttpAuthorization | undefined;
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly headers: readonly HttpHeader[];
}

/** What a receiver uses when neither it nor `global` has an http_config. */
export const defaultHttpConfig: HttpConfig = {
  authorization: undefined,
  tls: defaultTlsConfig,
  proxy: noProxyConfig,
  followRedirects: true,
  enableHttp2: true,
  headers: [],
};

/**
 * Prometheus' list of headers that the client itself sets or other keys set, and those that frame a message (RFC 9112),
 * which no sender may choose.
 */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-prometheus-scrape-timeout-seconds',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
  'expect',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const headerValue = text.refine(isHeaderValue, { error: 'must not hold line breaks or other control characters' });

const headerSchema = z.strictObject({
  values: optional(z.array(headerValue)),
  secrets: optional(
    z.array(secretText.refine((secret) => isHeaderValue(secret.reveal()), { error: 'must not hold line breaks' })),
  ),
  files: optional(z.array(text)),
});

const headersSchema = z.record(text, headerSchema.nullable()).transform((block, context) =>
  Object.entries(block).map(([name, header]): HttpHeader => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (!isHeaderName(name)) refuse('is not a valid header name');
    if (RESERVED_HEADERS.has(name.toLowerCase())) refuse('must not be set here, the client sets this header itself');
    const inline = (header?.secrets ?? []).map((secret): SecretSource => ({ kind: 'inline', secret }));
    const files = (header?.files ?? []).map(
      (path): SecretSource => ({ kind: 'file', key: `http_headers.${name}.files`, path }),
    );
    return { name, values: header?.values ?? [], secrets: [...inline, ...files] };
  }),
);

/** Relative files stay relative: see {@link resolveHttpConfigFiles}. */
export const httpConfigSchema = z
  .strictObject({
    ...authorizationKeys,
    ...proxyKeys,
    tls_config: optional(tlsConfigSchema),
    follow_redirects: optional(yamlBoolean),
    enable_http2: optional(yamlBoolean),
    http_headers: optional(headersSchema),
  })
  .transform(
    (block, context): HttpConfig => ({
      authorization: authorizationOf(block, context),
      tls: block.tls_config ?? defaultTlsConfig,
      proxy: proxyConfig(block, context),
      followRedirects: block.follow_redirects ?? true,
      enableHttp2: block.enable_http2 ?? true,
      headers: block.http_headers ?? [],
    }),
  );

/** Makes every relative file absolute; Alertmanager resolves them against the directory of the configuration file. */
export function resolveHttpConfigFiles(config: HttpConfig, directory: string): HttpConfig {
  return {
    ...config,
    authorization: resolveAuthorizationFiles(config.authorization, directory),
    tls: resolveTlsFiles(config.tls, directory),
    headers: config.headers.map((header) => ({
      ...header,
      secrets: header.secrets.map((source) => resolveSecretFile(source, directory)),
    })),
  };
}

/** The block as configuration shows it: YAML keys, defaults filled in, secrets masked. */
export function showHttpConfig(config: HttpConfig): Record<string, unknown> {
  return {
    ...showAuthorization(config.authorization),
    ...showTlsConfig(config.tls),
    follow_redirects: config.followRedirects,
    enable_http2: config.enableHttp2,
    ...showProxyConfig(config.proxy),
    ...(config.headers.length > 0 && {
      http_headers: Object.fromEntries(config.headers.map((header) => [header.name, showHeader(header)])),
    }),
  };
}

function showHeader({ values, secrets }: HttpHeader): Record<string, unknown> {
  const inline = secrets.flatMap((source) => (source.kind === 'inline' ? [String(source.secret)] : []));
  const files = secrets.flatMap((source) => (source.kind === 'file' ? [source.path] : []));
  return {
    ...(values.length > 0 && { values }),
    ...(inline.length > 0 && { secrets: inline }),
    ...(files.length > 0 && { files }),
  };
}

function isHeaderName(name: string): boolean {
  return passes(() => validateHeaderName(name));
}

function isHeaderValue(value: string): boolean {
  return passes(() => validateHeaderValue('value', value));
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
