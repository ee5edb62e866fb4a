/** `telegram_configs`, key by key as in Alertmanager. */
import { z } from 'zod';
import { httpUrl, optional, text, yamlBoolean, yamlInteger } from '../config-values.ts';
import type { ReceiverDefaults } from '../defaults.ts';
import { type HttpConfig, httpConfigSchema, resolveHttpConfigFiles, showHttpConfig } from '../http-config.ts';
import type { MissingValue } from '../kind.ts';
import type { SecretSource } from '../secret.ts';
import { secretSource, showSecretSource } from '../secret-config.ts';

const PARSE_MODES = ['HTML', 'Markdown', 'MarkdownV2', ''] as const;

export type ParseMode = (typeof PARSE_MODES)[number];

/** A chat's id, negative for a group; or the file that holds it, relative to the working directory. */
export type ChatSource =
  | { readonly kind: 'inline'; readonly id: number }
  | { readonly kind: 'file'; readonly key: string; readonly path: string };

export interface TelegramConfig {
  readonly integration: 'telegram';
  readonly sendResolved: boolean;
  /** Undefined: the global one. */
  readonly http: HttpConfig | undefined;
  /** Undefined: the global one. */
  readonly apiUrl: string | undefined;
  /** Undefined: the global one. A file is relative to the working directory. */
  readonly botToken: SecretSource | undefined;
  readonly chat: ChatSource;
  /** 0: none. */
  readonly messageThreadId: number;
  /** A template. Undefined: the shared words. */
  readonly message: string | undefined;
  /** Undefined: by severity. */
  readonly disableNotifications: boolean | undefined;
  /** Of the template; '' is plain text. */
  readonly parseMode: ParseMode;
}

export const telegramConfigSchema: z.ZodType<TelegramConfig> = z
  .strictObject({
    send_resolved: optional(yamlBoolean),
    http_config: optional(httpConfigSchema),
    api_url: optional(httpUrl),
    bot_token: optional(text),
    bot_token_file: optional(text),
    chat_id: optional(yamlInteger),
    chat_id_file: optional(text),
    message_thread_id: optional(yamlInteger),
    message: optional(text),
    disable_notifications: optional(yamlBoolean),
    parse_mode: optional(text),
  })
  .transform((block, context): TelegramConfig => {
    const problem = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    // Zero and the empty text mean unset, as in Alertmanager.
    const id = block.chat_id ?? 0;
    const path = block.chat_id_file ?? '';
    if (id !== 0 && path !== '') problem('chat_id_file', 'at most one of chat_id and chat_id_file may be set');
    if (id === 0 && path === '')
      context.addIssue({ code: 'custom', message: 'one of chat_id and chat_id_file must be set' });
    const givenMode = block.parse_mode ?? 'HTML';
    const parseMode = PARSE_MODES.find((mode) => mode === givenMode);
    if (parseMode === undefined)
      problem('parse_mode', `must be HTML, Markdown, MarkdownV2 or empty, not "${givenMode}"`);
    return {
      integration: 'telegram',
      sendResolved: block.send_resolved ?? true,
      http: block.http_config,
      apiUrl: block.api_url,
      botToken: secretSource(block, 'bot_token', context),
      chat: path === '' ? { kind: 'inline', id } : { kind: 'file', key: 'chat_id_file', path },
      messageThreadId: block.message_thread_id ?? 0,
      message: block.message,
      disableNotifications: block.disable_notifications,
      parseMode: parseMode ?? 'HTML',
    };
  });

/** Only http_config's files are relative to the configuration, as in Alertmanager. */
export function resolveTelegramFiles(config: TelegramConfig, directory: string): TelegramConfig {
  return { ...config, http: config.http && resolveHttpConfigFiles(config.http, directory) };
}

export function showTelegramConfig(config: TelegramConfig, defaults: ReceiverDefaults): Record<string, unknown> {
  const { chat, messageThreadId, message, disableNotifications } = config;
  return {
    send_resolved: config.sendResolved,
    http_config: showHttpConfig(config.http ?? defaults.http),
    api_url: withoutPassword(config.apiUrl ?? defaults.telegram.apiUrl),
    ...showSecretSource('bot_token', config.botToken ?? defaults.telegram.botToken),
    ...(chat.kind === 'inline' ? { chat_id: chat.id } : { chat_id_file: chat.path }),
    ...(messageThreadId !== 0 && { message_thread_id: messageThreadId }),
    ...(message !== undefined && { message }),
    ...(disableNotifications !== undefined && { disable_notifications: disableNotifications }),
    parse_mode: config.parseMode,
  };
}

/** As Go's `URL.Redacted`: only the password is secret. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password === '') return url;
  parsed.password = 'xxxxx';
  return parsed.href;
}

export function findMissingTelegramValues(
  { botToken }: TelegramConfig,
  { telegram }: ReceiverDefaults,
): readonly MissingValue[] {
  if (botToken ?? telegram.botToken) return [];
  const message = 'must be set, or bot_token_file, or telegram_bot_token in global; @BotFather gives it';
  return [{ path: ['bot_token'], message }];
}
