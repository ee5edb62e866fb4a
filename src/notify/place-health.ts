/**
 * How the attempts of this node to tell somebody went, place by place. A place that a reload leaves as it is keeps its
 * record; others are forgotten with the configuration that named them, so there are never more than places.
 */
import type { Outcome } from '../../receivers/receiver.ts';
import type { Now } from '../model/now.ts';

const LONGEST_ERROR = 300;

export class PlaceHealth {
  /** On the monotonic clock. */
  sentMs: number | undefined;
  failedMs: number | undefined;
  /** Of the last attempt that failed; '' if none did. */
  error = '';
  /** Whether the last attempt failed. */
  isFailing = false;
  /** Of the last attempt. */
  latencyMs: number | undefined;
  sent = 0;
  failed = 0;

  note(outcome: Outcome, { startedMs, now }: { readonly startedMs: number; readonly now: Now }): void {
    this.latencyMs = now.monotonicMs - startedMs;
    this.isFailing = outcome.kind !== 'sent';
    if (outcome.kind === 'sent') {
      this.sent++;
      this.sentMs = now.monotonicMs;
      return;
    }
    this.failed++;
    this.failedMs = now.monotonicMs;
    this.error = outcome.message.slice(0, LONGEST_ERROR).toWellFormed();
  }
}

export class HealthBook {
  readonly #places = new Map<string, PlaceHealth>();

  /** The record of a place, by its key in the notification log; a new one if there is none. */
  of(key: string): PlaceHealth {
    const known = this.#places.get(key);
    if (known) return known;
    const health = new PlaceHealth();
    this.#places.set(key, health);
    return health;
  }

  /** Once a configuration is in force: forgets the places it does not name. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#places.keys()) if (!keys.has(key)) this.#places.delete(key);
  }
}
