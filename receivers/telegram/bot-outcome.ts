/** What a Bot API's refusal means for a notification, and what to do about it. Pure. */
import { failureReasonOfStatus } from '../http-outcome.ts';
import type { Outcome } from '../receiver.ts';

/** As in telegraf's TelegramError; `parameters` is what the server sent, so anything may be in it. */
export interface BotRefusal {
  readonly code: number;
  /** One line, no secrets. */
  readonly description: string;
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown } | undefined;
}

/** No flood wait of Telegram is longer; a wrong one must not close the channel for good. */
const LONGEST_RETRY_AFTER_S = 86_400;

/** 429 and 5xx are worth a retry, at the time the server names; everything else would be refused again. */
export function refusalOutcome(refusal: BotRefusal): Extract<Outcome, { kind: 'refused' }> {
  const { code, description, parameters } = refusal;
  const retryable = code === 429 || (code >= 500 && code < 600);
  const advice = adviceOn(refusal);
  const message = `Telegram says ${code}: ${description}${advice && `; ${advice}`}`;
  const outcome = { kind: 'refused', retryable, reason: failureReasonOfStatus(code), message } as const;
  const seconds = parameters?.retry_after;
  const isWait = typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_RETRY_AFTER_S;
  return retryable && isWait ? { ...outcome, retryAfterMs: Math.ceil(seconds * 1000) } : outcome;
}

function adviceOn({ code, description }: BotRefusal): string {
  if (code === 401) return 'check bot_token';
  if (code === 404) return 'check bot_token and api_url';
  if (/chat not found/i.test(description)) return 'check chat_id; the bot must be in the chat, or have been written to';
  if (/message thread not found/i.test(description)) return 'check message_thread_id';
  return '';
}

/** The supergroup that the group has become. Telegram's ids fit in 52 bits. */
export function migratedChat({ parameters }: BotRefusal): number | undefined {
  const id = parameters?.migrate_to_chat_id;
  return typeof id === 'number' && Number.isSafeInteger(id) && id !== 0 ? id : undefined;
}

/** Whether the same words without markup may be taken: it cannot be parsed, or is too long as written or as parsed. */
export function isMarkupRefusal({ code, description }: BotRefusal): boolean {
  return code === 400 && /parse entities|entit(y|ies)|(text|message) is too long/i.test(description);
}

/** Whether there was nothing to show once the markup was parsed. Telegram has several wordings. */
export function isEmptyRefusal({ code, description }: BotRefusal): boolean {
  return code === 400 && /(text|message) (is empty|must be non-empty)/i.test(description);
}
