/** humanizeDuration as Prometheus has it: `1d 2h 3m 4s`, and below a second milliseconds and finer. */
import { Duration } from './duration.ts';
import { formatFloat } from './format-number.ts';
import { parseFloatLiteral } from './literal.ts';
import { ValueError } from './template-error.ts';
import { IntegerValue, typeName, type Value } from './value.ts';

/** Each a thousandth of the one before. */
const PREFIXES = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];

/** Of seconds as a number of any kind or as a text, or of a duration. Throws {@link ValueError} for anything else. */
export function humanizeDuration(value: Value): string {
  const seconds = secondsOf(value);
  if (!Number.isFinite(seconds)) return formatFloat(seconds, 'g', 4);
  if (Math.abs(seconds) < 1) return humanizeFraction(seconds);
  const sign = seconds < 0 ? '-' : '';
  const magnitude = Math.abs(seconds);
  const whole = BigInt(Math.trunc(magnitude));
  const units = `${(whole / 60n) % 60n}m ${whole % 60n}s`;
  if (whole >= 86_400n) return `${sign}${whole / 86_400n}d ${(whole / 3600n) % 24n}h ${units}`;
  if (whole >= 3600n) return `${sign}${whole / 3600n}h ${units}`;
  if (whole >= 60n) return sign + units;
  return `${sign}${formatFloat(magnitude, 'g', 4)}s`;
}

function humanizeFraction(seconds: number): string {
  let scaled = seconds;
  let prefix = '';
  for (const next of PREFIXES) {
    if (scaled === 0 || Math.abs(scaled) >= 1) break;
    prefix = next;
    scaled *= 1000;
  }
  return `${formatFloat(scaled, 'g', 4)}${prefix}s`;
}

function secondsOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Duration) return value.seconds;
  if (value instanceof IntegerValue && value.typeName === 'int64') return Number(value.integer);
  if (typeof value !== 'string') throw new ValueError(`can't convert ${typeName(value)} to float`);
  const special = /^([+-]?)(?:inf(?:inity)?|(nan))$/i.exec(value);
  if (special) return special[2] !== undefined ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  const parsed = parseFloatLiteral(value);
  if (parsed === undefined)
    throw new ValueError(`parsing ${JSON.stringify(value)}: invalid syntax; a number of seconds belongs here`);
  return parsed;
}
