/** When to stop: on the first signal cleanly, on a later one at once. */
import { realSystem } from '../../src/system.ts';

/**
 * npm, the shell and the terminal may all pass on the same Ctrl-C; only one that comes later is meant as a second.
 */
const SAME_SIGNAL_MS = 1_000;

/** A hangup means that the terminal was closed, not that the configuration should be read again. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Resolves with the first signal. */
  readonly stopped: Promise<void>;
  /** Aborted by a later one. */
  readonly now: AbortSignal;
}

export function stopSignals(): StopSignals {
  const stop = new AbortController();
  const now = new AbortController();
  const stopped = Promise.withResolvers<void>();
  let sinceMs = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const { monotonicMs } = realSystem.now();
      if (!stop.signal.aborted) {
        sinceMs = monotonicMs;
        stop.abort();
        stopped.resolve();
      } else if (monotonicMs - sinceMs > SAME_SIGNAL_MS) now.abort();
    });
  }
  return { stop: stop.signal, stopped: stopped.promise, now: now.signal };
}
