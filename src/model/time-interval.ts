/**
 * Recurring stretches of wall-clock time ("weekdays from nine to five in Berlin") that mute or unmute a route: reading
 * them from configuration, asking whether an instant lies inside, and showing them again. Same rules as Alertmanager's
 * `timeinterval` package; the one deviation is said at {@link containsInstant}.
 */

/** Both ends belong to it. */
export interface InclusiveRange {
  readonly begin: number;
  readonly end: number;
}

/** Minutes since local midnight, 0 to 1440; the end does not belong to it. */
export interface MinuteRange {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** A field that is undefined holds always; an empty list, which a configuration may say, holds never. */
export interface TimeInterval {
  readonly times: readonly MinuteRange[] | undefined;
  /** Sunday is 0. */
  readonly weekdays: readonly InclusiveRange[] | undefined;
  /** 1 to 31 from the start of the month, −1 to −31 from its end. */
  readonly daysOfMonth: readonly InclusiveRange[] | undefined;
  /** January is 1. Numbers beyond 12 are legal and never match. */
  readonly months: readonly InclusiveRange[] | undefined;
  readonly years: readonly InclusiveRange[] | undefined;
  /** As configured, undefined if not. */
  readonly location: string | undefined;
  /** The IANA zone that `location` means on this machine. */
  readonly timeZone: string;
}

export interface TimeIntervalProblem {
  /** From the interval's own block to the offending value. */
  readonly path: (string | number)[];
  readonly message: string;
}

export type TimeIntervalResult =
  | { readonly ok: true; readonly interval: TimeInterval }
  | { readonly ok: false; readonly problems: TimeIntervalProblem[] };

/** The block as YAML would hold it: what {@link timeIntervalFromConfig} reads and {@link timeIntervalToConfig} gives. */
export interface TimeIntervalBlock {
  times?: { start_time: string; end_time: string }[];
  weekdays?: string[];
  days_of_month?: string[];
  months?: string[];
  years?: string[];
  location?: string;
}

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const FIELDS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'];
const TIME_FIELDS = ['start_time', 'end_time'];

/**
 * Reads one interval from the plain values of its YAML block, in which every scalar is its source text. Gives all the
 * problems there are, not only the first. Null fields count as absent; null list items, which Alertmanager takes for
 * Sunday or for a day that never comes, are problems.
 */
export function timeIntervalFromConfig(plain: unknown): TimeIntervalResult {
  const problems = new Problems();
  const block = problems.mapping(plain, [], FIELDS);
  const interval: TimeInterval = {
    times: problems.list(block.get('times'), ['times'], minuteRange),
    weekdays: problems.list(block.get('weekdays'), ['weekdays'], rangeOf(weekday, refuseInverted)),
    daysOfMonth: problems.list(block.get('days_of_month'), ['days_of_month'], rangeOf(dayOfMonth, refuseInvertedDays)),
    months: problems.list(block.get('months'), ['months'], rangeOf(month, refuseInverted)),
    years: problems.list(block.get('years'), ['years'], rangeOf(year, refuseInverted)),
    ...locationOf(problems, block.get('location')),
  };
  return problems.found.length === 0 ? { ok: true, interval } : { ok: false, problems: problems.found };
}

/**
 * True if every field of the interval holds at the instant, as the clocks on the wall in its zone show it. Seconds do
 * not count. A range of days that begins after the month's last day is no part of that month; else its ends are moved
 * into the month.
 *
 * Alertmanager takes a month in which the clocks go forward to be a day short (it divides its hours by 24), so that −1
 * means the 30th of March in Berlin. Here it means the 31st.
 */
export function containsInstant(interval: TimeInterval, wallMs: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(wallMs)).toZonedDateTimeISO(interval.timeZone);
  const { times, weekdays, daysOfMonth, months, years } = interval;
  if (times !== undefined) {
    const minute = local.hour * 60 + local.minute;
    if (!times.some(({ startMinute, endMinute }) => startMinute <= minute && minute < endMinute)) return false;
  }
  // Temporal counts Monday 1 to Sunday 7.
  if (!anyRangeHolds(weekdays, local.dayOfWeek % 7)) return false;
  if (!anyRangeHolds(months, local.month) || !anyRangeHolds(years, local.year)) return false;
  return daysOfMonth === undefined || daysOfMonth.some((range) => holdsDay(range, local.day, local.daysInMonth));
}

export function anyContains(intervals: Iterable<TimeInterval>, wallMs: number): boolean {
  for (const interval of intervals) if (containsInstant(interval, wallMs)) return true;
  return false;
}

/** The block that {@link timeIntervalFromConfig} reads back to an equal interval, written as Alertmanager shows it. */
export function timeIntervalToConfig(interval: TimeInterval): TimeIntervalBlock {
  const { times, weekdays, daysOfMonth, months, years, location } = interval;
  return {
    ...(times && {
      times: times.map(({ startMinute, endMinute }) => ({
        start_time: clockText(startMinute),
        end_time: clockText(endMinute),
      })),
    }),
    ...(weekdays && { weekdays: weekdays.map((range) => rangeText(range, (day) => WEEKDAYS[day] ?? String(day))) }),
    ...(daysOfMonth && { days_of_month: daysOfMonth.map((range) => rangeText(range)) }),
    ...(months && { months: months.map((range) => rangeText(range)) }),
    ...(years && { years: years.map((range) => rangeText(range)) }),
    ...(location !== undefined && { location }),
  };
}

function anyRangeHolds(ranges: readonly InclusiveRange[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => begin <= value && value <= end);
}

function holdsDay({ begin, end }: InclusiveRange, day: number, daysInMonth: number): boolean {
  const first = begin < 0 ? daysInMonth + begin + 1 : begin;
  const last = end < 0 ? daysInMonth + end + 1 : end;
  // Comparing with real days clamps both ends, and a `first` beyond the month holds for none of its days.
  return first <= day && day <= last;
}

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function rangeText({ begin, end }: InclusiveRange, textOf: (member: number) => string = String): string {
  return begin === end ? textOf(begin) : `${textOf(begin)}:${textOf(end)}`;
}

type Path = (string | number)[];
type Reader<T> = (value: unknown, path: Path, problems: Problems) => T | undefined;

class Problems {
  readonly found: TimeIntervalProblem[] = [];

  /** Notes the problem; undefined, so that a reader can return it. */
  add(path: Path, message: string): undefined {
    this.found.push({ path, message });
  }

  /** Fields by name without the null ones. A Map, since a key may be called `__proto__`. */
  mapping(value: unknown, path: Path, known: readonly string[]): Map<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(path, `must be a mapping with any of ${known.join(', ')}`);
      return new Map();
    }
    const fields = new Map(Object.entries(value).filter(([, field]) => field !== null && field !== undefined));
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.add([...path, name], `unknown field; known are ${known.join(', ')}`);
    }
    return fields;
  }

  list<T>(value: unknown, path: Path, read: Reader<T>): T[] | undefined {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.add(path, 'must be a list');
    const items: T[] = [];
    for (const [index, item] of value.entries()) {
      const result = read(item, [...path, index], this);
      if (result !== undefined) items.push(result);
    }
    return items;
  }
}

function minuteRange(value: unknown, path: Path, problems: Problems): MinuteRange | undefined {
  const before = problems.found.length;
  const fields = problems.mapping(value, path, TIME_FIELDS);
  if (problems.found.length > before) return undefined;
  const [start, end] = TIME_FIELDS.map((name) => {
    const text = fields.get(name);
    if (text === undefined || text === '') {
      return problems.add([...path, name], 'must be given: both start_time and end_time are needed');
    }
    return typeof text === 'string' && /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text)
      ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
      : problems.add([...path, name], `${shown(text)} is not a time of day between 00:00 and 24:00 (HH:MM)`);
  });
  if (start === undefined || end === undefined) return undefined;
  if (start >= end) {
    return problems.add(
      path,
      'start_time must be before end_time; a stretch across midnight is written as two, one to 24:00 and one from 00:00',
    );
  }
  return { startMinute: start, endMinute: end };
}

/** `member` throws {@link Refusal} for a text it cannot read, `check` gives what is wrong with a range that was read. */
function rangeOf(
  member: (text: string) => number,
  check: (range: InclusiveRange) => string | undefined,
): Reader<InclusiveRange> {
  return (value, path, problems) => {
    if (typeof value !== 'string')
      return problems.add(path, `${shown(value)} is neither a value nor a begin:end range`);
    const parts = value.toLowerCase().split(':', 3);
    const [begin = '', end = begin] = parts;
    if (parts.length > 2) return problems.add(path, `${shown(value)} is not a begin:end range`);
    try {
      const range = { begin: member(begin), end: member(end) };
      const message = check(range);
      return message === undefined ? range : problems.add(path, `${shown(value)}: ${message}`);
    } catch (error) {
      if (error instanceof Refusal) return problems.add(path, error.message);
      throw error;
    }
  };
}

class Refusal extends Error {}

function weekday(text: string): number {
  const index = WEEKDAYS.indexOf(text);
  if (index === -1) throw new Refusal(`${shown(text)} is not a weekday (sunday, monday … saturday, in full)`);
  return index;
}

function month(text: string): number {
  const index = MONTHS.indexOf(text);
  return index === -1 ? integer(text, 'a month (1 to 12, or january … december, in full)') : index + 1;
}

function dayOfMonth(text: string): number {
  const day = integer(text, 'a day of the month');
  if (day === 0 || day < -31 || day > 31) {
    throw new Refusal(`${day} is not a day of the month (1 to 31, or -1 to -31 counted from its end)`);
  }
  return day;
}

function year(text: string): number {
  return integer(text, 'a year');
}

/** Go's `strconv.Atoi`: decimal, a sign and leading zeros allowed. */
function integer(text: string, meaning: string): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Refusal(`${shown(text)} is not ${meaning}`);
  return value === 0 ? 0 : value; // "-0" would print as "0" yet compare unequal
}

function refuseInverted({ begin, end }: InclusiveRange): string | undefined {
  return begin > end ? 'the end is before the begin; a range cannot wrap around, write it as two' : undefined;
}

/**
 * Alertmanager's own arithmetic, in which −1 of the shortest month is day 27. It refuses some ranges that are fine in
 * longer months (28:-1); taking them would make a configuration that Alertmanager's tools do not read.
 */
function refuseInvertedDays({ begin, end }: InclusiveRange): string | undefined {
  if (begin < 0 && end > 0) return 'the end must be negative if the begin is';
  const earliest = begin < 0 ? 28 + begin : begin;
  const latest = end < 0 ? 28 + end : end;
  return earliest > latest ? 'the end must not be before the begin, also in a short month' : undefined;
}

function locationOf(problems: Problems, value: unknown): Pick<TimeInterval, 'location' | 'timeZone'> {
  if (value === undefined) return { location: undefined, timeZone: 'UTC' };
  if (typeof value !== 'string') {
    problems.add(['location'], `${shown(value)} is not an IANA time zone such as Europe/Berlin`);
    return { location: undefined, timeZone: 'UTC' };
  }
  if (value === '') return { location: value, timeZone: 'UTC' };
  if (value === 'Local') return { location: value, timeZone: machineTimeZone() };
  // The platform would also take offsets and whole timestamps for a zone, which Alertmanager refuses.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,99}$/.test(value) || !isTimeZone(value)) {
    problems.add(['location'], `${shown(value)} is not a known IANA time zone such as Europe/Berlin`);
  }
  return { location: value, timeZone: value };
}

/** UTC where the machine has no zone or an unknown one, as in Go. */
function machineTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone && isTimeZone(timeZone) ? timeZone : 'UTC';
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** For messages: quoted, and cut, since the value may be anything. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
