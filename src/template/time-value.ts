/** Go's `time.Time`: an instant to the nanosecond together with the zone it is told in, and its methods. */
import { type Callable, callable, INT, type Parameter, STRING } from './callable.ts';
import { DURATION, Duration } from './duration.ts';
import { NamedInteger } from './named-integer.ts';
import { quote } from './quote.ts';
import { ValueError } from './template-error.ts';
import { formatTime, MONTHS, type TimeFields, WEEKDAYS } from './time-layout.ts';
import { IntegerValue, TypedValue } from './value.ts';
import { FixedZone, UTC, ZoneValue } from './zone.ts';

/** What Go prints a time by. */
const DEFAULT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';
const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';

/** 0001-01-01T00:00:00Z, Go's zero time, from which it also counts when it rounds. */
const ZERO_EPOCH_NANOSECONDS = -62_135_596_800_000_000_000n;
/** What Temporal can hold: a hundred million days around 1970. */
const LARGEST_EPOCH_NANOSECONDS = 8_640_000_000_000_000_000_000n;

export class TimeValue extends TypedValue {
  override readonly typeName = 'time.Time';
  override readonly kind = 'struct';
  readonly epochNanoseconds: bigint;
  readonly zone: ZoneValue;

  /** Throws ValueError for years beyond ±270 000. */
  constructor(epochNanoseconds: bigint, zone: ZoneValue) {
    super();
    if (epochNanoseconds > LARGEST_EPOCH_NANOSECONDS || epochNanoseconds < -LARGEST_EPOCH_NANOSECONDS) {
      throw new ValueError('time out of range; years go from -270000 to 270000');
    }
    this.epochNanoseconds = epochNanoseconds;
    this.zone = zone;
  }

  in(zone: ZoneValue): TimeValue {
    return new TimeValue(this.epochNanoseconds, zone);
  }

  /** Throws ValueError at the very ends of the range. */
  fields(): TimeFields {
    const offsetSeconds = this.zone.offsetSeconds(this.epochNanoseconds);
    const local = this.#local(offsetSeconds);
    return {
      year: local.year,
      month: local.month,
      day: local.day,
      dayOfYear: local.dayOfYear,
      weekday: local.dayOfWeek % 7,
      hour: local.hour,
      minute: local.minute,
      second: local.second,
      nanosecond: (local.millisecond * 1000 + local.microsecond) * 1000 + local.nanosecond,
      offsetSeconds,
      abbreviation: this.zone.abbreviation(this.epochNanoseconds),
    };
  }

  format(layout: string): string {
    return formatTime(layout, this.fields());
  }

  /** As encoding/json writes it. Throws ValueError for years that RFC 3339 cannot say. */
  toRfc3339(): string {
    const { year } = this.fields();
    if (year < 0 || year > 9999) throw new ValueError('a time outside of the years 0 to 9999 has no JSON form');
    return this.format(RFC3339_NANO);
  }

  override stringer(): string {
    return this.format(DEFAULT_LAYOUT);
  }

  override goStringer(): string {
    const { year, month, day, hour, minute, second, nanosecond } = this.fields();
    const zone = this.zone === UTC ? 'time.UTC' : `time.Location(${quote(this.zone.name, {})})`;
    return `time.Date(${year}, time.${MONTHS[month - 1]}, ${day}, ${hour}, ${minute}, ${second}, ${nanosecond}, ${zone})`;
  }

  override method(name: string): Callable | undefined {
    return METHODS.get(name)?.(this);
  }

  /** Days that do not exist run over into the next month, as in Go. */
  addDate(years: bigint, months: bigint, days: bigint): TimeValue {
    const { offsetSeconds } = this.fields();
    const local = this.#local(offsetSeconds).toPlainDateTime();
    const monthIndex = BigInt(local.year + Number(years)) * 12n + BigInt(local.month - 1) + months;
    const year = Number(monthIndex >= 0n ? monthIndex / 12n : -((11n - monthIndex) / 12n));
    const month = Number(monthIndex - BigInt(year) * 12n) + 1;
    try {
      const moved = local.with({ year, month, day: 1 }).add({ days: Number(days) + local.day - 1 });
      const wall = moved.toZonedDateTime('UTC').epochNanoseconds;
      // The offset may be another one by then; like Go, first guess with one side of a change, then look again.
      const guess = wall - nanoseconds(this.zone.offsetSeconds(wall));
      const offset = this.zone.offsetSeconds(guess);
      return new TimeValue(wall - nanoseconds(offset), this.zone);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new ValueError('time out of range; years go from -270000 to 270000', { cause });
    }
  }

  /** The wall clock of the zone, told as if it were UTC's. */
  #local(offsetSeconds: number): Temporal.ZonedDateTime {
    const shifted = this.epochNanoseconds + nanoseconds(offsetSeconds);
    if (shifted > LARGEST_EPOCH_NANOSECONDS || shifted < -LARGEST_EPOCH_NANOSECONDS) {
      throw new ValueError('time out of range; years go from -270000 to 270000');
    }
    return Temporal.Instant.fromEpochNanoseconds(shifted).toZonedDateTimeISO('UTC');
  }

  /** The part above the last whole `unit` since Go's zero time. */
  restOf(unit: bigint): bigint {
    const rest = (this.epochNanoseconds - ZERO_EPOCH_NANOSECONDS) % unit;
    return rest < 0n ? rest + unit : rest;
  }
}

export const ZERO_TIME = new TimeValue(ZERO_EPOCH_NANOSECONDS, UTC);

/** A time as the poster wrote it: RFC 3339 with its own offset. Undefined for what is none. */
export function parseRfc3339(text: string): TimeValue | undefined {
  try {
    const { epochNanoseconds } = Temporal.Instant.from(text);
    const [, sign, hour, minute] = /([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
    const offsetSeconds = (Number(hour ?? 0) * 60 + Number(minute ?? 0)) * (sign === '-' ? -60 : 60);
    // An offset of zero is UTC's, as on a server that runs on UTC.
    return new TimeValue(epochNanoseconds, offsetSeconds === 0 ? UTC : new FixedZone('', offsetSeconds));
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof ValueError) return undefined;
    throw cause;
  }
}

export const TIME: Parameter<TimeValue> = {
  typeName: 'time.Time',
  constants: 'none',
  accepts: (value) => value instanceof TimeValue,
};

const ZONE: Parameter<ZoneValue> = {
  typeName: '*time.Location',
  constants: 'none',
  accepts: (value) => value instanceof ZoneValue,
};

type Method = (time: TimeValue) => Callable;

function field(name: 'year' | 'day' | 'hour' | 'minute' | 'second' | 'nanosecond' | 'dayOfYear'): Method {
  return (time) => callable([], () => BigInt(time.fields()[name]));
}

function unix(nanosecondsPerUnit: bigint): Method {
  return (time) =>
    callable([], () => new IntegerValue('int64', floorDivide(time.epochNanoseconds, nanosecondsPerUnit)));
}

function comparison(holds: (order: bigint) => boolean): Method {
  return (time) => callable([TIME], (other) => holds(time.epochNanoseconds - other.epochNanoseconds));
}

function moved(time: TimeValue, by: bigint): TimeValue {
  return new TimeValue(time.epochNanoseconds + by, time.zone);
}

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['Format', (time) => callable([STRING], (layout) => time.format(layout))],
  ['String', (time) => callable([], () => time.stringer())],
  ['GoString', (time) => callable([], () => time.goStringer())],
  ['Unix', unix(1_000_000_000n)],
  ['UnixMilli', unix(1_000_000n)],
  ['UnixMicro', unix(1000n)],
  ['UnixNano', unix(1n)],
  ['UTC', (time) => callable([], () => time.in(UTC))],
  ['Local', (time) => callable([], () => time.in(UTC))],
  ['In', (time) => callable([ZONE], (zone) => time.in(zone))],
  ['Location', (time) => callable([], () => time.zone)],
  ['Sub', (time) => callable([TIME], (other) => new Duration(time.epochNanoseconds - other.epochNanoseconds))],
  ['Add', (time) => callable([DURATION], (duration) => moved(time, duration.integer))],
  ['AddDate', (time) => callable([INT, INT, INT], (years, months, days) => time.addDate(years, months, days))],
  [
    'Truncate',
    (time) => callable([DURATION], ({ integer: unit }) => (unit <= 0n ? time : moved(time, -time.restOf(unit)))),
  ],
  [
    'Round',
    (time) =>
      callable([DURATION], ({ integer: unit }) => {
        if (unit <= 0n) return time;
        const rest = time.restOf(unit);
        return moved(time, rest + rest < unit ? -rest : unit - rest);
      }),
  ],
  ['Year', field('year')],
  ['Day', field('day')],
  ['YearDay', field('dayOfYear')],
  ['Hour', field('hour')],
  ['Minute', field('minute')],
  ['Second', field('second')],
  ['Nanosecond', field('nanosecond')],
  [
    'Month',
    (time) =>
      callable([], () => {
        const { month } = time.fields();
        return new NamedInteger('time.Month', BigInt(month), MONTHS[month - 1] ?? '');
      }),
  ],
  [
    'Weekday',
    (time) =>
      callable([], () => {
        const { weekday } = time.fields();
        return new NamedInteger('time.Weekday', BigInt(weekday), WEEKDAYS[weekday] ?? '');
      }),
  ],
  ['IsZero', (time) => callable([], () => time.epochNanoseconds === ZERO_EPOCH_NANOSECONDS)],
  ['Before', comparison((order) => order < 0n)],
  ['After', comparison((order) => order > 0n)],
  ['Equal', comparison((order) => order === 0n)],
  [
    'Compare',
    (time) =>
      callable([TIME], (other) => {
        const order = time.epochNanoseconds - other.epochNanoseconds;
        return order < 0n ? -1n : order > 0n ? 1n : 0n;
      }),
  ],
]);

function nanoseconds(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
