/**
 * What is left to send of notifications that take several messages and broke off between two. A retry of the same words at
 * the same tick goes on where it broke off; anything else, also after a reload, begins anew: better twice than never.
 */
import { createHash } from 'node:crypto';
import type { Notification } from '../../src/model/notification.ts';
import type { TelegramMessage } from './messages.ts';

/** A flush retries until its end, and few channels tell more groups at once; the oldest goes. */
const MAX_REMEMBERED = 64;

export class Unfinished {
  readonly #left = new Map<string, readonly TelegramMessage[]>();

  /** The messages that are not surely sent yet; undefined if no earlier attempt broke off. */
  left(key: string): readonly TelegramMessage[] | undefined {
    return this.#left.get(key);
  }

  remember(key: string, left: readonly TelegramMessage[]): void {
    this.#left.delete(key);
    this.#left.set(key, left);
    if (this.#left.size > MAX_REMEMBERED) this.#left.delete(this.#left.keys().next().value ?? '');
  }

  forget(key: string): void {
    this.#left.delete(key);
  }
}

/** The same for an attempt and its retries, and for nothing else. */
export function unfinishedKey({ groupKey, nowMs }: Notification, messages: readonly TelegramMessage[]): string {
  const texts = messages.map(({ text }) => text);
  return createHash('sha256')
    .update(JSON.stringify([groupKey, nowMs, texts]))
    .digest('base64');
}
