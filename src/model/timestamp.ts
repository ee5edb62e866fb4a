/**
 * Instants as text, both ways, as Alertmanager's API reads and writes them. An instant is a number of milliseconds; its
 * text is kept beside it only where the number cannot say the same: an offset other than UTC, or more than three decimals.
 */
import { calendarDay, dayNumber } from './calendar-day.ts';

export interface Timestamp {
  /** Since the Unix epoch; finer decimals are cut off, not rounded. */
  readonly ms: number;
  /** RFC 3339, at most nine decimals without trailing zeros, the original offset. */
  readonly text?: string;
}

/** Go's zero time: what a notification shows as the end of a firing alert. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

const ZERO_TIME_MS = Date.parse(ZERO_TIME);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Whether a posted time means "none given". Go clients have no other way to say it: they always send the year 1
 * (`0001-01-01T00:00:00.000Z`, with any number of decimals).
 */
export function isUnset(text: string): boolean {
  if (!text.startsWith('0001-01-01T00:00:00')) return false;
  const timestamp = parseTimestamp(text);
  return timestamp?.ms === ZERO_TIME_MS && timestamp.text === undefined;
}

const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

/**
 * Reads RFC 3339 and the shorter ISO 8601 forms go-openapi takes: no seconds, no zone (which means UTC), a space for the
 * `T`, no colon in the offset, only a date, and mixtures of these. '' is the epoch, as there. Undefined if it is none of these or no such day.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const utcMs = parseUtcMilliseconds(text);
  if (utcMs !== undefined) return { ms: utcMs };
  if (text === '') return { ms: 0 };
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const [sign, zoneHour, zoneMinute] = match.slice(8);
  const days = dayNumber(Number(year), Number(month), Number(day));
  if (days === undefined || !isTimeOfDay(Number(hour), Number(minute), Number(second))) return undefined;
  // Go lets people write offsets of 24 hours and of 60 minutes.
  if (Number(zoneHour ?? 0) > 24 || Number(zoneMinute ?? 0) > 60) return undefined;

  const offsetMinutes = sign === undefined ? 0 : Number(`${sign}1`) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const minutes = Number(hour) * 60 + Number(minute) - offsetMinutes;
  const milliseconds = Number(second + fraction.slice(0, 3).padEnd(3, '0'));
  const ms = days * DAY_MS + minutes * MINUTE_MS + milliseconds;
  const decimals = withoutTrailingZeros(fraction.slice(0, 9));
  if (offsetMinutes === 0 && decimals.length <= 3) return { ms };
  const zone = offsetMinutes === 0 ? 'Z' : `${sign}${zoneHour}:${zoneMinute}`;
  const point = decimals === '' ? '' : '.';
  return { ms, text: `${year}-${month}-${day}T${hour}:${minute}:${second}${point}${decimals}${zone}` };
}

/** `2006-01-02T15:04:05.000Z` alone, the form Prometheus sends: a tenth of the price of the general way. */
function parseUtcMilliseconds(text: string): number | undefined {
  if (text.length !== 24 || text[10] !== 'T' || text[23] !== 'Z') return undefined;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':' || text[19] !== '.') return undefined;
  const days = dayNumber(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const milliseconds = twoDigits(text, 20) * 10 + digit(text, 22);
  if (days === undefined || !isTimeOfDay(hour, minute, second)) return undefined;
  const ms = days * DAY_MS + (hour * 60 + minute) * MINUTE_MS + second * 1000 + milliseconds;
  // What is no digit has become NaN, and made all of it NaN.
  return Number.isNaN(ms) ? undefined : ms;
}

function isTimeOfDay(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function withoutTrailingZeros(digits: string): string {
  return digits.replace(/0{1,9}$/, '');
}

/** Exactly three decimals, the offset kept: the only form in Alertmanager's API. `text` as {@link parseTimestamp} gave it. */
export function formatApiTimestamp(ms: number, text?: string): string {
  if (text === undefined) return formatUtcMilliseconds(ms);
  const zoneAt = text.endsWith('Z') ? text.length - 1 : text.length - '+00:00'.length;
  const decimals = text.slice(20, Math.max(20, Math.min(zoneAt, 23)));
  return `${text.slice(0, 19)}.${decimals.padEnd(3, '0')}${text.slice(zoneAt)}`;
}

/** Up to nine decimals without trailing zeros, the original offset: the form in notifications. */
export function formatRfc3339Nano(ms: number, text?: string): string {
  if (text !== undefined) return text;
  const exact = formatUtcMilliseconds(ms);
  const decimals = withoutTrailingZeros(exact.slice(-4, -1));
  return `${exact.slice(0, -5)}${decimals === '' ? '' : '.'}${decimals}Z`;
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));

/** What `Date.toISOString` gives, several times as fast: one answer of the API holds a hundred thousand of them. */
function formatUtcMilliseconds(ms: number): string {
  const whole = Math.floor(ms);
  const days = Math.floor(whole / DAY_MS);
  const { year, month, day } = calendarDay(days);
  // Also true of NaN, which the platform refuses to write.
  if (!(year >= 0 && year <= 9999)) return new Date(ms).toISOString();
  const restMs = whole - days * DAY_MS;
  const seconds = Math.floor(restMs / 1000);
  const minutes = Math.floor(seconds / 60);
  return (
    `${two(Math.floor(year / 100))}${two(year % 100)}-${two(month)}-${two(day)}T` +
    `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${THREE_DIGITS[restMs % 1000]}Z`
  );
}

function two(number: number): string {
  return TWO_DIGITS[number] as string;
}
