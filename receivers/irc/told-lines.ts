/**
 * What of a notification has been said where, while the rest of it has not: the next attempt says only the rest. Without
 * this a channel that works would hear everything again each time another one fails.
 */
import type { Notification } from '../../src/model/notification.ts';
import { channelKey } from './config.ts';

/** Of unfinished notifications; beyond it the oldest is forgotten, and would be told anew. */
const MOST_GROUPS = 200;

export class ToldLines {
  readonly #groups = new Map<string, { readonly alerts: string; readonly told: Set<string> }>();

  /** The lines of this very notification; of another one about the same group nothing counts as told. */
  of(notification: Notification): {
    has(channel: string, text: string): boolean;
    add(channel: string, text: string): void;
  } {
    const { groupKey } = notification;
    const alerts = notification.alerts
      .map(({ fingerprint, status, startsAtMs }) => `${fingerprint} ${status} ${startsAtMs}`)
      .join();
    let group = this.#groups.get(groupKey);
    if (group?.alerts !== alerts) group = { alerts, told: new Set() };
    this.#groups.delete(groupKey);
    this.#groups.set(groupKey, group);
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > MOST_GROUPS && oldest !== undefined) this.#groups.delete(oldest);
    const { told } = group;
    const key = (channel: string, text: string) => `${channelKey(channel)} ${text}`;
    return {
      has: (channel, text) => told.has(key(channel, text)),
      add: (channel, text) => told.add(key(channel, text)),
    };
  }

  /** All of it has been said: if it is told again, it is because it shall be. */
  forget({ groupKey }: Notification): void {
    this.#groups.delete(groupKey);
  }
}
