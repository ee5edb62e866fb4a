/**
 * Where every part says what happened: it gives each event its id, instant and place, and hands it to those who watch and to
 * those who keep. Each has a bound of its own; what is beyond it is counted and told as a gap. Nothing decides on events.
 */
import type { Logger } from 'pino';
import type { Now } from '../model/now.ts';
import type { EventKind, HappenedEvent, Topic } from '../shapes/events.ts';
import type { System, Timer } from '../system.ts';
import type { Fact, Notes } from './event.ts';
import type { EventBudget } from './event-budget.ts';

/** One who takes events: those who watch, or the record. */
export interface EventTaker {
  readonly budget: EventBudget;
  /** Says of a gap what that means. */
  readonly gapMessage: string;
  /** `text` is the event as JSON. Must not wait. */
  take(event: HappenedEvent, text: string, sequence: number): void;
  changed?(topics: readonly Topic[]): void;
}

export interface EventHubDependencies {
  readonly system: System;
  readonly logger: Logger;
  /** By the cluster's clock. */
  readonly now: () => Now;
}

export interface EventHubOptions {
  /** This node's name. */
  readonly node: string;
  /** Names the process. */
  readonly boot: string;
}

/** A gap is told so long after its first event was dropped. */
const GAP_AFTER_MS = 1_000;

export class EventHub implements Notes {
  readonly #dependencies: EventHubDependencies;
  readonly #options: EventHubOptions;
  readonly #takers: EventTaker[] = [];
  #sequence = 0;
  #gapTimer: Timer | undefined;
  #isStopped = false;

  constructor(dependencies: EventHubDependencies, options: EventHubOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  addTaker(taker: EventTaker): void {
    this.#takers.push(taker);
  }

  note(kind: EventKind, build: () => Fact): void {
    try {
      const now = this.#dependencies.now();
      // In a burst there is room at nobody's, and nothing to be made for that.
      let takers: EventTaker[] | undefined;
      for (const taker of this.#takers) {
        if (!taker.budget.take(kind, now.monotonicMs)) this.#armGap();
        else if (takers) takers.push(taker);
        else takers = [taker];
      }
      if (takers) this.#hand(build(), takers, now);
    } catch (cause) {
      this.#dependencies.logger.warn({ err: cause, kind }, 'An event could not be noted');
    }
  }

  changed(...topics: Topic[]): void {
    for (const taker of this.#takers) taker.changed?.(topics);
  }

  /** Tells of what was dropped until now, and arms no further timer. */
  stop(): void {
    this.#tellGaps();
    this.#isStopped = true;
    this.#gapTimer?.cancel();
  }

  #hand(fact: Fact, takers: readonly EventTaker[], { wallMs }: Now): void {
    const { boot, node } = this.#options;
    const sequence = ++this.#sequence;
    const event = { id: `${boot}-${sequence}`, at: new Date(wallMs).toISOString(), node, ...fact } as HappenedEvent;
    const text = JSON.stringify(event);
    for (const taker of takers) taker.take(event, text, sequence);
    if (takers.some(({ budget }) => budget.dropped > 0)) this.#armGap();
  }

  #armGap(): void {
    if (this.#isStopped) return;
    this.#gapTimer ??= this.#dependencies.system.setTimer(GAP_AFTER_MS, () => this.#tellGaps());
  }

  #tellGaps(): void {
    this.#gapTimer?.cancel();
    this.#gapTimer = undefined;
    for (const taker of this.#takers) {
      const events = taker.budget.takeDropped();
      if (events > 0) this.#hand({ kind: 'gap', events, message: taker.gapMessage }, [taker], this.#dependencies.now());
    }
  }
}
