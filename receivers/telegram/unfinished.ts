/**
 * What is left to send of notifications that take several messages and broke off between two. The next attempt at the same page,
 * at this tick or a later one, goes on where it broke off: what arrived does not ring again. Anything else, also after a
 * reload, begins anew: better twice than never.
 */
import { createHash } from 'node:crypto';
import type { Notification } from '../../src/model/notification.ts';
import type { TelegramMessage } from './messages.ts';

/** Few channels break off more groups at once; the oldest goes. */
const MAX_REMEMBERED = 64;
/**
 * Since the last attempt: the 10 min for which a channel that asks for a pause is left alone at most, group_interval's default of
 * 5 min, and 5 to spare. A page that goes on later than that should ring, and be read as a whole.
 */
const REMEMBERED_FOR_MS = 20 * 60_000;

export interface Progress {
  /** How many messages surely arrived. */
  readonly sent: number;
  /** Those that did not, or not surely, in order. */
  readonly left: readonly TelegramMessage[];
}

interface BrokenOff {
  readonly page: string;
  readonly progress: Progress;
  readonly untilMs: number;
}

/** Times are of the monotonic clock. */
export class Unfinished {
  /** One a group, so that whatever else arrives of a group ends what it said before. */
  readonly #byGroup = new Map<string, BrokenOff>();

  /** How far the page came; undefined if it is to begin. */
  progress(groupKey: string, page: string, nowMs: number): Progress | undefined {
    const found = this.#byGroup.get(groupKey);
    return found?.page === page && nowMs < found.untilMs ? found.progress : undefined;
  }

  remember(groupKey: string, { page, progress }: Omit<BrokenOff, 'untilMs'>, nowMs: number): void {
    this.#byGroup.delete(groupKey);
    this.#byGroup.set(groupKey, { page, progress, untilMs: nowMs + REMEMBERED_FOR_MS });
    if (this.#byGroup.size > MAX_REMEMBERED) this.#byGroup.delete(this.#byGroup.keys().next().value ?? '');
  }

  forget(groupKey: string): void {
    this.#byGroup.delete(groupKey);
  }
}

/**
 * The same for all attempts to tell the same thing in the same words. The reason is part of it, and so is when the alerts began: a
 * template may not say either, but a repeat, or an alert that fires again, is another page.
 */
export function pageName({ reason, alerts }: Notification, messages: readonly TelegramMessage[]): string {
  const told = alerts.map(({ fingerprint, status, startsAtMs }) => [fingerprint, status, startsAtMs]);
  const texts = messages.map(({ text }) => text);
  return createHash('sha256')
    .update(JSON.stringify([reason, told, texts]))
    .digest('base64');
}
