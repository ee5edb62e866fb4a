/**
 * The machine's System with the cluster's wall clock: one wrong clock among several ends nothing early and begins nothing
 * late. Whatever reads absolute times reads them here; who measures how far clocks are apart must not.
 */
import type { Now } from '../src/model/now.ts';
import type { System, Timer } from '../src/system.ts';

/** An offset changes slowly, and the time is asked for all the time. */
const WORKED_OUT_EVERY_MS = 1_000;
/** The two clocks are read to the millisecond and a little apart. */
const CLOCK_IS_SET_MS = 2;

export class ClusterTime implements System {
  readonly #system: System;
  readonly #toClusterTime: (now: Now) => Now;
  #offsetMs = 0;
  #wallMinusMonotonicMs = 0;
  #workedOutMs = Number.NEGATIVE_INFINITY;

  /** `toClusterTime` puts the cluster's wall clock in the place of this node's, see Membership.clusterNow. */
  constructor(dependencies: { system: System; toClusterTime: (now: Now) => Now }) {
    this.#system = dependencies.system;
    this.#toClusterTime = dependencies.toClusterTime;
  }

  now(): Now {
    const now = this.#system.now();
    const isSet = Math.abs(now.wallMs - now.monotonicMs - this.#wallMinusMonotonicMs) >= CLOCK_IS_SET_MS;
    if (isSet || now.monotonicMs - this.#workedOutMs >= WORKED_OUT_EVERY_MS) {
      this.#workedOutMs = now.monotonicMs;
      this.#wallMinusMonotonicMs = now.wallMs - now.monotonicMs;
      this.#offsetMs = this.#toClusterTime(now).wallMs - now.wallMs;
    }
    return { wallMs: now.wallMs + this.#offsetMs, monotonicMs: now.monotonicMs };
  }

  /** A clock was heard of: the time is worked out anew when it is asked for next. */
  refresh(): void {
    this.#workedOutMs = Number.NEGATIVE_INFINITY;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#system.setTimer(delayMs, callback);
  }

  random(): number {
    return this.#system.random();
  }

  uuid(): string {
    return this.#system.uuid();
  }
}
