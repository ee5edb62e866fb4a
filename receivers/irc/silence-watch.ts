/**
 * Finds out that a link is of no use any more: the other side is gone and TCP has not noticed, which it may not for hours, or
 * it talks and does not work off what it is told. A quiet link is asked with a PING; a question that stays open ends it,
 * soon while nothing at all is heard, later whatever else is.
 */
import type { System, Timer } from '../../src/system.ts';

/** Asked after this long without a word. */
const QUIET_MS = 20_000;
/** Shorter than the deadline of an attempt, so that the next attempt finds a new link instead of the same dead one. */
const WORD_WITHIN_MS = 12_000;
/**
 * Longer than a server takes that works off a command in two seconds (RFC 1459, 8.10), with as many before it as are ever
 * on their way.
 */
const ANSWER_WITHIN_MS = 30_000;
/** A timer this late means that this process stood still; what the server said meanwhile has yet to be read. */
const STOOD_STILL_MS = 1000;

export interface SilenceEvents {
  /** To be answered by {@link SilenceWatch.asked}. */
  ask(): void;
  /** Called once, after which nothing is watched any more. One line says what was missed. */
  silent(message: string): void;
}

export class SilenceWatch {
  readonly #system: System;
  readonly #events: SilenceEvents;
  #heardMs: number;
  /** When the oldest question was asked that nothing was heard after. */
  #askedMs: number | undefined;
  /** When those were asked that have no answer, by number, the oldest first. */
  readonly #open = new Map<number, number>();
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

  /** Something was written that the server must answer. Numbers rise. */
  asked(question: number): void {
    const isFirst = this.#askedMs === undefined;
    this.#open.set(question, this.#nowMs());
    this.#askedMs ??= this.#nowMs();
    if (isFirst) this.#arm();
  }

  /** This question was answered, and with it all before it. */
  answered(question: number): void {
    for (const open of this.#open.keys()) if (open <= question) this.#open.delete(open);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #nowMs(): number {
    return this.#system.now().monotonicMs;
  }

  #dueMs(): number {
    const [oldestMs = Number.POSITIVE_INFINITY] = this.#open.values();
    const wordMs = this.#askedMs === undefined ? this.#heardMs + QUIET_MS : this.#askedMs + WORD_WITHIN_MS;
    return Math.min(wordMs, oldestMs + ANSWER_WITHIN_MS);
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = this.#system.setTimer(Math.max(0, this.#dueMs() - this.#nowMs()), () => this.#look());
  }

  #look(): void {
    const lateMs = this.#nowMs() - this.#dueMs();
    // What was heard meanwhile moved the due time, but not the timer: a busy link would do little else.
    if (lateMs < 0) {
      this.#arm();
      return;
    }
    const missed = this.#missed();
    if (missed !== undefined && lateMs < STOOD_STILL_MS) {
      this.stop();
      this.#events.silent(missed);
      return;
    }
    for (const question of this.#open.keys()) this.#open.set(question, this.#nowMs());
    this.#askedMs = undefined;
    this.#events.ask();
    this.#arm();
  }

  /** Undefined if nothing that was asked is overdue. */
  #missed(): string | undefined {
    if (this.#askedMs !== undefined && this.#nowMs() >= this.#askedMs + WORD_WITHIN_MS)
      return 'the server does not answer';
    const [oldestMs = Number.POSITIVE_INFINITY] = this.#open.values();
    return this.#nowMs() >= oldestMs + ANSWER_WITHIN_MS ? 'the server talks, but does not answer PING' : undefined;
  }
}
