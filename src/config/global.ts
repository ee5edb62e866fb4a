/**
 * The `global` block. Every key that Alertmanager knows is accepted and checked, also those of integrations that are not
 * built, since an existing alertmanager.yml has to load as it is.
 */
import type { z } from 'zod';
import { httpUrl, httpUrlProblem, optional, secretText, text, yamlBoolean } from '../../receivers/config-values.ts';
import { defaultReceiverDefaults, type ReceiverDefaults } from '../../receivers/defaults.ts';
import {
  defaultHttpConfig,
  type HttpConfig,
  httpConfigSchema,
  resolveHttpConfigFiles,
  showHttpConfig,
} from '../../receivers/http-config.ts';
import { Secret, type SecretSource, SHOWN_SECRET } from '../../receivers/secret.ts';
import { showTlsConfig, tlsConfigSchema } from '../../receivers/tls-config.ts';
import { formatDuration } from '../model/duration.ts';
import type { GlobalConfig } from './config.ts';
import type { ConfigPath } from './config-error.ts';
import { type Fields, readFields } from './fields.ts';
import type { Problems } from './problems.ts';
import { durationMs } from './values.ts';
import type { PlainValue } from './yaml-tree.ts';

const DEFAULT_RESOLVE_TIMEOUT_MS = 300_000;

/** `<secret>` is what a shown configuration holds in its place. */
const secretUrl = text.transform((value, context) => {
  const problem = value === SHOWN_SECRET ? undefined : httpUrlProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  return new Secret(value);
});

const hostAndPort = text.refine((value) => value === '' || /^(?:\[[^[\]]*\]|[^:[\]]*):[^:[\]]+$/.test(value), {
  error: 'must be host:port, such as "mail.example.org:587" or "[2001:db8::1]:587"',
});

/** In the order in which they are shown. */
const SCHEMAS = {
  resolve_timeout: optional(durationMs),
  http_config: optional(httpConfigSchema),
  smtp_from: optional(text),
  smtp_hello: optional(text),
  smtp_smarthost: optional(hostAndPort),
  smtp_auth_username: optional(text),
  smtp_auth_password: optional(secretText),
  smtp_auth_password_file: optional(text),
  smtp_auth_secret: optional(secretText),
  smtp_auth_secret_file: optional(text),
  smtp_auth_identity: optional(text),
  smtp_require_tls: optional(yamlBoolean),
  smtp_tls_config: optional(tlsConfigSchema),
  smtp_force_implicit_tls: optional(yamlBoolean),
  slack_api_url: optional(secretUrl),
  slack_api_url_file: optional(text),
  slack_app_token: optional(secretText),
  slack_app_token_file: optional(text),
  slack_app_url: optional(httpUrl),
  pagerduty_url: optional(httpUrl),
  opsgenie_api_url: optional(httpUrl),
  opsgenie_api_key: optional(secretText),
  opsgenie_api_key_file: optional(text),
  wechat_api_url: optional(httpUrl),
  wechat_api_secret: optional(secretText),
  wechat_api_secret_file: optional(text),
  wechat_api_corp_id: optional(text),
  victorops_api_url: optional(httpUrl),
  victorops_api_key: optional(secretText),
  victorops_api_key_file: optional(text),
  telegram_api_url: optional(httpUrl),
  telegram_bot_token: optional(secretText),
  telegram_bot_token_file: optional(text),
  webex_api_url: optional(httpUrl),
  rocketchat_api_url: optional(httpUrl),
  rocketchat_token: optional(secretText),
  rocketchat_token_file: optional(text),
  rocketchat_token_id: optional(secretText),
  rocketchat_token_id_file: optional(text),
  mattermost_webhook_url: optional(secretUrl),
  mattermost_webhook_url_file: optional(text),
  jira_api_url: optional(httpUrl),
} as const satisfies Record<string, z.ZodType>;

/** Those of Alertmanager 0.25. Later keys are shown only if given: its amtool refuses a configuration with keys it does not know. */
const SHOWN_DEFAULTS: Readonly<Record<string, unknown>> = {
  smtp_hello: defaultReceiverDefaults.smtp.hello,
  smtp_require_tls: defaultReceiverDefaults.smtp.requireTls,
  pagerduty_url: 'https://events.pagerduty.com/v2/enqueue',
  opsgenie_api_url: 'https://api.opsgenie.com/',
  wechat_api_url: 'https://qyapi.weixin.qq.com/cgi-bin/',
  victorops_api_url: 'https://alert.victorops.com/integrations/generic/20131114/alert/',
  telegram_api_url: defaultReceiverDefaults.telegram.apiUrl,
  webex_api_url: 'https://webexapis.com/v1/messages',
};

const SLACK_APP_URL = 'https://slack.com/api/chat.postMessage';

export interface GlobalSection {
  readonly config: GlobalConfig;
  readonly shown: Readonly<Record<string, unknown>>;
}

/** An empty block is all defaults. Relative files of `http_config` are made absolute against `directory`. */
export function readGlobal(
  value: PlainValue | undefined,
  { path, problems, directory }: { path: ConfigPath; problems: Problems; directory: string },
): GlobalSection {
  const fields = readFields(value, SCHEMAS, { path, problems });
  // The empty text counts as unset, as in Alertmanager.
  const isSet = (key: string) => {
    const field: unknown = Object.hasOwn(fields, key) ? fields[key as keyof typeof fields] : undefined;
    return field !== undefined && (field instanceof Secret ? field.reveal() : field) !== '';
  };
  for (const key of Object.keys(SCHEMAS)) {
    const fileKey = `${key}_file`;
    if (isSet(key) && isSet(fileKey))
      problems.error([...path, fileKey], `at most one of ${key} and ${fileKey} may be set`);
  }
  const { slack_api_url: slackUrl, slack_app_url: slackAppUrl = SLACK_APP_URL } = fields;
  const isAppUrl = slackUrl !== undefined && [slackAppUrl, SHOWN_SECRET].includes(slackUrl.reveal());
  const hasToken = isSet('slack_app_token') || isSet('slack_app_token_file');
  if (hasToken && (isSet('slack_api_url_file') || (slackUrl !== undefined && !isAppUrl))) {
    problems.error([...path, 'slack_app_token'], 'must not be set together with slack_api_url or slack_api_url_file');
  }
  const resolveTimeoutMs = fields.resolve_timeout ?? DEFAULT_RESOLVE_TIMEOUT_MS;
  if (resolveTimeoutMs === 0) {
    problems.warning(
      [...path, 'resolve_timeout'],
      'is zero: alerts without an end are resolved as soon as they arrive',
    );
  }
  const httpConfig = fields.http_config ? resolveHttpConfigFiles(fields.http_config, directory) : defaultHttpConfig;
  const receiverDefaults = readReceiverDefaults(fields, httpConfig);
  return {
    config: { resolveTimeoutMs, receiverDefaults },
    shown: shownGlobal(fields, { resolveTimeoutMs, httpConfig }),
  };
}

/** Each with a twin that ends in `_file`. */
type SecretKey = 'smtp_auth_password' | 'smtp_auth_secret' | 'telegram_bot_token';

function readReceiverDefaults(fields: Fields<typeof SCHEMAS>, http: HttpConfig): ReceiverDefaults {
  const { smtp, telegram } = defaultReceiverDefaults;
  const given = (value: string | undefined) => (value === '' ? undefined : value);
  // That both a secret and its file are given has been reported.
  const secret = (key: SecretKey): SecretSource | undefined => {
    const path = given(fields[`${key}_file`]);
    if (path !== undefined) return { kind: 'file', key: `${key}_file`, path };
    const value = fields[key];
    return value === undefined || value.reveal() === '' ? undefined : { kind: 'inline', secret: value };
  };
  return {
    http,
    smtp: {
      from: given(fields.smtp_from),
      hello: given(fields.smtp_hello) ?? smtp.hello,
      smarthost: given(fields.smtp_smarthost),
      authUsername: given(fields.smtp_auth_username),
      authPassword: secret('smtp_auth_password'),
      authSecret: secret('smtp_auth_secret'),
      authIdentity: given(fields.smtp_auth_identity),
      requireTls: fields.smtp_require_tls ?? smtp.requireTls,
      tls: fields.smtp_tls_config,
      forceImplicitTls: fields.smtp_force_implicit_tls,
    },
    telegram: {
      apiUrl: fields.telegram_api_url ?? telegram.apiUrl,
      botToken: secret('telegram_bot_token'),
    },
  };
}

interface ShownValues {
  readonly resolveTimeoutMs: number;
  readonly httpConfig: HttpConfig;
}

function shownGlobal(fields: object, { resolveTimeoutMs, httpConfig }: ShownValues): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  const given: Readonly<Record<string, unknown>> = {
    ...SHOWN_DEFAULTS,
    ...Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)),
  };
  for (const [key, schema] of Object.entries(SCHEMAS)) {
    const field = given[key];
    if (key === 'resolve_timeout') shown[key] = formatDuration(resolveTimeoutMs);
    else if (key === 'http_config') shown[key] = showHttpConfig(httpConfig);
    else if (schema === SCHEMAS.smtp_tls_config && field !== undefined) shown[key] = showTlsConfig(field as never);
    else if (field instanceof Secret) shown[key] = field.reveal() === '' ? '' : SHOWN_SECRET;
    else if (typeof field === 'string' && key.endsWith('_url')) shown[key] = withoutPassword(field);
    else if (field !== undefined) shown[key] = field;
  }
  return shown;
}

/** As Go's `URL.Redacted`. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password === '') return url;
  parsed.password = 'xxxxx';
  return parsed.href;
}
