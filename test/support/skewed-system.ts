/**
 * The System of one node on the virtual machine of a whole world: its wall clock stands elsewhere, both its clocks run
 * at their own rate, and its process can be frozen, thawed and ended without stopping anybody else's time. Its randomness
 * is its own, so that one node more or less does not change what the others draw.
 */
import type { Now } from '../../src/model/now.ts';
import type { System, Timer } from '../../src/system.ts';
import { SeededRandom } from './seeded-random.ts';

export interface Skew {
  /** How far the wall clock stands ahead of the world's. */
  readonly wallOffsetMs?: number;
  /** Milliseconds of this node's clocks per millisecond of the world; crystals differ by 1 ± 0.0001. */
  readonly rate?: number;
  /** Where the monotonic clock stands as the world's begins: it starts anywhere, so instants of two nodes are not comparable. */
  readonly monotonicOffsetMs?: number;
  /** Of randomness and uuids. */
  readonly seed?: number;
}

interface NodeTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  world: Timer | undefined;
}

export class SkewedSystem implements System {
  readonly #world: System;
  readonly #rate: number;
  readonly #random: SeededRandom;
  readonly #uuids: SeededRandom;
  readonly #began: Now;
  readonly #monotonicOffsetMs: number;
  readonly #timers = new Set<NodeTimer>();
  /** Fell due while the process was frozen. */
  readonly #overdue: NodeTimer[] = [];
  #wallOffsetMs: number;
  /** Else rounding could show a timer an instant just before its own. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #state: 'running' | 'frozen' | 'ended' = 'running';

  constructor(world: System, { wallOffsetMs = 0, rate = 1, monotonicOffsetMs = 0, seed = 1 }: Skew = {}) {
    if (!(rate > 0)) throw new RangeError(`a clock cannot run at the rate ${rate}`);
    this.#world = world;
    this.#rate = rate;
    this.#random = new SeededRandom(seed);
    this.#uuids = new SeededRandom(-1 - seed);
    this.#began = world.now();
    this.#wallOffsetMs = wallOffsetMs;
    this.#monotonicOffsetMs = monotonicOffsetMs;
  }

  now(): Now {
    const world = this.#world.now();
    const passedMs = world.monotonicMs - this.#began.monotonicMs;
    const monotonicMs = this.#began.monotonicMs + this.#monotonicOffsetMs + passedMs * this.#rate;
    return {
      wallMs: world.wallMs + this.#wallOffsetMs + passedMs * (this.#rate - 1),
      monotonicMs: Math.max(monotonicMs, this.#notBeforeMs),
    };
  }

  random(): number {
    return this.#random.fraction();
  }

  uuid(): string {
    return this.#uuids.uuid();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (Number.isNaN(delayMs)) throw new RangeError('a timer was given a delay that is not a number');
    if (this.#state === 'ended') return { cancel() {} };
    const delay = Math.max(0, delayMs);
    const timer: NodeTimer = { dueMs: this.now().monotonicMs + delay, callback, world: undefined };
    timer.world = this.#world.setTimer(delay / this.#rate, () => {
      if (this.#state === 'frozen') this.#overdue.push(timer);
      else this.#fire(timer);
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.world?.cancel();
      },
    };
  }

  /** Timers that are set and have neither fired nor been cancelled: 0 after a clean stop. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Sets this node's wall clock, as an operator or NTP does. */
  jumpWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** As SIGSTOP: the clocks run on, the process does not. */
  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /**
   * As SIGCONT: every timer that fell due meanwhile fires now, in order, with only microtasks between them. Let the node
   * hear of the network only after this has resolved.
   */
  async thaw(): Promise<void> {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const timer of this.#overdue.splice(0)) {
      this.#fire(timer);
      // The platform empties these two queues, and no others, between two timers that are due.
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
  }

  /** As kill -9: no timer of this process ever fires again. */
  end(): void {
    this.#state = 'ended';
    for (const timer of this.#timers) timer.world?.cancel();
    this.#timers.clear();
    this.#overdue.length = 0;
  }

  #fire(timer: NodeTimer): void {
    // One that fired before it may have cancelled it.
    if (!this.#timers.delete(timer)) return;
    this.#notBeforeMs = Math.max(this.#notBeforeMs, timer.dueMs);
    timer.callback();
  }
}
