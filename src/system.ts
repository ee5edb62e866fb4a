/**
 * Everything non-deterministic behind one door: wall clock, monotonic clock, timers, randomness, ids.
 * Nothing outside this file may ask the platform for any of them (test/tidy.test.ts), so that a test or the
 * simulator can run hours in milliseconds and replay a run from its seed.
 */
import { randomUUID } from 'node:crypto';
import type { Now } from './model/now.ts';

export interface Timer {
  /** Idempotent. After it returns, the callback will not be called any more. */
  cancel(): void;
}

export interface System {
  /** Both clocks, read together. */
  now(): Now;
  /** Calls back once, not before `delayMs` have passed on the monotonic clock. Never keeps the process alive by itself. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Uniform in [0, 1). */
  random(): number;
  /** RFC 9562 version 4. */
  uuid(): string;
}

/** Longer delays than this overflow the platform's timers, which would then fire at once. */
const LONGEST_PLATFORM_TIMER_MS = 2 ** 31 - 1;

export const realSystem: System = {
  now: () => ({ wallMs: Date.now(), monotonicMs: performance.now() }),
  random: Math.random,
  uuid: () => randomUUID(),
  setTimer(delayMs, callback) {
    const dueMs = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = () => {
      // The platform may fire up to a millisecond early; a tick that fires early would be decided too early.
      const leftMs = dueMs - performance.now();
      if (leftMs <= 0) return callback();
      handle = setTimeout(arm, Math.min(Math.ceil(leftMs), LONGEST_PLATFORM_TIMER_MS)).unref();
    };
    handle = setTimeout(arm, Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_PLATFORM_TIMER_MS)).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
export function sleep(system: System, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = system.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The reason a {@link deadline} signal aborts with; told apart from a stop by its name. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * A signal that aborts with a {@link DeadlineError} after `afterMs`, or with the parent's reason when that aborts first.
 * Bind it with `using`, so that its timer cannot be forgotten.
 */
export function deadline(system: System, afterMs: number, parent?: AbortSignal): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => controller.abort(new DeadlineError(`no result within ${Math.round(afterMs)} ms`));
  const timer = system.setTimer(afterMs, abort);
  return {
    // Not a listener on the parent: thousands of deadlines share one, and a listener is looked for among all of them.
    signal: parent ? AbortSignal.any([controller.signal, parent]) : controller.signal,
    [Symbol.dispose]: () => timer.cancel(),
  };
}
