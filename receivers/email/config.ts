/** `email_configs`, key by key as in Alertmanager, and what becomes of them with `global`'s `smtp_*`. */
import { z } from 'zod';
import { optional, text, yamlBoolean } from '../config-values.ts';
import type { ReceiverDefaults } from '../defaults.ts';
import type { MissingValue } from '../kind.ts';
import type { SecretSource } from '../secret.ts';
import { type IssueContext, secretSource, showSecretSource } from '../secret-config.ts';
import { defaultTlsConfig, showTlsConfig, type TlsConfig, tlsConfigSchema } from '../tls-config.ts';
import { canonicalHeaderName, headerNameProblem } from './header-name.ts';
import { smarthostText } from './smarthost.ts';

/** Texts are templates, except where it says so. Undefined and, but for `html` and `text`, empty: not set. */
export interface EmailConfig {
  readonly integration: 'email';
  readonly sendResolved: boolean;
  /** Addresses, separated by commas. */
  readonly to: string;
  /** One address. */
  readonly from: string | undefined;
  /** `host:port`; no template. */
  readonly smarthost: string | undefined;
  /** No template. */
  readonly hello: string | undefined;
  /** No template. */
  readonly authUsername: string | undefined;
  readonly authPassword: SecretSource | undefined;
  readonly authSecret: SecretSource | undefined;
  /** No template. */
  readonly authIdentity: string | undefined;
  readonly requireTls: boolean | undefined;
  readonly tls: TlsConfig | undefined;
  readonly forceImplicitTls: boolean | undefined;
  /** The empty text leaves the part out. */
  readonly html: string | undefined;
  /** The empty text leaves the part out. */
  readonly text: string | undefined;
  /** By canonical name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Undefined: threads of our own making. */
  readonly threading: Threading | undefined;
}

/** `off`: no thread. `daily` and `none`: Alertmanager's threads, one a group and day, or one a group. */
export type Threading = 'off' | 'daily' | 'none';

/** A configuration with what `global` says where it says nothing itself. */
export type EmailSettings = Omit<EmailConfig, 'hello' | 'requireTls' | 'tls'> & {
  readonly hello: string;
  readonly requireTls: boolean;
  readonly tls: TlsConfig;
};

const threadingSchema = z
  .strictObject({ enabled: optional(yamlBoolean), thread_by_date: optional(text) })
  .transform((block, context): Threading => {
    const byDate = block.thread_by_date ?? '';
    if (!block.enabled) return 'off';
    if (byDate === 'daily' || byDate === 'none') return byDate;
    // Alertmanager's documentation calls daily the default; its code refuses to start without the key.
    const message = byDate === '' ? 'must be set: daily or none' : `must be daily or none, not "${byDate}"`;
    context.addIssue({ code: 'custom', path: ['thread_by_date'], message });
    return 'off';
  });

export const emailConfigSchema: z.ZodType<EmailConfig> = z
  .strictObject({
    send_resolved: optional(yamlBoolean),
    to: optional(text),
    from: optional(text),
    smarthost: optional(smarthostText),
    hello: optional(text),
    auth_username: optional(text),
    auth_password: optional(text),
    auth_password_file: optional(text),
    auth_secret: optional(text),
    auth_secret_file: optional(text),
    auth_identity: optional(text),
    require_tls: optional(yamlBoolean),
    tls_config: optional(tlsConfigSchema),
    force_implicit_tls: optional(yamlBoolean),
    html: optional(text),
    text: optional(text),
    headers: optional(z.record(z.string(), text.nullable())),
    threading: optional(threadingSchema),
  })
  .transform((block, context): EmailConfig => {
    if (!block.to) context.addIssue({ code: 'custom', path: ['to'], message: 'missing to address in email config' });
    return {
      integration: 'email',
      sendResolved: block.send_resolved ?? false,
      to: block.to ?? '',
      from: block.from || undefined,
      smarthost: block.smarthost || undefined,
      hello: block.hello || undefined,
      authUsername: block.auth_username || undefined,
      authPassword: secretSource(block, 'auth_password', context),
      authSecret: secretSource(block, 'auth_secret', context),
      authIdentity: block.auth_identity || undefined,
      requireTls: block.require_tls,
      tls: block.tls_config,
      forceImplicitTls: block.force_implicit_tls,
      html: block.html,
      text: block.text,
      headers: canonicalHeaders(Object.entries(block.headers ?? {}), context),
      threading: block.threading,
    };
  });

function canonicalHeaders(
  headers: readonly (readonly [name: string, value: string | null])[],
  context: IssueContext,
): ReadonlyMap<string, string> {
  const canonical = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = canonicalHeaderName(given);
    const problem = headerNameProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['headers', given], message: problem });
    if (canonical.has(name)) {
      const message = `duplicate header ${JSON.stringify(name)} in email config`;
      context.addIssue({ code: 'custom', path: ['headers', given], message });
    }
    canonical.set(name, value ?? '');
  }
  return canonical;
}

export function withDefaults(config: EmailConfig, { smtp }: ReceiverDefaults): EmailSettings {
  const hasPassword = config.authPassword !== undefined;
  const hasSecret = config.authSecret !== undefined;
  return {
    ...config,
    from: config.from ?? smtp.from,
    smarthost: config.smarthost ?? smtp.smarthost,
    hello: config.hello ?? smtp.hello,
    authUsername: config.authUsername ?? smtp.authUsername,
    authPassword: hasPassword ? config.authPassword : smtp.authPassword,
    authSecret: hasSecret ? config.authSecret : smtp.authSecret,
    authIdentity: config.authIdentity ?? smtp.authIdentity,
    requireTls: config.requireTls ?? smtp.requireTls,
    tls: config.tls ?? smtp.tls ?? defaultTlsConfig,
    forceImplicitTls: config.forceImplicitTls ?? smtp.forceImplicitTls,
  };
}

/** Alertmanager's words. */
export function findMissingEmailValues(config: EmailConfig, defaults: ReceiverDefaults): readonly MissingValue[] {
  const { smarthost, from } = withDefaults(config, defaults);
  const missing: MissingValue[] = [];
  if (smarthost === undefined) missing.push({ path: ['smarthost'], message: 'no global SMTP smarthost set' });
  if (from === undefined) missing.push({ path: ['from'], message: 'no global SMTP from set' });
  return missing;
}

/** Keys that Alertmanager 0.25 does not know are shown only if they were set: its amtool refuses what it does not know. */
export function showEmailConfig(config: EmailConfig, defaults: ReceiverDefaults): Record<string, unknown> {
  const settings = withDefaults(config, defaults);
  const { headers, threading } = settings;
  const shown: Record<string, unknown> = {
    send_resolved: settings.sendResolved,
    to: settings.to,
    from: settings.from,
    hello: settings.hello,
    smarthost: settings.smarthost,
    auth_username: settings.authUsername,
    ...showSecretSource('auth_password', settings.authPassword),
    ...showSecretSource('auth_secret', settings.authSecret),
    auth_identity: settings.authIdentity,
    headers: headers.size > 0 ? Object.fromEntries(headers) : undefined,
    html: settings.html,
    text: settings.text,
    require_tls: settings.requireTls,
    ...showTlsConfig(settings.tls),
    force_implicit_tls: settings.forceImplicitTls,
    threading: threading && shownThreading(threading),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

function shownThreading(threading: Threading): Record<string, unknown> {
  return threading === 'off' ? { enabled: false } : { enabled: true, thread_by_date: threading };
}
