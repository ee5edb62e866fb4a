/**
 * Whom a relay took a mail for while it put off others, so that those are asked again and nobody is told twice. That may go on
 * for hours, over many ticks of the group: a mailbox is full. Whatever else the group has to say goes to everybody.
 */
import type { Notification, NotifiedAlert } from '../../src/model/notification.ts';

/** Of all groups together, some 100 bytes each. The oldest group goes, and its next mail tells everybody. */
const MOST_ALERTS = 100_000;

interface PartialDelivery {
  /** What it said of each alert, by fingerprint. */
  readonly told: ReadonlyMap<string, string>;
  readonly isRepetition: boolean;
  /** By address: since when it needs no more, told or refused for good. */
  readonly settledAtMs: ReadonlyMap<string, number>;
}

/** Times are of the monotonic clock. */
export class PartialDeliveries {
  /** One a group: once it has something else to say, what it said before does not count. */
  readonly #byGroup = new Map<string, PartialDelivery>();
  #alerts = 0;

  /** Those who know all that the notification says already. */
  settled(notification: Notification, nowMs: number): ReadonlySet<string> {
    const earlier = this.#byGroup.get(notification.groupKey);
    if (earlier === undefined || !covers(earlier, notification)) return new Set();
    // Until all are told the log knows of no message, and no repetition comes due: whoever was told is reminded all the same.
    const recent = [...earlier.settledAtMs].filter(([, sinceMs]) => nowMs - sinceMs < notification.repeatIntervalMs);
    return new Set(recent.map(([address]) => address));
  }

  /** @param addresses settled by the mail that went out at `nowMs`; those settled before it remain so */
  remember(notification: Notification, addresses: readonly string[], nowMs: number): void {
    const { groupKey, alerts, reason } = notification;
    const before = this.settled(notification, nowMs);
    const settledAtMs = new Map(addresses.map((address) => [address, nowMs]));
    for (const [address, sinceMs] of this.#byGroup.get(groupKey)?.settledAtMs ?? []) {
      if (before.has(address)) settledAtMs.set(address, sinceMs);
    }
    const told = new Map(alerts.map((alert) => [alert.fingerprint, saidOf(alert)]));
    this.forget(groupKey);
    this.#byGroup.set(groupKey, { told, isRepetition: reason === 'repeat interval elapsed', settledAtMs });
    this.#alerts += told.size;
    while (this.#alerts > MOST_ALERTS && this.#byGroup.size > 1) this.forget(this.#byGroup.keys().next().value ?? '');
  }

  /** Everybody has been told. */
  forget(groupKey: string): void {
    this.#alerts -= this.#byGroup.get(groupKey)?.told.size ?? 0;
    this.#byGroup.delete(groupKey);
  }
}

function covers({ told, isRepetition }: PartialDelivery, { alerts, reason }: Notification): boolean {
  // A repetition is due only once the log has all of them as told, so it is not what was put off, unless that was one itself.
  if (reason === 'repeat interval elapsed' && !isRepetition) return false;
  return alerts.every((alert) => told.get(alert.fingerprint) === saidOf(alert));
}

/** An alert that fires again has begun anew. */
function saidOf({ status, startsAt }: NotifiedAlert): string {
  return `${status} ${startsAt}`;
}
