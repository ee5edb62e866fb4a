/**
 * Clock faces and instants of any time zone, by Intl alone, since not every browser has Temporal. Where clocks are set back
 * the earlier instant is meant, and a time that is skipped means the same while later, as Temporal does by default.
 */

/** What a clock on the wall and a calendar beside it show. Month 1 to 12. */
export interface ClockFace {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export type CalendarDate = Pick<ClockFace, 'year' | 'month' | 'day'>;

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The browser's; a name of the IANA database such as `Europe/Berlin`, or `UTC` where the browser does not know. */
export function localZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  try {
    // Chromium calls what it does not know `Etc/Unknown`, and takes that from nobody.
    formatOf(timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}

/** Fractions of a second are cut off. Throws RangeError for an unknown zone. */
export function clockFaceAt(instantMs: number, zone: string): ClockFace {
  const found: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instantMs)) found[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found;
  return { year, month, day, hour, minute, second };
}

/** The instant in ms at which clocks of the zone show this. A day or an hour too many runs over into the next. */
export function instantOf(face: ClockFace, zone: string): number {
  const asUtcMs = utcMs(face);
  const before = offsetMs(asUtcMs - DAY_MS, zone);
  const after = offsetMs(asUtcMs + DAY_MS, zone);
  const found = [before, after].map((offset) => asUtcMs - offset).filter((ms) => ms + offsetMs(ms, zone) === asUtcMs);
  // In the gap that setting a clock forward leaves, no instant shows this; the old offset leads past the gap.
  return found.length > 0 ? Math.min(...found) : asUtcMs - before;
}

/** How far clocks of the zone are ahead of UTC then, in ms. */
export function offsetMs(instantMs: number, zone: string): number {
  const wholeSecondsMs = Math.floor(instantMs / 1000) * 1000;
  return utcMs(clockFaceAt(wholeSecondsMs, zone)) - wholeSecondsMs;
}

/** `UTC+1`, `UTC−3:30`, or `UTC`. */
export function offsetName(instantMs: number, zone: string): string {
  const offset = offsetMs(instantMs, zone);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  if (minutes === 0) return 'UTC';
  const rest = minutes % 60;
  return `UTC${offset < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

export function plusDays({ year, month, day }: CalendarDate, days: number): CalendarDate {
  return clockFaceOfUtc(utcMs({ ...MIDNIGHT, year, month, day: day + days }));
}

/** 0 is Sunday. */
export function weekdayOf(date: CalendarDate): number {
  return new Date(utcMs({ ...MIDNIGHT, ...date })).getUTCDay();
}

/** Whether the calendar has such a day. */
export function isCalendarDate(date: CalendarDate): boolean {
  const same = plusDays(date, 0);
  return same.year === date.year && same.month === date.month && same.day === date.day;
}

export const MIDNIGHT = { hour: 0, minute: 0, second: 0 } as const;

function clockFaceOfUtc(ms: number): ClockFace {
  const date = new Date(ms);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function utcMs({ year, month, day, hour, minute, second }: ClockFace): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
