/** Lengths of time in words that are read at a glance: two units at most, the lesser one only while it matters. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0 s`, `45 s`, `5 min`, `2 h 10 min`, `3 d 4 h`. What is negative, since clocks differ a little, is nothing. */
export function ageText(lengthMs: number): string {
  const ms = Number.isFinite(lengthMs) ? Math.max(0, lengthMs) : 0;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return both(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min');
  return both(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h');
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** As a machine reads it, for `<time datetime>`. */
export function durationAttribute(lengthMs: number): string {
  return `PT${Math.max(0, Math.floor(lengthMs / SECOND))}S`;
}
