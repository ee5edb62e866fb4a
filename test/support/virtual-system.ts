/**
 * A System whose time passes only when a test says so. Timers fire one by one in the order of their due times (of equal
 * ones the older first), and between any two of them everything they set off comes to rest, so that a run depends on
 * nothing but the seed and the calls made. Hours pass in milliseconds.
 */
import type { Now } from '../../src/model/now.ts';
import type { System, Timer } from '../../src/system.ts';
import { SeededRandom } from './seeded-random.ts';
import { settle, watchPoolWork } from './settle.ts';

export interface VirtualSystemOptions {
  /** Of randomness and uuids. */
  readonly seed?: number;
  /** What the wall clock shows at the start. */
  readonly wallMs?: number;
  /** A monotonic clock starts anywhere; not 0 by default, so that nobody takes 0 for "never". */
  readonly monotonicMs?: number;
}

interface PendingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** More firings than this in one instant is a timer that re-arms itself without delay; time would never pass. */
const MOST_FIRINGS_PER_INSTANT = 20_000;

export class VirtualSystem implements System {
  readonly #random: SeededRandom;
  /** Apart from `#random`, so that one more uuid does not change every random choice after it. */
  readonly #uuids: SeededRandom;
  /** Sorted by due time, then by order of creation. */
  readonly #timers: PendingTimer[] = [];
  #wallMinusMonotonicMs: number;
  #monotonicMs: number;
  #running = false;

  constructor({ seed = 1, wallMs = Date.UTC(2026, 0, 5, 12), monotonicMs = 1_000_000 }: VirtualSystemOptions = {}) {
    this.#random = new SeededRandom(seed);
    this.#uuids = new SeededRandom(-1 - seed);
    this.#monotonicMs = monotonicMs;
    this.#wallMinusMonotonicMs = wallMs - monotonicMs;
    watchPoolWork();
  }

  now(): Now {
    return { wallMs: this.#monotonicMs + this.#wallMinusMonotonicMs, monotonicMs: this.#monotonicMs };
  }

  random(): number {
    return this.#random.fraction();
  }

  uuid(): string {
    return this.#uuids.uuid();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (Number.isNaN(delayMs)) throw new RangeError('a timer was given a delay that is not a number');
    const dueMs = this.#monotonicMs + Math.max(0, delayMs);
    const timer: PendingTimer = { dueMs, callback };
    this.#timers.splice(this.#indexAfter(dueMs), 0, timer);
    return {
      cancel: () => {
        this.#take(timer);
      },
    };
  }

  /** Timers that are set and have neither fired nor been cancelled: 0 after a clean stop. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Undefined if no timer is set. Never negative. */
  get untilNextTimerMs(): number | undefined {
    const [next] = this.#timers;
    return next && Math.max(0, next.dueMs - this.#monotonicMs);
  }

  /** Sets the wall clock, as an operator or NTP does; timers and the monotonic clock know nothing of it. */
  jumpWallClock(byMs: number): void {
    this.#wallMinusMonotonicMs += byMs;
  }

  /** Lets what was started come to rest without any time passing; timers that are due do not fire. */
  settle(): Promise<void> {
    return settle();
  }

  /**
   * Lets time pass, firing what falls due on the way, also timers set meanwhile. An error thrown by a timer's callback
   * ends the advance at its instant and is thrown here.
   */
  async advance(byMs: number): Promise<void> {
    if (!(byMs >= 0)) throw new RangeError(`time cannot be advanced by ${byMs} ms`);
    await this.#exclusively(() => this.#runUntil(this.#monotonicMs + byMs));
  }

  /** Advances until the wall clock shows the instant. */
  async advanceTo(wallMs: number): Promise<void> {
    await this.advance(wallMs - this.now().wallMs);
  }

  /**
   * What a process lives through that was stopped (SIGSTOP, a long garbage collection, a suspended laptop): the clocks
   * move on and nothing runs; then all timers that fell due fire at once, in order, with only microtasks between them,
   * before anything else is heard of. Wall and monotonic clock move alike.
   */
  async stall(forMs: number): Promise<void> {
    if (!(forMs >= 0)) throw new RangeError(`a stall cannot last ${forMs} ms`);
    await this.#exclusively(async () => {
      await settle();
      this.#monotonicMs += forMs;
      const overdue = this.#timers.slice(0, this.#indexAfter(this.#monotonicMs));
      for (const timer of overdue) {
        // One that fired before it may have cancelled it.
        if (!this.#take(timer)) continue;
        timer.callback();
        // The platform empties these two queues, and no others, between two timers that are due.
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
      await this.#runUntil(this.#monotonicMs);
    });
  }

  async #runUntil(untilMs: number): Promise<void> {
    await settle();
    let firings = 0;
    for (;;) {
      const [next] = this.#timers;
      if (next === undefined || next.dueMs > untilMs) break;
      firings = next.dueMs > this.#monotonicMs ? 0 : firings + 1;
      if (firings > MOST_FIRINGS_PER_INSTANT) throw new Error('a timer re-arms itself without delay; time cannot pass');
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      this.#timers.shift();
      next.callback();
      await settle();
    }
    this.#monotonicMs = untilMs;
  }

  /** Two advances at a time would each move the clock under the other. */
  async #exclusively(run: () => Promise<void>): Promise<void> {
    if (this.#running) throw new Error('time is already being advanced; await the first call');
    this.#running = true;
    try {
      await run();
    } finally {
      this.#running = false;
    }
  }

  #take(timer: PendingTimer): boolean {
    const index = this.#timers.indexOf(timer);
    if (index !== -1) this.#timers.splice(index, 1);
    return index !== -1;
  }

  /** Where a new timer of this due time belongs: after all that are due no later. */
  #indexAfter(dueMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const timer = this.#timers[middle];
      if (timer !== undefined && timer.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
