/** The Telegram receiver: a notification as one or a few messages of a bot to a chat. */
import { basename } from 'node:path';
import type { Notification } from '../../src/model/notification.ts';
import { HttpClient, userAgent } from '../http-client.ts';
import { describeError, failureReasonOf } from '../http-outcome.ts';
import type { ReceiverDependencies, ReceiverKind } from '../kind.ts';
import type { Outcome, Receiver, SendOptions } from '../receiver.ts';
import { readSecret, settleOrAbort } from '../secret.ts';
import { documentOf } from '../wording/document.ts';
import { plainText } from '../wording/plain-text.ts';
import { type BotFactory, loadBots, UnansweredError } from './bot.ts';
import { type BotRefusal, isEmptyRefusal, isMarkupRefusal, migratedChat, refusalOutcome } from './bot-outcome.ts';
import {
  type ChatSource,
  findMissingTelegramValues,
  resolveTelegramFiles,
  showTelegramConfig,
  type TelegramConfig,
  telegramConfigSchema,
} from './config.ts';
import { configuredMessages, messageTemplateOf } from './configured-message.ts';
import { loudnessOf } from './loudness.ts';
import { documentMessages, plainMessages, type TelegramMessage } from './messages.ts';
import { type Progress, pageName, Unfinished } from './unfinished.ts';

/** Several messages, each of which Telegram may take seconds for. */
const ATTEMPT_TIMEOUT_MS = 20_000;
/** A supergroup does not migrate again; a server that says so for ever must not hold us. */
const MAX_MIGRATIONS = 2;

export const telegram: ReceiverKind<TelegramConfig> = {
  integration: 'telegram',
  configKey: 'telegram_configs',
  schema: telegramConfigSchema,
  resolveFiles: resolveTelegramFiles,
  show: showTelegramConfig,
  findMissing: findMissingTelegramValues,
  create: (config, dependencies) => new TelegramReceiver(config, dependencies),
};

type Failure = Exclude<Outcome, { kind: 'sent' }>;
type Bot = ReturnType<BotFactory['make']>;

/** The bot and all that is the same for every message of an attempt. */
interface Attempt {
  readonly bot: Bot;
  readonly bots: BotFactory;
  readonly chatId: string;
}

class TelegramReceiver implements Receiver {
  readonly integration = 'telegram';
  readonly sendResolved: boolean;
  readonly destination: string;
  readonly attemptTimeoutMs = ATTEMPT_TIMEOUT_MS;
  readonly #config: TelegramConfig;
  readonly #apiUrl: string;
  readonly #dependencies: ReceiverDependencies;
  readonly #client: HttpClient;
  readonly #unfinished = new Unfinished();
  /** From the configured chat to the one it has become. */
  readonly #migrations = new Map<string, string>();
  #bots: Promise<BotFactory> | undefined;

  constructor(config: TelegramConfig, dependencies: ReceiverDependencies) {
    const { system, version, defaults, checkTemplate } = dependencies;
    if (config.message !== undefined) checkTemplate(config.message);
    const { chat, messageThreadId } = config;
    this.sendResolved = config.sendResolved;
    this.#apiUrl = config.apiUrl ?? defaults.telegram.apiUrl;
    // Not its directory, which may be another one on a peer.
    const place = chat.kind === 'inline' ? chat.id : `file ${basename(chat.path)}`;
    this.destination = `${this.#apiUrl} chat ${place} thread ${messageThreadId}`;
    this.#config = config;
    this.#dependencies = dependencies;
    this.#client = new HttpClient(config.http ?? defaults.http, { system, userAgent: userAgent(version) });
  }

  start(): void {
    // Not the first page's time. Should it fail, the first page tries again and says why.
    this.#loadBots().catch(() => {});
  }

  async send(notification: Notification, options: SendOptions): Promise<Outcome> {
    const { groupKey } = notification;
    const messages = this.#messagesOf(notification);
    const page = pageName(notification, messages);
    const begun = this.#unfinished.progress(groupKey, page, this.#monotonicMs());
    const { failure, progress } = await this.#goOn(begun ?? { sent: 0, left: messages }, notification, options);
    if (!failure) {
      this.#unfinished.forget(groupKey);
      return { kind: 'sent' };
    }
    if (progress.sent === 0) return failure;
    this.#unfinished.remember(groupKey, { page, progress }, this.#monotonicMs());
    return partlySent(failure, progress);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #monotonicMs(): number {
    return this.#dependencies.system.now().monotonicMs;
  }

  /** Sends what is left, until something goes wrong. */
  async #goOn(
    begun: Progress,
    notification: Notification,
    options: SendOptions,
  ): Promise<{ readonly failure?: Failure; readonly progress: Progress }> {
    let attempt: Attempt;
    try {
      attempt = await this.#prepare(options);
    } catch (error) {
      const reason = failureReasonOf(options.signal);
      const message = describeError(error);
      options.trace?.(`* ${message}`);
      return { failure: { kind: 'refused', retryable: true, reason, message }, progress: begun };
    }
    const { isSilent } = loudnessOf(notification, this.#config.disableNotifications);
    const left = [...begun.left];
    let { sent } = begun;
    for (let message = left[0]; message !== undefined; message = left[0]) {
      // The phone rings once, for the first one.
      const outcome = await this.#sendMessage(attempt, message, isSilent || sent > 0);
      if (outcome.kind === 'instead') {
        left.splice(0, 1, ...outcome.messages);
        continue;
      }
      if (outcome.kind !== 'sent') return { failure: outcome, progress: { sent, left } };
      left.shift();
      sent++;
    }
    return { progress: { sent, left } };
  }

  async #prepare({ signal, trace }: SendOptions): Promise<Attempt> {
    const { botToken = this.#dependencies.defaults.telegram.botToken, chat } = this.#config;
    if (!botToken) throw new Error('no bot_token is configured');
    const bots = await settleOrAbort(this.#loadBots(), signal);
    const [token, chatId] = await Promise.all([readSecret(botToken, signal), readChatId(chat, signal)]);
    if (token === '') throw new Error(`${botToken.kind === 'file' ? botToken.key : 'bot_token'} is empty`);
    return { bots, bot: bots.make(token, { client: this.#client, apiUrl: this.#apiUrl, signal, trace }), chatId };
  }

  #loadBots(): Promise<BotFactory> {
    this.#bots ??= loadBots().catch((error) => {
      this.#bots = undefined;
      throw error;
    });
    return this.#bots;
  }

  /** A template that fails takes no page with it: the shared words go out instead. */
  #messagesOf(notification: Notification): readonly TelegramMessage[] {
    const { parseMode } = this.#config;
    const { log, definesTemplate } = this.#dependencies;
    const template = messageTemplateOf(this.#config.message, definesTemplate);
    if (template !== undefined) {
      try {
        const messages = configuredMessages({ template, parseMode }, notification, this.#dependencies);
        const ifEmpty = () => this.#sharedMessages(notification);
        if (messages.length > 0) return messages.map((message) => ({ ...message, ifEmpty }));
        log.warn({ receiver: notification.receiver }, 'The Telegram message renders to nothing; sent the shared words');
      } catch (error) {
        const fields = { receiver: notification.receiver, error: describeError(error) };
        log.warn(fields, 'The Telegram message cannot be rendered; sent the shared words');
      }
    }
    return this.#sharedMessages(notification);
  }

  #sharedMessages(notification: Notification): readonly TelegramMessage[] {
    const document = documentOf(notification);
    return this.#config.parseMode === ''
      ? withoutMarkup(plainMessages(plainText(document)))
      : documentMessages(document);
  }

  async #sendMessage(
    { bot, bots, chatId }: Attempt,
    { text, parseMode, fallback, ifEmpty }: TelegramMessage,
    isSilent: boolean,
  ): Promise<Failure | { readonly kind: 'sent' } | Instead> {
    for (let migrations = 0; ; migrations++) {
      const destination = this.#migrations.get(chatId) ?? chatId;
      try {
        await bot.sendMessage(destination, text, {
          link_preview_options: { is_disabled: true },
          disable_notification: isSilent,
          ...(parseMode !== '' && { parse_mode: parseMode }),
          ...(this.#config.messageThreadId !== 0 && { message_thread_id: this.#config.messageThreadId }),
        });
        return { kind: 'sent' };
      } catch (error) {
        if (error instanceof UnansweredError) return error.outcome;
        if (!bots.isRefusal(error)) throw error;
        const newChatId = migratedChat(error);
        if (newChatId !== undefined && migrations < MAX_MIGRATIONS) {
          this.#follow(chatId, String(newChatId));
          continue;
        }
        if (fallback && isMarkupRefusal(error)) {
          this.#warn(error, 'Telegram refused the markup of a message; sending plain text');
          return { kind: 'instead', messages: withoutMarkup(fallback()) };
        }
        if (ifEmpty && isEmptyRefusal(error)) {
          this.#warn(error, 'The Telegram message is markup around nothing; sending the shared words');
          return { kind: 'instead', messages: ifEmpty() };
        }
        return refusalOutcome(error);
      }
    }
  }

  #follow(chatId: string, newChatId: string): void {
    // Of several messages under way each finds out by itself.
    if (this.#migrations.get(chatId) === newChatId) return;
    this.#migrations.set(chatId, newChatId);
    const fields = { chat_id: chatId, new_chat_id: newChatId };
    this.#dependencies.log.warn(fields, 'The Telegram group has become a supergroup; put its new id into chat_id');
  }

  #warn({ description }: BotRefusal, message: string): void {
    this.#dependencies.log.warn({ error: description }, message);
  }
}

/** The message was not taken, but these may be. */
interface Instead {
  readonly kind: 'instead';
  readonly messages: readonly TelegramMessage[];
}

function withoutMarkup(texts: readonly string[]): readonly TelegramMessage[] {
  return texts.map((text) => ({ text, parseMode: '', fallback: undefined }));
}

/**
 * Some of it surely arrived, now or earlier, so it is not "surely not delivered", whatever became of the rest: the same node goes
 * on from there, when Telegram wants it to, and nobody else begins anew.
 */
function partlySent({ reason, message, retryAfterMs }: Failure, { sent, left }: Progress): Outcome {
  const told = `sent ${sent} of ${sent + left.length} messages, then: ${message}`;
  return { kind: 'unknown', reason, message: told, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** A file is read at each send, so that it can be changed without a reload. */
async function readChatId(chat: ChatSource, signal: AbortSignal): Promise<string> {
  if (chat.kind === 'inline') return String(chat.id);
  const content = await readSecret(chat, signal);
  if (/^-?[1-9]\d{0,15}$/.test(content)) return content;
  throw new Error(`${chat.key} ${chat.path} must hold a whole number and nothing else`);
}
