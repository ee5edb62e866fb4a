/**
 * Notices when this process did not live through time as others did: its event loop stalled (SIGSTOP, a long pause, a
 * starved machine), or the wall clock was set. It must be asked before anything is decided, since after a stall timers
 * fire before the sockets, where the news waits, are read.
 */
import type { Now } from './model/now.ts';
import type { System, Timer } from './system.ts';

export type Disturbance = {
  /** What the wall clock showed when all was well for the last time. */
  readonly sinceWallMs: number;
} & (
  | { readonly kind: 'stall'; readonly stalledMs: number }
  /** Negative if it was set back. */
  | { readonly kind: 'clock jump'; readonly jumpedMs: number }
);

const BEAT_MS = 1_000;
const STALL_MS = 1_000;
/** Less is a clock being slewed into place. */
const JUMP_MS = 1_000;

export class ClockWatch {
  readonly #system: System;
  readonly #onDisturbance: (disturbance: Disturbance, now: Now) => void;
  #last: Now;
  #timer: Timer | undefined;

  constructor(dependencies: { system: System; onDisturbance: (disturbance: Disturbance, now: Now) => void }) {
    this.#system = dependencies.system;
    this.#onDisturbance = dependencies.onDisturbance;
    this.#last = dependencies.system.now();
  }

  start(): void {
    this.check();
    this.#timer = this.#system.setTimer(BEAT_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Reports what happened since the last check, if anything did. */
  check(): void {
    const now = this.#system.now();
    const last = this.#last;
    this.#last = now;
    const disturbance = disturbanceBetween(last, now);
    if (disturbance) this.#onDisturbance(disturbance, now);
  }
}

/** Pure. A stall that comes with a jump is reported as the stall: both are answered alike. */
export function disturbanceBetween(last: Now, now: Now): Disturbance | undefined {
  const passedMs = now.monotonicMs - last.monotonicMs;
  const sinceWallMs = last.wallMs;
  if (passedMs > BEAT_MS + STALL_MS) return { kind: 'stall', stalledMs: passedMs - BEAT_MS, sinceWallMs };
  const jumpedMs = now.wallMs - last.wallMs - passedMs;
  return Math.abs(jumpedMs) > JUMP_MS ? { kind: 'clock jump', jumpedMs, sinceWallMs } : undefined;
}
