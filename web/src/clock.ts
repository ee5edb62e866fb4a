/**
 * The only place with clocks and timers. What time it is, the node says: a phone's clock may be wrong, and ages that are
 * read at night must not be. Between two words of the node the browser's clock is counted on from the last one.
 */
import { signal } from '@preact/signals';

/** The browser's clock and the node's need not agree better: answers take as long to arrive. */
const DISREGARDED_MS = 400;
const LONGEST_TRUSTED_TRIP_MS = 3_000;

let offsetMs: number | undefined;

/** Milliseconds since 1970, by the node's clock as far as it is known. */
export function serverNow(): number {
  return Date.now() + (offsetMs ?? 0);
}

/** By the browser's own clock; only for how long something took. It goes on while the device sleeps. */
export function localNow(): number {
  return Date.now();
}

/** Of an answer: what time it was by the node, and how long the answer took. */
export function noteServerTime(instant: string, tripMs = 0): void {
  const nodeMs = Date.parse(instant);
  if (Number.isNaN(nodeMs) || (offsetMs !== undefined && tripMs > LONGEST_TRUSTED_TRIP_MS)) return;
  const foundMs = nodeMs + tripMs / 2 - Date.now();
  if (offsetMs !== undefined && Math.abs(foundMs - offsetMs) <= DISREGARDED_MS) return;
  offsetMs = foundMs;
  // Not only with the next second: until then every age on the page would be wrong by as much as this browser's clock.
  tick.value = serverNow();
}

/** The node's time in ms, anew each second while the page is seen. */
export const tick = signal(serverNow());

/** Starts {@link tick}. Gives what stops it. */
export function startTicking(): () => void {
  const look = () => {
    if (document.visibilityState === 'visible') tick.value = serverNow();
  };
  const timer = setInterval(look, 1_000);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

/** Calls `then` after `waitMs`, unless what it gives is called before. */
export function after(waitMs: number, then: () => void): () => void {
  const timer = setTimeout(then, waitMs);
  return () => clearTimeout(timer);
}

/** Calls `then` every `everyMs` until what it gives is called. */
export function every(everyMs: number, then: () => void): () => void {
  const timer = setInterval(then, everyMs);
  return () => clearInterval(timer);
}

/** Aborts after `limitMs`, or with the given signal. */
export function within(limitMs: number, signal?: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  return signal ? AbortSignal.any([signal, limit]) : limit;
}

/** Between 0 and 1: so that browsers which lost a node do not all come back in the same instant. */
export function jitter(): number {
  return Math.random();
}
