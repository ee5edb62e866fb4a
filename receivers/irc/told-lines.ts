/**
 * What of a notification has been said where, while the rest of it has not: the next attempt says only the rest. Without
 * this a channel that works would hear everything again each time another one fails; and without an end to it, a channel
 * that never works would keep the others from ever hearing a repeat.
 */
import type { Notification } from '../../src/model/notification.ts';
import { channelKey } from './config.ts';

/** Of unfinished notifications; beyond it the oldest is forgotten, and would be told anew. */
const MOST_GROUPS = 200;
/** A flush carries the instant at which a busy process got round to it: the next one in time may seem to come early. */
const LATE_TICK_MS = 1000;
interface Telling {
  /** What it is about, and whether it is a repeat. */
  readonly subject: string;
  /** Of the flush that began it. */
  readonly sinceMs: number;
  readonly told: Set<string>;
}

export class ToldLines {
  readonly #tellings = new Map<string, Telling>();

  /**
   * The lines of this very notification; of another one about the same group nothing counts as told, and of the same one
   * nothing that a flush began to tell a repeat interval ago. Within a flush nothing is ever said twice.
   */
  of(notification: Notification): {
    has(channel: string, text: string): boolean;
    add(channel: string, text: string): void;
  } {
    const { groupKey, nowMs, repeatIntervalMs } = notification;
    const subject = subjectOf(notification);
    let telling = this.#tellings.get(groupKey);
    // Also of a clock that was set back: rather once too often than not at all.
    const ageMs = Math.abs(nowMs - (telling?.sinceMs ?? nowMs));
    const isOver = ageMs > 0 && ageMs >= repeatIntervalMs - LATE_TICK_MS;
    if (telling?.subject !== subject || isOver) telling = { subject, sinceMs: nowMs, told: new Set() };
    this.#tellings.delete(groupKey);
    this.#tellings.set(groupKey, telling);
    const [oldest] = this.#tellings.keys();
    if (this.#tellings.size > MOST_GROUPS && oldest !== undefined) this.#tellings.delete(oldest);
    const { told } = telling;
    const key = (channel: string, text: string) => `${channelKey(channel)} ${text}`;
    return {
      has: (channel, text) => told.has(key(channel, text)),
      add: (channel, text) => told.add(key(channel, text)),
    };
  }

  /** All of it has been said: if it is told again, it is because it shall be. */
  forget({ groupKey }: Notification): void {
    this.#tellings.delete(groupKey);
  }
}

function subjectOf({ alerts, reason }: Notification): string {
  const isRepeat = reason === 'repeat interval elapsed';
  const all = alerts.map(({ fingerprint, status, startsAtMs }) => `${fingerprint} ${status} ${startsAtMs}`);
  return `${isRepeat ? 'repeat' : 'news'} ${all.join()}`;
}
