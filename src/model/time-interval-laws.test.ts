/** Laws of time intervals: they agree with a naive reading of the calendar, and what is shown reads back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  containsInstant,
  type TimeInterval,
  type TimeIntervalBlock,
  timeIntervalFromConfig,
  timeIntervalToConfig,
} from './time-interval.ts';

const MINUTE_MS = 60_000;

function interval(block: TimeIntervalBlock): TimeInterval {
  const result = timeIntervalFromConfig(block);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.interval;
}

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];

const anyBlock: fc.Arbitrary<TimeIntervalBlock> = fc.record(
  {
    times: fc.array(
      fc
        .uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 2 })
        .map((ends) => ends.toSorted((a, b) => a - b))
        .map(([start = 0, end = 0]) => ({ start_time: clock(start), end_time: clock(end) })),
      { minLength: 1, maxLength: 3 },
    ),
    weekdays: ranges(0, 6).map((list) =>
      list.map((range) =>
        range
          .map((day) =>
            new Date(Date.UTC(2026, 2, 1 + day)).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' }),
          )
          .join(':'),
      ),
    ),
    days_of_month: fc.array(
      fc
        .tuple(dayNumber(), dayNumber())
        .filter(([begin, end]) => !(begin < 0 && end > 0))
        .filter(([begin, end]) => (begin < 0 ? 28 + begin : begin) <= (end < 0 ? 28 + end : end))
        .map((range) => range.join(':')),
      { minLength: 1, maxLength: 3 },
    ),
    months: ranges(1, 13).map((list) => list.map((range) => range.join(':'))),
    years: ranges(2024, 2028).map((list) => list.map((range) => range.join(':'))),
    location: fc.constantFrom(...ZONES),
  },
  { requiredKeys: [] },
);

function ranges(min: number, max: number): fc.Arbitrary<number[][]> {
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map((ends) => ends.toSorted((a, b) => a - b));
  return fc.array(range, { minLength: 1, maxLength: 3 });
}

function dayNumber(): fc.Arbitrary<number> {
  return fc.integer({ min: -31, max: 31 }).filter((day) => day !== 0);
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/**
 * The naive answer: the wall's reading comes from Intl rather than Temporal, and every list is spelled out into the
 * strings of all the minutes, days, months and years it names.
 */
function oracleContains(block: TimeIntervalBlock, wallMs: number): boolean {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: block.location ?? 'UTC',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', weekday: 'long' },
    })
      .formatToParts(wallMs)
      .map(({ type, value }) => [type, value]),
  );
  const year = Number(parts.year);
  const month = Number(parts.month);
  const lengths = [
    31,
    (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28,
    31,
    30,
    31,
    30,
    31,
    31,
    30,
    31,
    30,
    31,
  ];
  const length = lengths[month - 1] ?? 0;
  const week = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const spelled = (list: string[] | undefined, numberOf: (text: string) => number) =>
    list?.flatMap((text) => {
      const [begin = 0, end = 0] = text.split(':').map(numberOf);
      return Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => begin + index);
    });
  const minutes = block.times?.flatMap(({ start_time, end_time }) =>
    Array.from({ length: 1440 }, (_, minute) => clock(minute)).filter((at) => at >= start_time && at < end_time),
  );
  return (
    (minutes?.includes(`${parts.hour}:${parts.minute}`) ?? true) &&
    (spelled(block.weekdays, (name) => week.indexOf(name))?.includes(week.indexOf(parts.weekday ?? '')) ?? true) &&
    (spelled(block.days_of_month, (text) => Number(text) + (Number(text) < 0 ? length + 1 : 0))?.includes(
      Number(parts.day),
    ) ??
      true) &&
    (spelled(block.months, Number)?.includes(month) ?? true) &&
    (spelled(block.years, Number)?.includes(year) ?? true)
  );
}

test('agrees with a naive reading of the calendar, minute by minute across days and clock changes', () => {
  const aroundTheseTimes = fc.oneof(
    fc.integer({ min: Date.UTC(2023, 11, 1), max: Date.UTC(2029, 1, 1) }),
    // Two hours before clock changes, ends of months and the turn of a year.
    fc
      .constantFrom(
        '2026-03-28T23:30Z',
        '2026-10-24T23:30Z',
        '2026-03-08T05:30Z',
        '2026-11-01T04:30Z',
        '2028-02-29T22:00Z',
        '2026-12-31T08:30Z',
      )
      .map((instant) => Temporal.Instant.from(instant).epochMilliseconds),
  );
  fc.assert(
    fc.property(anyBlock, aroundTheseTimes, (block, fromMs) => {
      const subject = interval(block);
      for (let ms = fromMs; ms < fromMs + 4 * 60 * MINUTE_MS; ms += 7 * MINUTE_MS) {
        expect(containsInstant(subject, ms), new Date(ms).toISOString()).toBe(oracleContains(block, ms));
      }
    }),
    { numRuns: 150 },
  );
});

test('what is shown reads back to the same interval', () => {
  fc.assert(
    fc.property(anyBlock, (block) => {
      const subject = interval(block);
      expect(interval(timeIntervalToConfig(subject))).toEqual(subject);
    }),
  );
});

test('no plain value makes reading throw', () => {
  const hostile = fc.oneof(fc.anything({ withNullPrototype: true }), fc.string());
  const plain = fc.record({ times: hostile, weekdays: fc.array(hostile), days_of_month: hostile, location: hostile });
  fc.assert(fc.property(fc.oneof(plain, hostile), (value) => void timeIntervalFromConfig(value)));
});
