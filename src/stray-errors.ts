/**
 * What becomes of an error that nobody caught. The node goes on: an alert manager that dies of a stray error pages nobody,
 * the state that counts is on disk and merged by rules that hold whatever happened before, and an alert that breaks a
 * handler would otherwise kill every peer it is replicated to. Only a node that keeps failing is better restarted by its
 * supervisor while the peers do its work.
 */

const MOST_STRAYS = 20;
const WINDOW_MS = 60_000;

/** Notes one more stray error in `timesMs` (monotonic, oldest first) and says whether the last minute held too many. */
export function isTooManyStrays(timesMs: number[], nowMs: number): boolean {
  timesMs.push(nowMs);
  while (timesMs.length > 0 && nowMs - (timesMs[0] ?? nowMs) > WINDOW_MS) timesMs.shift();
  return timesMs.length > MOST_STRAYS;
}
