/**
 * When a set of time intervals next begins or ends to hold. Between two instants at which the clocks on the wall show a
 * boundary nothing changes, so only those are looked at: a few a day.
 */
import { containsInstant, type TimeInterval } from './time-interval.ts';

const MINUTE_MS = 60_000;

/** The first instant after `wallMs` at which any of the intervals holds if none did, or none if any did; undefined if none is near. */
export function nextChangeMs(
  intervals: readonly TimeInterval[],
  wallMs: number,
  { withinMs }: { readonly withinMs: number },
): number | undefined {
  const holds = intervals.map((interval) => containsInstant(interval, wallMs));
  const held = holds.includes(true);
  const changes = intervals.map((interval) => changesOf(interval, wallMs, wallMs + withinMs));
  const next = changes.map((of) => of.next());
  for (;;) {
    const atMs = Math.min(...next.map(({ value, done }) => (done ? Number.POSITIVE_INFINITY : value)));
    if (atMs === Number.POSITIVE_INFINITY) return undefined;
    for (const [index, change] of next.entries()) {
      if (change.done || change.value !== atMs) continue;
      holds[index] = !holds[index];
      next[index] = changes[index]?.next() ?? { done: true, value: undefined };
    }
    if (holds.includes(true) !== held) return atMs;
  }
}

/** The instants at which one interval changes, in order. */
function* changesOf(interval: TimeInterval, fromMs: number, untilMs: number): Generator<number, undefined> {
  let holds = containsInstant(interval, fromMs);
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(fromMs)).toZonedDateTimeISO(interval.timeZone);
  for (let day = zoned.startOfDay(); day.epochMilliseconds <= untilMs; day = day.add({ days: 1 }).startOfDay()) {
    for (const atMs of boundariesOf(interval, day)) {
      if (atMs <= fromMs || containsInstant(interval, atMs) === holds) continue;
      if (atMs > untilMs) return undefined;
      holds = !holds;
      yield atMs;
    }
  }
  return undefined;
}

/** The instants of a day at which the interval may begin or end, in order. */
function boundariesOf(interval: TimeInterval, day: Temporal.ZonedDateTime): readonly number[] {
  const startMs = day.epochMilliseconds;
  const { times } = interval;
  // A day that is out as a whole, or in, changes nothing but at its start.
  if (times === undefined || !containsInstant({ ...interval, times: undefined }, startMs)) return [startMs];
  // The clocks are set on this day: its boundaries may come twice, or be left out.
  if (day.hoursInDay !== 24) {
    return Array.from({ length: Math.ceil(day.hoursInDay * 60) }, (_, minute) => startMs + minute * MINUTE_MS);
  }
  const minutes = new Set([0, ...times.flatMap(({ startMinute, endMinute }) => [startMinute, endMinute])]);
  return [...minutes].sort((a, b) => a - b).map((minute) => startMs + minute * MINUTE_MS);
}
