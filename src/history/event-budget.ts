/**
 * How many events there may be a second: a burst of a hundred thousand alerts must neither flood those who watch nor fill
 * the disk. What tells of pages and people has a budget of its own, which no flood of alerts uses up.
 */
import type { EventKind } from '../shapes/events.ts';

const WINDOW_MS = 1_000;

/** As many as there are alerts, and more. */
const COUNTLESS: ReadonlySet<EventKind> = new Set(['alert', 'group', 'mute', 'turn']);

export interface BudgetLimits {
  /** Of alerts, groups, mutes and turns together, a second. */
  readonly countless: number;
  /** Of all others together, a second. */
  readonly others: number;
}

export class EventBudget {
  readonly #limits: BudgetLimits;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #countless = 0;
  #others = 0;
  #dropped = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /** Whether there is room for one more; else it is counted as dropped. */
  take(kind: EventKind, monotonicMs: number): boolean {
    if (monotonicMs >= this.#windowEndMs) {
      this.#windowEndMs = monotonicMs + WINDOW_MS;
      this.#countless = 0;
      this.#others = 0;
    }
    const hasRoom = COUNTLESS.has(kind)
      ? this.#countless++ < this.#limits.countless
      : this.#others++ < this.#limits.others;
    if (!hasRoom) this.#dropped++;
    return hasRoom;
  }

  /** Were given room, and dropped all the same. */
  drop(events: number): void {
    this.#dropped += events;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** How many were dropped since this was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
