/**
 * Which proxy a request goes through: the proxy keys of http_config, and the decision for one URL with the rules of Go's
 * httpproxy, which Alertmanager's users have in their `no_proxy`.
 */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { optional, text, yamlBoolean } from './config-values.ts';
import { Secret } from './secret.ts';
import type { IssueContext } from './secret-config.ts';

export interface ProxyConfig {
  /** May hold a password. Undefined: no proxy, unless the environment says so. */
  readonly url: Secret | undefined;
  readonly noProxy: string;
  readonly fromEnvironment: boolean;
  /** Sent with CONNECT only. */
  readonly connectHeaders: readonly { readonly name: string; readonly values: readonly Secret[] }[];
}

export const noProxyConfig: ProxyConfig = { url: undefined, noProxy: '', fromEnvironment: false, connectHeaders: [] };

const PROXY_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

const proxyUrl = text.superRefine((value, context) => {
  if (value === '' || (URL.canParse(value) && PROXY_PROTOCOLS.has(new URL(value).protocol))) return;
  context.addIssue({
    code: 'custom',
    message: 'must be an http, https or socks5 URL such as "http://proxy.example.org:3128"',
  });
});

const headerValues = z.array(text).or(text.transform((value) => [value]));

/** The proxy keys stand directly in http_config and in oauth2; their schemas spread this in. */
export const proxyKeys = {
  proxy_url: optional(proxyUrl),
  no_proxy: optional(text),
  proxy_from_environment: optional(yamlBoolean),
  proxy_connect_header: optional(z.record(text, headerValues.nullable())),
};

interface ProxyBlock {
  readonly proxy_url: string | undefined;
  readonly no_proxy: string | undefined;
  readonly proxy_from_environment: boolean | undefined;
  readonly proxy_connect_header: Readonly<Record<string, readonly string[] | null>> | undefined;
}

export function proxyConfig(block: ProxyBlock, context: IssueContext): ProxyConfig {
  const { proxy_url: url = '', no_proxy: noProxy = '', proxy_from_environment: fromEnvironment = false } = block;
  const connectHeaders = Object.entries(block.proxy_connect_header ?? {}).map(([name, values]) => ({
    name,
    values: (values ?? []).map((value) => new Secret(value)),
  }));
  const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (fromEnvironment && url !== '') refuse('proxy_url', 'must not be set together with proxy_from_environment');
  if (fromEnvironment && noProxy !== '') refuse('no_proxy', 'must not be set together with proxy_from_environment');
  if (url === '' && !fromEnvironment) {
    if (noProxy !== '') refuse('no_proxy', 'needs proxy_url as well');
    if (connectHeaders.length > 0) refuse('proxy_connect_header', 'needs proxy_url or proxy_from_environment as well');
  }
  return { url: url === '' ? undefined : new Secret(url), noProxy, fromEnvironment, connectHeaders };
}

export function showProxyConfig(config: ProxyConfig): Record<string, unknown> {
  return {
    ...(config.url && { proxy_url: showProxyUrl(config.url) }),
    ...(config.noProxy && { no_proxy: config.noProxy }),
    ...(config.fromEnvironment && { proxy_from_environment: true }),
    ...(config.connectHeaders.length > 0 && {
      proxy_connect_header: Object.fromEntries(
        config.connectHeaders.map(({ name, values }) => [name, values.map(String)]),
      ),
    }),
  };
}

/** As Go's `URL.Redacted`: only the password is secret. */
function showProxyUrl(secret: Secret): string {
  const url = new URL(secret.reveal());
  if (url.password !== '') url.password = 'xxxxx';
  return url.href;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for this URL, or undefined to connect directly. `proxy_url` without `no_proxy` is used for everything; with a
 * `no_proxy` list, or from the environment, loopback hosts are always connected directly.
 */
export function proxyFor(url: URL, config: ProxyConfig, environment: Environment): string | undefined {
  if (config.url !== undefined) {
    const proxy = config.url.reveal();
    return config.noProxy === '' || !isExempt(url, config.noProxy) ? proxy : undefined;
  }
  if (!config.fromEnvironment) return undefined;
  const variable = (name: string) => environment[name.toUpperCase()] || environment[name] || '';
  const proxy = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  if (proxy === '' || isExempt(url, variable('no_proxy'))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/**
 * Whether `no_proxy` takes this URL out: `*`, an address, a CIDR block, `example.org` (the domain and all below it),
 * `.example.org` or `*.example.org` (only below it), each but CIDR with an optional `:port`.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (host === 'localhost' || isLoopback(host)) return true;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(',').some((entry) => entryCovers(entry.trim().toLowerCase(), host, port));
}

function entryCovers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry.includes('/')) return blockCovers(entry, host);
  // `name`, `name:port`, `[address]`, `[address]:port`; anything else is a bare IPv6 address.
  const match = /^(?:\[([^\]]*)\]|([^:]+))(?::(\d+))?$/.exec(entry);
  const name = match?.[1] ?? match?.[2] ?? entry;
  if (match?.[3] !== undefined && match[3] !== port) return false;
  if (name === '*') return true;
  if (isIP(name) !== 0) return sameAddress(name, host);
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host.endsWith(`.${domain}`) || host === name);
}

function blockCovers(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  if (isIP(network) === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (isIP(network) === 4 ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(host, family(host));
}

function sameAddress(a: string, b: string): boolean {
  if (isIP(b) === 0) return false;
  const block = new BlockList();
  block.addAddress(a, family(a));
  return block.check(b, family(b));
}

function isLoopback(host: string): boolean {
  return isIP(host) !== 0 && (blockCovers('127.0.0.0/8', host) || sameAddress('::1', host));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
