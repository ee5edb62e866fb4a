/**
 * One moment as people type it: `9:00`, `9pm`, `tomorrow 9`, `friday 17:00`, `17:00 on friday`, `2026-12-01 08:00`,
 * `1 dec 8:00`, `9:00 utc`, RFC 3339. A time or weekday alone is the next such one; a day alone is its beginning.
 */
import {
  type CalendarDate,
  clockFaceAt,
  instantOf,
  isCalendarDate,
  offsetMs,
  plusDays,
  weekdayOf,
} from '../../zoned-time.ts';

export const MOMENT_EXAMPLES = '9:00, tomorrow 9:00, friday 17:00, 2026-12-01 08:00';

export interface MomentContext {
  readonly nowMs: number;
  /** The next such time is looked for after this. */
  readonly fromMs: number;
  readonly zone: string;
  /** Whether `9` alone is nine o'clock. */
  readonly isHourEnough: boolean;
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const START_OF_DAY: TimeOfDay = { hour: 0, minute: 0, second: 0 };

/** In ms; undefined if it is none. May lie in the past if the day was said. Words in lower case with single spaces. */
export function moment(words: string, context: MomentContext): number | undefined {
  const inUtc = / ?\butc$/.exec(words);
  if (inUtc !== null && inUtc.index > 0) return moment(words.slice(0, inUtc.index), { ...context, zone: 'UTC' });
  const rfc3339 = rfc3339Ms(words);
  if (rfc3339 !== undefined) return rfc3339;
  const onlyTime = timeOfDay(words.replace(/^at /, ''), context.isHourEnough);
  if (onlyTime !== undefined) return nextTime(onlyTime, context);
  for (const { day, time } of splits(words)) {
    const when = time === '' ? START_OF_DAY : timeOfDay(time, true);
    const found = when && onDay(day, when, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All ways to see a day and a time, in either order, in the words. */
function* splits(words: string): Iterable<{ day: string; time: string }> {
  yield { day: words, time: '' };
  const isoTime = /^(\d{4}-\d\d-\d\d)t(\d.*)$/.exec(words);
  if (isoTime !== null) yield { day: isoTime[1] ?? '', time: isoTime[2] ?? '' };
  for (let at = words.indexOf(' '); at > 0; at = words.indexOf(' ', at + 1)) {
    const [first, second] = [words.slice(0, at), words.slice(at + 1)];
    yield { day: first, time: second.replace(/^at /, '') };
    yield { day: second.replace(/^on /, ''), time: first };
  }
}

/** `9:00`, `09:00:30`, `9am`, `9:30 pm`, `noon`, `midnight`; `9` if that is enough. */
function timeOfDay(text: string, isHourEnough: boolean): TimeOfDay | undefined {
  if (text === 'noon') return { hour: 12, minute: 0, second: 0 };
  if (text === 'midnight') return START_OF_DAY;
  const match = /^(\d{1,2})(?::(\d\d))?(?::(\d\d))? ?(am|pm)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours = '', minutes, seconds, half] = match;
  if (minutes === undefined && half === undefined && !isHourEnough) return undefined;
  const [minute, second] = [Number(minutes ?? 0), Number(seconds ?? 0)];
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  return hour < 24 && minute < 60 && second < 60 ? { hour, minute, second } : undefined;
}

function nextTime(time: TimeOfDay, { fromMs, zone }: MomentContext): number | undefined {
  return nextDay(fromMs, zone, time, () => true);
}

/** The first day on or after `fromMs` that is wanted and whose time comes later than that. */
function nextDay(
  fromMs: number,
  zone: string,
  time: TimeOfDay,
  isWanted: (date: CalendarDate) => boolean,
): number | undefined {
  const today = clockFaceAt(fromMs, zone);
  // Two weeks: a zone may leave out a whole day, and has.
  for (let days = 0; days <= 14; days++) {
    const date = plusDays(today, days);
    const ms = instantOf({ ...date, ...time }, zone);
    if (isWanted(date) && ms > fromMs) return ms;
  }
  return undefined;
}

function onDay(day: string, time: TimeOfDay, context: MomentContext): number | undefined {
  const { nowMs, fromMs, zone } = context;
  const today = clockFaceAt(nowMs, zone);
  if (day === 'today') return instantOf({ ...today, ...time }, zone);
  if (day === 'tomorrow' || day === 'tmrw') return instantOf({ ...plusDays(today, 1), ...time }, zone);
  const weekday = day.length < 3 ? -1 : WEEKDAYS.findIndex((name) => isShortFor(day, name));
  if (weekday >= 0) return nextDay(fromMs, zone, time, (date) => weekdayOf(date) === weekday);
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (iso !== null) {
    const date = { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
    return date.year >= 1970 && isCalendarDate(date) ? instantOf({ ...date, ...time }, zone) : undefined;
  }
  return onNamedDate(day, time, context);
}

/** `1 dec`, `dec 1`, `1st of december 2026`; without a year the next one. */
function onNamedDate(day: string, time: TimeOfDay, { fromMs, zone }: MomentContext): number | undefined {
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?\.?(?: of)? ([a-z]{3,9})\.?(?: (\d{4}))?$/.exec(day);
  const monthFirst = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/.exec(day);
  const name = dayFirst?.[2] ?? monthFirst?.[1] ?? '';
  const month = MONTHS.findIndex((short, index) => isShortFor(name, MONTH_NAMES[index] ?? short)) + 1;
  if (name === '' || month === 0) return undefined;
  const dayOfMonth = Number(dayFirst?.[1] ?? monthFirst?.[2]);
  const saidYear = dayFirst?.[3] ?? monthFirst?.[3];
  const firstYear = saidYear === undefined ? clockFaceAt(fromMs, zone).year : Number(saidYear);
  // Eight years: the 29th of February may be that far away.
  for (let year = firstYear; year <= firstYear + (saidYear === undefined ? 8 : 0); year++) {
    const date = { year, month, day: dayOfMonth };
    if (!isCalendarDate(date)) continue;
    const ms = instantOf({ ...date, ...time }, zone);
    if (saidYear !== undefined || ms > fromMs) return ms;
  }
  return undefined;
}

function isShortFor(word: string, name: string): boolean {
  return word.length >= 3 && (word === name || (word.length <= 5 && name.startsWith(word)));
}

/** With a zone; a time without one is local. */
function rfc3339Ms(words: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[t ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(?:z|([+-])(\d\d):?(\d\d))$/.exec(
    words,
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1, 6).map(Number);
  const second = Number(match[6] ?? 0);
  const offsetMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  if (!isCalendarDate({ year, month, day }) || hour > 23 || minute > 59 || second > 59 || offsetMinutes >= 1440) {
    return undefined;
  }
  const ms = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const sign = match[8] === '-' ? 1 : -1;
  return instantOf({ year, month, day, hour, minute, second }, 'UTC') + ms + sign * offsetMinutes * 60_000;
}

/** So that {@link moment} reads the same instant again, cut to ms: `2026-12-01 08:00`, or with an offset where that is not enough. */
export function writeMoment(instantMs: number, zone: string): string {
  const face = clockFaceAt(instantMs, zone);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(face.year).padStart(4, '0')}-${two(face.month)}-${two(face.day)}`;
  const time = `${two(face.hour)}:${two(face.minute)}`;
  if (instantOf({ ...face, second: 0 }, zone) === instantMs) return `${date} ${time}`;
  const offset = offsetMs(instantMs, zone);
  const minutes = Math.abs(offset) / 60_000;
  const zoneText = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const restMs = instantMs - Math.floor(instantMs / 1000) * 1000;
  const fraction = restMs === 0 ? '' : `.${String(restMs).padStart(3, '0')}`;
  return `${date}T${time}:${two(face.second)}${fraction}${zoneText}`;
}
