/** `irc_configs`. Alertmanager has none; the keys are the words that Prometheus and IRC people expect. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { formatGoDuration } from '../../src/model/duration.ts';
import { goDurationMs, optional, text, yamlBoolean, yamlInteger } from '../config-values.ts';
import { resolveSecretFile, type SecretSource } from '../secret.ts';
import { secretSource, showSecretSource } from '../secret-config.ts';
import { defaultTlsConfig, resolveTlsFiles, showTlsConfig, type TlsConfig, tlsConfigSchema } from '../tls-config.ts';
import type { FloodLimit } from './token-bucket.ts';

/** How the bot introduces itself, beside its nick. */
export interface Introduction {
  readonly username: string;
  readonly realname: string;
}

/** Receivers that agree in all of this but the introduction share one connection: see {@link connectionTraits}. */
export interface ConnectionConfig extends Introduction {
  readonly server: string;
  readonly port: number;
  /** Undefined: plain text. */
  readonly tls: TlsConfig | undefined;
  readonly nick: string;
  /** SASL PLAIN, and whom NickServ is asked to identify under another nick. Undefined: none. */
  readonly account: string | undefined;
  readonly password: SecretSource | undefined;
  readonly nickservPassword: SecretSource | undefined;
  readonly serverPassword: SecretSource | undefined;
  readonly flood: FloodLimit;
}

export interface ChannelConfig {
  readonly name: string;
  readonly key: SecretSource | undefined;
}

export interface IrcConfig {
  readonly integration: 'irc';
  readonly sendResolved: boolean;
  readonly connection: ConnectionConfig;
  /** At least one; no two are the same to a server. */
  readonly channels: readonly ChannelConfig[];
  readonly messageType: 'notice' | 'message';
  readonly lines: 'alert' | 'group';
  /** A template, a line of it a line. '' for the standard lines. */
  readonly message: string;
}

const DEFAULT_NICK = 'tocsin';
export const DEFAULT_INTRODUCTION: Introduction = { username: 'tocsin', realname: 'Tocsin alerts' };
const TLS_PORT = 6697;
const PLAIN_PORT = 6667;
/** What the larger networks bear without a penalty, in lines and with the PING after each. */
export const DEFAULT_FLOOD: FloodLimit = { burst: 4, intervalMs: 1200 };
/** More would take longer to join than a flood limit allows, and servers mostly allow 20 or fewer. */
const MOST_CHANNELS = 20;

/** A text with a rule; the pattern says which. Never repeats the value: a secret may have come into the wrong key. */
function word(pattern: RegExp, rule: string) {
  return text.superRefine((value, context) => {
    if (!pattern.test(value)) context.addIssue({ code: 'custom', message: rule });
  });
}

const server = text.superRefine((value, context) => {
  const problem = serverProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

function serverProblem(value: string): string | undefined {
  if (isIP(value) !== 0) return undefined;
  if (/^[a-z]+:\/\//i.test(value)) return 'must be a host, not a URL; tls and port have keys of their own';
  if (/^(?:[^:]+|\[.*\]):\d+$/.test(value)) return 'must be a host without a port; the port has a key of its own';
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/.test(value) ? undefined : 'must be a host name or an IP address';
}

const port = yamlInteger.refine((value) => value >= 1 && value <= 65535, { error: 'must be from 1 to 65535' });

/** RFC 2812, 2.3.1; the length is the longest that a large network allows. */
const nick = word(
  /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/,
  'must be 1 to 30 letters, digits or any of []\\`_^{|}-, and not begin with a digit or -',
);
const username = word(/^[A-Za-z0-9_.-]{1,10}$/, 'must be 1 to 10 letters, digits or any of _.-');
const realname = word(/^[^\p{Cc}]{1,100}$/u, 'must be 1 to 100 characters on one line');
const account = word(/^[^\p{Cc}\s]{1,100}$/u, 'must be 1 to 100 characters without spaces');
const CHANNEL_RULE =
  'must begin with #, &, + or ! and hold no space, comma, colon or control character, in at most 50 bytes';
const CHANNEL = /^[#&+!][^\s,:\p{Cc}]+$/u;

const channelName = z
  .string({ error: "must be a name in quotes, such as '#ops': unquoted, # begins a comment of YAML" })
  .superRefine((name, context) => {
    if (CHANNEL.test(name) && Buffer.byteLength(name) <= 50) return;
    const hint = /^[A-Za-z]/.test(name) ? `; did you mean "#${name.slice(0, 40)}"?` : '';
    context.addIssue({ code: 'custom', message: `${CHANNEL_RULE}${hint}` });
  });

const channelBlock = z
  .strictObject({ name: channelName, key: optional(text), key_file: optional(text) })
  .transform((block, context): ChannelConfig => {
    const key = secretSource(block, 'key', context);
    const problem = key?.kind === 'inline' ? keyProblem(key.secret.reveal()) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['key'], message: problem });
    return { name: block.name, key };
  });

const bareChannel = channelName.transform((name): ChannelConfig => ({ name, key: undefined }));

/** Not a union, whose errors would say that neither fits instead of what is wrong. */
const channel = z.unknown().transform((value, context): ChannelConfig => {
  const parsed = (typeof value === 'object' && value !== null ? channelBlock : bareChannel).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue });
  // Unknown keys alone do not keep zod from going on with the block.
  return { name: '', key: undefined };
});

/** A key is one word of a command (RFC 2812, 2.3.1). A shown configuration may be loaded again. */
export function keyProblem(key: string): string | undefined {
  return /^[^\s,\p{Cc}]{1,50}$/u.test(key) && !key.startsWith(':')
    ? undefined
    : 'must hold no space, comma or line end';
}

const singleLine = word(/^[^\r\n\0]*$/, 'must be a single line');

export const ircConfigSchema: z.ZodType<IrcConfig> = z
  .strictObject({
    send_resolved: optional(yamlBoolean),
    server: optional(server),
    port: optional(port),
    tls: optional(yamlBoolean),
    tls_config: optional(tlsConfigSchema),
    nick: optional(nick),
    username: optional(username),
    realname: optional(realname),
    account: optional(account),
    password: optional(singleLine),
    password_file: optional(text),
    nickserv_password: optional(singleLine),
    nickserv_password_file: optional(text),
    server_password: optional(singleLine),
    server_password_file: optional(text),
    channels: optional(z.array(channel, { error: "must be a list, such as ['#ops']" })),
    message_type: optional(choice(['notice', 'message'])),
    lines: optional(choice(['alert', 'group'])),
    message: optional(text),
    flood_burst: optional(
      yamlInteger.refine((value) => value >= 1 && value <= 100, { error: 'must be from 1 to 100' }),
    ),
    flood_interval: optional(
      goDurationMs.refine((value) => value <= 10_000, { error: 'must be at most 10s: a page would take minutes' }),
    ),
  })
  .transform((block, context): IrcConfig => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const tls = block.tls ?? true;
    if (!tls && block.tls_config) issue(['tls_config'], 'has no effect without tls');
    const password = secretSource(block, 'password', context);
    if ((block.account === undefined) !== (password === undefined)) {
      if (password === undefined) issue(['account'], 'needs its password: set password or password_file as well');
      else issue([password.kind === 'file' ? 'password_file' : 'password'], 'needs its account: set account as well');
    }
    if (block.server === undefined) issue(['server'], 'must be set');
    const channels = block.channels ?? [];
    if (channels.length === 0) issue(['channels'], "must name at least one channel, such as ['#ops']");
    if (channels.length > MOST_CHANNELS) issue(['channels'], `must be at most ${MOST_CHANNELS} channels`);
    for (const [index, { name }] of channels.entries()) {
      const isListed = channels.slice(0, index).some((other) => channelKey(other.name) === channelKey(name));
      if (isListed && name !== '') issue(['channels', index], `${name} is listed twice`);
    }
    return {
      integration: 'irc',
      sendResolved: block.send_resolved ?? true,
      connection: {
        server: block.server ?? '',
        port: block.port ?? (tls ? TLS_PORT : PLAIN_PORT),
        tls: tls ? (block.tls_config ?? defaultTlsConfig) : undefined,
        nick: block.nick ?? DEFAULT_NICK,
        username: block.username ?? DEFAULT_INTRODUCTION.username,
        realname: block.realname ?? DEFAULT_INTRODUCTION.realname,
        account: block.account,
        password,
        nickservPassword: secretSource(block, 'nickserv_password', context),
        serverPassword: secretSource(block, 'server_password', context),
        flood: {
          burst: block.flood_burst ?? DEFAULT_FLOOD.burst,
          intervalMs: block.flood_interval ?? DEFAULT_FLOOD.intervalMs,
        },
      },
      channels,
      messageType: block.message_type ?? 'notice',
      lines: block.lines ?? 'alert',
      message: block.message ?? '',
    };
  });

function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return text.transform((value, context): Words[number] => {
    const found = words.find((known) => known === value);
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: `must be ${words.join(' or ')}, not "${value}"` });
    return z.NEVER;
  });
}

/** What makes two names the same channel; RFC 2812, 2.2, counts {}|^ as the lower case of []\~. */
export function channelKey(name: string): string {
  return name.toLowerCase().replaceAll('[', '{').replaceAll(']', '}').replaceAll('\\', '|').replaceAll('~', '^');
}

export function resolveIrcFiles(config: IrcConfig, directory: string): IrcConfig {
  const { connection, channels } = config;
  return {
    ...config,
    connection: {
      ...connection,
      tls: connection.tls && resolveTlsFiles(connection.tls, directory),
      password: resolveSecretFile(connection.password, directory),
      nickservPassword: resolveSecretFile(connection.nickservPassword, directory),
      serverPassword: resolveSecretFile(connection.serverPassword, directory),
    },
    channels: channels.map(({ name, key }) => ({ name, key: resolveSecretFile(key, directory) })),
  };
}

export function showIrcConfig(config: IrcConfig): Record<string, unknown> {
  const { connection, channels } = config;
  return {
    send_resolved: config.sendResolved,
    server: connection.server,
    port: connection.port,
    tls: connection.tls !== undefined,
    ...(connection.tls && showTlsConfig(connection.tls)),
    nick: connection.nick,
    username: connection.username,
    realname: connection.realname,
    ...(connection.account !== undefined && { account: connection.account }),
    ...showSecretSource('password', connection.password),
    ...showSecretSource('nickserv_password', connection.nickservPassword),
    ...showSecretSource('server_password', connection.serverPassword),
    channels: channels.map(({ name, key }) => (key === undefined ? name : { name, ...showSecretSource('key', key) })),
    message_type: config.messageType,
    lines: config.lines,
    ...(config.message !== '' && { message: config.message }),
    flood_burst: connection.flood.burst,
    flood_interval: formatGoDuration(connection.flood.intervalMs),
  };
}

/** What two sources of a secret are told apart by; never to be shown. */
export function secretIdentity(source: SecretSource | undefined): readonly string[] | undefined {
  return source && (source.kind === 'file' ? ['file', source.path] : ['inline', source.secret.reveal()]);
}

/**
 * All that makes two connections different, by configuration key. Values hold secrets and are never to be shown. How the bot
 * introduces itself is none of it: two bots, one of them under a nick nobody gave it, would be a high price for a few words.
 */
export function connectionTraits(connection: ConnectionConfig): ReadonlyMap<string, string> {
  const { tls, flood } = connection;
  const files = tls && { ca: secretIdentity(tls.ca), cert: secretIdentity(tls.cert), key: secretIdentity(tls.key) };
  const traits: Record<string, unknown> = {
    server: connection.server.toLowerCase(),
    port: connection.port,
    tls: tls !== undefined,
    tls_config: tls && { ...tls, ...files },
    nick: connection.nick,
    account: connection.account,
    password: secretIdentity(connection.password),
    nickserv_password: secretIdentity(connection.nickservPassword),
    server_password: secretIdentity(connection.serverPassword),
    flood_burst: flood.burst,
    flood_interval: flood.intervalMs,
  };
  return new Map(Object.entries(traits).map(([key, value]) => [key, JSON.stringify(value) ?? '']));
}

/** For {@link Sessions}; never to be shown. */
export function connectionKey(connection: ConnectionConfig): string {
  return `irc ${JSON.stringify([...connectionTraits(connection)])}`;
}
