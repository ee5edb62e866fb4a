/**
 * Finds out that a link is half open: the other side is gone and TCP has not noticed, which it may not for hours. A quiet
 * link is asked with a PING; a question that stays open while nothing at all is heard ends it.
 */
import type { System, Timer } from '../../src/system.ts';

/** Asked after this long without a word. */
const QUIET_MS = 20_000;
/** Shorter than the deadline of an attempt, so that the next attempt finds a new link instead of the same dead one. */
const ANSWER_WITHIN_MS = 12_000;
/** A timer this late means that this process stood still; what the server said meanwhile has yet to be read. */
const STOOD_STILL_MS = 1000;

export interface SilenceEvents {
  /** To be answered by {@link SilenceWatch.asked}. */
  ask(): void;
  /** Called once, after which nothing is watched any more. */
  silent(): void;
}

export class SilenceWatch {
  readonly #system: System;
  readonly #events: SilenceEvents;
  #heardMs: number;
  /** When the oldest question was asked that nothing was heard after. */
  #askedMs: number | undefined;
  #timer: Timer | undefined;

  constructor({ system }: { system: System }, events: SilenceEvents) {
    this.#system = system;
    this.#events = events;
    this.#heardMs = this.#nowMs();
    this.#arm();
  }

  /** Anything the server said. */
  heard(): void {
    this.#heardMs = this.#nowMs();
    this.#askedMs = undefined;
  }

  /** Something was written that the server must answer. */
  asked(): void {
    if (this.#askedMs !== undefined) return;
    this.#askedMs = this.#nowMs();
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #nowMs(): number {
    return this.#system.now().monotonicMs;
  }

  #dueMs(): number {
    return this.#askedMs === undefined ? this.#heardMs + QUIET_MS : this.#askedMs + ANSWER_WITHIN_MS;
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = this.#system.setTimer(Math.max(0, this.#dueMs() - this.#nowMs()), () => this.#look());
  }

  #look(): void {
    // What was heard meanwhile moved the due time, but not the timer: a busy link would do little else.
    if (this.#nowMs() < this.#dueMs()) {
      this.#arm();
      return;
    }
    if (this.#askedMs !== undefined && this.#nowMs() - this.#dueMs() < STOOD_STILL_MS) {
      this.stop();
      this.#events.silent();
      return;
    }
    this.#askedMs = undefined;
    this.#events.ask();
    this.#arm();
  }
}
