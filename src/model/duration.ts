/** Durations as people write them, in the two dialects of the field: Prometheus' (`1d12h`) and Go's (`1.5s`). In milliseconds. */

/** What to tell someone whose text {@link parseDuration} refused. */
export const DURATION_SYNTAX =
  'a duration such as 30s, 1h30m or 2d: whole numbers with the units y, w, d, h, m, s, ms, the largest first, each once';

/** What to tell someone whose text {@link parseGoDuration} refused. */
export const GO_DURATION_SYNTAX = 'a duration such as 1.5s, 500ms or 2h45m, with the units h, m, s, ms, us, ns';

/** Go counts nanoseconds in 64 bits, which is about 292 years. */
const LONGEST_NS = 2n ** 63n - 1n;
const LONGEST_MS = Number(LONGEST_NS / 1_000_000n);

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

const PROMETHEUS_DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const PROMETHEUS_UNITS_MS: readonly number[] = [YEAR_MS, WEEK_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, 1];

/** Prometheus' `model.ParseDuration`; a bare `0` is allowed. Undefined if it is none, or longer than 292 years. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : PROMETHEUS_DURATION.exec(text);
  if (match === null) return undefined;
  const ms = PROMETHEUS_UNITS_MS.reduce((sumMs, unitMs, index) => sumMs + unitMs * Number(match[index + 1] ?? 0), 0);
  return ms <= LONGEST_MS ? ms : undefined;
}

/**
 * Prometheus' `model.Duration.String`: `90d`, `1d12h`, `0s`. Years and weeks only where nothing is left over, since `90d`
 * is easier to read than `12w6d`. Fractions of a millisecond are cut off.
 */
export function formatDuration(durationMs: number): string {
  let restMs = Math.abs(Math.trunc(durationMs));
  if (restMs === 0) return '0s';
  let text = durationMs < 0 ? '-' : '';
  const write = (unit: string, unitMs: number) => {
    const count = Math.floor(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  };
  if (restMs % YEAR_MS === 0) write('y', YEAR_MS);
  if (restMs % WEEK_MS === 0) write('w', WEEK_MS);
  write('d', DAY_MS);
  write('h', HOUR_MS);
  write('m', MINUTE_MS);
  write('s', SECOND_MS);
  write('ms', 1);
  return text;
}

const GO_UNITS_NS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  // The micro sign and the Greek letter look the same, and keyboards have either.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const GO_DURATION = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/;
const GO_PART = /(\d*)\.?(\d*)([^\d.]+)/g;

/** Nobody writes more; it bounds the arithmetic on hostile input. */
const LONGEST_GO_DURATION_LENGTH = 200;

/**
 * Go's `time.ParseDuration`: `1.5s`, `-2h45m`, a bare `0`. Milliseconds, with a fraction where units below the millisecond
 * were given. Undefined if it is none, or longer than 292 years.
 */
export function parseGoDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (text.length > LONGEST_GO_DURATION_LENGTH || !GO_DURATION.test(text)) return undefined;
  let totalNs = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.replace(/^[-+]/, '').matchAll(GO_PART)) {
    const unitNs = GO_UNITS_NS.get(unit) ?? 0n;
    totalNs += BigInt(whole) * unitNs + (BigInt(fraction) * unitNs) / 10n ** BigInt(fraction.length);
  }
  if (totalNs > LONGEST_NS) return undefined;
  const ms = Number(totalNs) / 1e6;
  return text.startsWith('-') && ms !== 0 ? -ms : ms;
}

/** Go's `Duration.String`: `1h30m0s`, `1.5s`, `500ms`, `100µs`, `0s`. Rounded to the nanosecond. */
export function formatGoDuration(durationMs: number): string {
  const ns = BigInt(Math.round(Math.abs(durationMs) * 1e6));
  if (ns === 0n) return '0s';
  const sign = durationMs < 0 ? '-' : '';
  if (ns < 1_000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** `value / 10^places` without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${digits.slice(0, -places)}${fraction === '' ? '' : '.'}${fraction}`;
}
