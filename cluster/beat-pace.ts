/**
 * When to beat: about once a second, and at once when there is news, but not without end. It also sees when a beat is
 * so late that this process cannot have been running.
 */
import type { Now } from '../src/model/now.ts';
import type { System, Timer } from '../src/system.ts';

const BEAT_MS = 1_000;
/** Spread by so much to either side, so that nodes that started together do not all speak together for ever. */
const BEAT_SPREAD = 0.1;
/** A link that flaps makes everyone beat on every change; so many at a time, one more each 200 ms. */
const MOST_HURRIED = 5;
const HURRIED_EACH_MS = 200;
const STALL_MS = 1_000;

export class BeatPace {
  readonly #system: System;
  readonly #beat: () => void;
  #timer: Timer | undefined;
  #isHurried = false;
  #isStopped = false;
  #nextDueMs = Number.POSITIVE_INFINITY;
  #hurriedLeft = MOST_HURRIED;
  #hurriedCountedMs: number;

  /** `beat` must call {@link beaten}. */
  constructor(dependencies: { system: System; beat: () => void }) {
    this.#system = dependencies.system;
    this.#beat = dependencies.beat;
    this.#hurriedCountedMs = this.#system.now().monotonicMs;
  }

  /** On the monotonic clock; infinite before the first beat. */
  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  /** A beat went out; the next is due in about a second. */
  beaten(now: Now): void {
    this.#isHurried = false;
    this.#arm(BEAT_MS * (1 + BEAT_SPREAD * (2 * this.#system.random() - 1)), now);
  }

  /** There is news. All that comes in one turn of the event loop makes one beat. */
  hurry(): void {
    if (this.#isHurried || this.#nextDueMs === Number.POSITIVE_INFINITY) return;
    const now = this.#system.now();
    const refilled = (now.monotonicMs - this.#hurriedCountedMs) / HURRIED_EACH_MS;
    this.#hurriedLeft = Math.min(MOST_HURRIED, this.#hurriedLeft + refilled);
    this.#hurriedCountedMs = now.monotonicMs;
    const waitMs = Math.max(0, (1 - this.#hurriedLeft) * HURRIED_EACH_MS);
    if (now.monotonicMs + waitMs >= this.#nextDueMs) return;
    this.#hurriedLeft -= 1;
    this.#isHurried = true;
    this.#arm(waitMs, now);
  }

  isStalled(now: Now): boolean {
    return now.monotonicMs - this.#nextDueMs > STALL_MS;
  }

  /** The lateness has been noticed; the overdue beat goes out as soon as its timer fires. */
  forgiveLateness(now: Now): void {
    this.#nextDueMs = Math.max(this.#nextDueMs, now.monotonicMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    this.#timer?.cancel();
  }

  #arm(delayMs: number, now: Now): void {
    if (this.#isStopped) return;
    this.#timer?.cancel();
    this.#nextDueMs = now.monotonicMs + delayMs;
    this.#timer = this.#system.setTimer(delayMs, this.#beat);
  }
}
