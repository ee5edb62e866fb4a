/** Time intervals: what a configuration may say, and which instants lie inside, clock changes and short months included. */
import { describe, expect, test } from 'vitest';
import {
  anyContains,
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

function problemsOf(plain: unknown): string[] {
  const result = timeIntervalFromConfig(plain);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function contains(block: TimeIntervalBlock, instant: string): boolean {
  return containsInstant(interval(block), Temporal.Instant.from(instant).epochMilliseconds);
}

describe('what a time interval contains', () => {
  test.each<[string, TimeIntervalBlock, string, boolean]>([
    ['an interval without fields contains every instant', {}, '2026-01-01T00:00Z', true],
    ['an empty list of times contains none', { times: [] }, '2026-01-01T12:00Z', false],
    ['an empty list of years contains none', { years: [] }, '2026-01-01T12:00Z', false],

    ['the start minute', { times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-01-01T09:00Z', true],
    [
      'the last instant before the start',
      { times: [{ start_time: '09:00', end_time: '17:00' }] },
      '2026-01-01T08:59:59.999Z',
      false,
    ],
    [
      'the last instant before the end',
      { times: [{ start_time: '09:00', end_time: '17:00' }] },
      '2026-01-01T16:59:59.999Z',
      true,
    ],
    ['not the end minute', { times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-01-01T17:00Z', false],
    [
      'the last minute of a day that ends at 24:00',
      { times: [{ start_time: '23:59', end_time: '24:00' }] },
      '2026-01-01T23:59:59Z',
      true,
    ],
    [
      'not the midnight after 24:00',
      { times: [{ start_time: '23:59', end_time: '24:00' }] },
      '2026-01-02T00:00Z',
      false,
    ],
    [
      'any of several times',
      {
        times: [
          { start_time: '01:00', end_time: '02:00' },
          { start_time: '05:00', end_time: '06:00' },
        ],
      },
      '2026-01-01T05:30Z',
      true,
    ],

    ['sunday', { weekdays: ['sunday'] }, '2026-03-01T12:00Z', true],
    ['saturday is not sunday', { weekdays: ['sunday'] }, '2026-02-28T23:59Z', false],
    ['friday in monday:friday', { weekdays: ['monday:friday'] }, '2026-02-27T12:00Z', true],
    ['a week from sunday to saturday', { weekdays: ['Sunday:SATURDAY'] }, '2026-02-28T12:00Z', true],

    ['a month by name', { months: ['February'] }, '2026-02-28T23:59Z', true],
    ['a range of months by name and number', { months: ['december', '1:march'] }, '2026-03-31T00:00Z', true],
    ['not the month after the range', { months: ['1:3'] }, '2026-04-01T00:00Z', false],
    ['a month beyond the twelfth never comes', { months: ['13:99'] }, '2026-12-31T00:00Z', false],

    ['a year', { years: ['2026'] }, '2026-12-31T23:59Z', true],
    ['not the year before a range', { years: ['2026:2030'] }, '2025-12-31T23:59:59Z', false],

    [
      'all fields must hold: the weekday does not',
      { weekdays: ['monday'], months: ['march'] },
      '2026-03-01T12:00Z',
      false,
    ],
    [
      'all fields must hold: they do',
      { weekdays: ['sunday'], months: ['march'], days_of_month: ['1:7'] },
      '2026-03-01T12:00Z',
      true,
    ],
  ])('%s', (_, block, instant, expected) => {
    expect(contains(block, instant)).toBe(expected);
  });
});

describe('days of the month', () => {
  test.each<[string, string[], string, boolean]>([
    ['the last day of a long month', ['-1'], '2026-01-31T12:00Z', true],
    ['the last but one is not the last', ['-1'], '2026-01-30T12:00Z', false],
    ['the last day of February', ['-1'], '2026-02-28T12:00Z', true],
    ['the 28th of a leap February is not the last', ['-1'], '2028-02-28T12:00Z', false],
    ['the leap day is the last', ['-1'], '2028-02-29T12:00Z', true],
    ['1900 was no leap year', ['-1'], '1900-02-28T12:00Z', true],
    ['2000 was one', ['-1'], '2000-02-29T12:00Z', true],
    ['the last three days', ['-3:-1'], '2026-04-28T12:00Z', true],
    ['not the fourth from the end', ['-3:-1'], '2026-04-27T12:00Z', false],
    ['from a day to the end', ['20:-1'], '2026-02-20T12:00Z', true],
    ['to some days before the end', ['1:-3'], '2026-02-26T12:00Z', true],
    ['not the days after that', ['1:-3'], '2026-02-27T12:00Z', false],
    ['an end beyond the month means its last day', ['28:31'], '2026-02-28T12:00Z', true],
    ['a range that begins after the last day is skipped', ['30:31'], '2026-02-28T12:00Z', false],
    ['and does not reach into the next month', ['30:31'], '2026-03-01T12:00Z', false],
    ['a begin before the month means its first day', ['-31:-30'], '2026-04-01T12:00Z', true],
    ['a range wholly before a short month is skipped', ['-31:-30'], '2026-02-01T12:00Z', false],
    ['any of several ranges', ['1:5', '-1'], '2026-04-30T12:00Z', true],
  ])('%s', (_, days_of_month, instant, expected) => {
    expect(contains({ days_of_month }, instant)).toBe(expected);
  });

  test('the month in which the clocks go forward keeps its last day', () => {
    expect(contains({ days_of_month: ['-1'], location: 'Europe/Berlin' }, '2026-03-31T12:00+02:00')).toBe(true);
    expect(contains({ days_of_month: ['-1'], location: 'Europe/Berlin' }, '2026-03-30T12:00+02:00')).toBe(false);
    expect(contains({ days_of_month: ['31'], location: 'America/New_York' }, '2026-03-31T12:00-04:00')).toBe(true);
  });
});

describe('locations', () => {
  const nineToFive = { times: [{ start_time: '09:00', end_time: '17:00' }] };

  test.each<[string, string, string, boolean]>([
    ['Berlin in winter', 'Europe/Berlin', '2026-01-15T08:00Z', true],
    ['Berlin in winter, an hour earlier', 'Europe/Berlin', '2026-01-15T07:59Z', false],
    ['Berlin in summer', 'Europe/Berlin', '2026-07-15T07:00Z', true],
    ['Berlin in summer, the end', 'Europe/Berlin', '2026-07-15T15:00Z', false],
    ['New York the day before the clocks change', 'America/New_York', '2026-03-07T14:00Z', true],
    ['New York the day they change', 'America/New_York', '2026-03-08T13:00Z', true],
    ['half-hour zones', 'Asia/Kolkata', '2026-01-15T03:30Z', true],
    ['fixed offsets of the Etc area', 'Etc/GMT+5', '2026-01-15T14:00Z', true],
    ['the empty location is UTC', '', '2026-01-15T09:00Z', true],
  ])('%s', (_, location, instant, expected) => {
    expect(contains({ ...nineToFive, location }, instant)).toBe(expected);
  });

  test('the local day counts, not the day in UTC', () => {
    expect(contains({ weekdays: ['monday'], location: 'Asia/Tokyo' }, '2026-03-01T15:00Z')).toBe(true);
    expect(contains({ years: ['2025'], location: 'America/New_York' }, '2026-01-01T04:59Z')).toBe(true);
  });

  test.each([
    // Local times 02:00 to 02:59 do not exist on these days: what lies wholly in the gap never comes …
    ['Europe/Berlin', '2026-03-29T00:55Z', '2026-03-29T01:05Z', '02:00', '03:00', 0],
    ['America/New_York', '2026-03-08T06:55Z', '2026-03-08T07:05Z', '02:00', '03:00', 0],
    // … and what begins in the gap begins when the clocks have jumped.
    ['Europe/Berlin', '2026-03-29T00:55Z', '2026-03-29T01:05Z', '02:30', '03:30', 5],
    // Local times 02:00 to 02:59 (Berlin) and 01:00 to 01:59 (New York) come twice on these days.
    ['Europe/Berlin', '2026-10-24T23:00Z', '2026-10-25T03:00Z', '02:00', '03:00', 120],
    ['America/New_York', '2026-11-01T04:00Z', '2026-11-01T08:00Z', '01:00', '02:00', 120],
  ])('in %s from %s to %s, %s to %s holds for %i minutes', (location, from, to, start_time, end_time, minutes) => {
    const subject = interval({ times: [{ start_time, end_time }], location });
    let held = 0;
    const toMs = Temporal.Instant.from(to).epochMilliseconds;
    for (let ms = Temporal.Instant.from(from).epochMilliseconds; ms < toMs; ms += MINUTE_MS) {
      if (containsInstant(subject, ms)) held += 1;
    }
    expect(held).toBe(minutes);
  });

  test('Local is the zone of the machine', () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(interval({ location: 'Local' }).timeZone).toBe(timeZone);
  });

  test('a clock that reads fractions of a millisecond is fine', () => {
    expect(containsInstant(interval({ years: ['1969'] }), -0.5)).toBe(true);
  });
});

test('of several intervals any may contain the instant', () => {
  const weekends = [interval({ weekdays: ['saturday'] }), interval({ weekdays: ['sunday'] })];
  expect(anyContains(weekends, Date.UTC(2026, 2, 1))).toBe(true);
  expect(anyContains(weekends, Date.UTC(2026, 2, 2))).toBe(false);
  expect(anyContains([], 0)).toBe(false);
});

describe('what a configuration may not say', () => {
  test.each<[unknown, RegExp]>([
    [null, /must be a mapping/],
    ['monday', /must be a mapping/],
    [[], /must be a mapping/],
    [{ weekday: ['monday'] }, /^weekday: unknown field/],
    [JSON.parse('{"__proto__": []}'), /^__proto__: unknown field/],
    [{ constructor: [] }, /^constructor: unknown field/],
    [{ weekdays: 'monday' }, /^weekdays: must be a list/],
    [{ weekdays: {} }, /^weekdays: must be a list/],

    [{ times: ['09:00'] }, /^times.0: must be a mapping/],
    [{ times: [{ start_time: '09:00' }] }, /^times.0.end_time: must be given/],
    [{ times: [{ start_time: '', end_time: '10:00' }] }, /^times.0.start_time: must be given/],
    [{ times: [{ start_time: '9:00', end_time: '10:00' }] }, /^times.0.start_time: "9:00" is not a time of day/],
    [{ times: [{ start_time: '09:00', end_time: '24:01' }] }, /^times.0.end_time: "24:01" is not a time of day/],
    [{ times: [{ start_time: '09:60', end_time: '10:00' }] }, /^times.0.start_time: "09:60" is not a time of day/],
    [{ times: [{ start_time: '09:00\n', end_time: '10:00' }] }, /is not a time of day/],
    [{ times: [{ start_time: 540, end_time: '10:00' }] }, /^times.0.start_time: a number is not a time of day/],
    [{ times: [{ start_time: '22:00', end_time: '06:00' }] }, /^times.0: start_time must be before end_time/],
    [{ times: [{ start_time: '09:00', end_time: '09:00' }] }, /^times.0: start_time must be before end_time/],
    [{ times: [{ start_time: '09:00', end_time: '10:00', zone: 'UTC' }] }, /^times.0.zone: unknown field/],

    [{ weekdays: ['mon'] }, /^weekdays.0: "mon" is not a weekday/],
    [{ weekdays: ['1'] }, /is not a weekday/],
    [{ weekdays: ['constructor'] }, /is not a weekday/],
    [{ weekdays: ['monday', 'saturday:sunday'] }, /^weekdays.1: "saturday:sunday": the end is before the begin/],
    [{ weekdays: ['monday:tuesday:friday'] }, /is not a begin:end range/],
    [{ weekdays: ['monday: friday'] }, /" friday" is not a weekday/],
    [{ weekdays: [null] }, /^weekdays.0: null is neither/],
    [{ weekdays: [''] }, /"" is not a weekday/],
    [{ weekdays: ['monday:'] }, /"" is not a weekday/],

    [{ days_of_month: ['0'] }, /^days_of_month.0: 0 is not a day of the month/],
    [{ days_of_month: ['32'] }, /32 is not a day/],
    [{ days_of_month: ['-32'] }, /-32 is not a day/],
    [{ days_of_month: ['1.5'] }, /"1.5" is not a day/],
    [{ days_of_month: ['-1:5'] }, /the end must be negative if the begin is/],
    [{ days_of_month: ['5:1'] }, /the end must not be before the begin/],
    [{ days_of_month: ['-1:-2'] }, /the end must not be before the begin/],
    [{ days_of_month: ['28:-1'] }, /the end must not be before the begin/],

    [{ months: ['jan'] }, /^months.0: "jan" is not a month/],
    [{ months: ['december:january'] }, /the end is before the begin/],
    [{ years: ['2027:2026'] }, /^years.0: "2027:2026": the end is before the begin/],
    [{ years: ['9'.repeat(30)] }, /is not a year/],
    [{ years: ['0x7e0'] }, /is not a year/],

    [{ location: 'Mars/Olympus' }, /^location: "Mars\/Olympus" is not a known IANA time zone/],
    [{ location: '+02:00' }, /is not a known IANA time zone/],
    [{ location: '2026-01-01T00:00Z' }, /is not a known IANA time zone/],
    [{ location: '../../etc/passwd' }, /is not a known IANA time zone/],
    [{ location: ['UTC'] }, /a list is not an IANA time zone/],
  ])('%j', (plain, message) => {
    const problems = problemsOf(plain);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  test('every problem is reported at once', () => {
    const problems = problemsOf({ weekdays: ['mon', 'tuesday', 'wed'], years: ['x'], location: 'x', foo: '1' });
    expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual(
      expect.arrayContaining(['foo', 'weekdays.0', 'weekdays.2', 'years.0', 'location']),
    );
    expect(problems).toHaveLength(5);
  });

  test('a huge value does not make a huge message', () => {
    for (const value of ['x'.repeat(1e6), ':'.repeat(1e6), '1'.repeat(1e6)]) {
      const [problem = ''] = problemsOf({ weekdays: [value] });
      expect(problem.length).toBeLessThan(250);
    }
  });
});

test('a range that is valid in some months only is accepted', () => {
  expect(problemsOf({ days_of_month: ['27:-1', '-31:-1', '31', '+5:010'] })).toEqual([]);
});

test('null fields count as absent', () => {
  expect(interval(JSON.parse('{"times": null, "location": null}'))).toEqual(interval({}));
});

test('an interval is shown as Alertmanager shows it', () => {
  const shown = timeIntervalToConfig(
    interval({
      times: [{ start_time: '00:00', end_time: '24:00' }],
      weekdays: ['MONDAY:friday', 'Sunday:sunday'],
      days_of_month: ['+1:007', '-1'],
      months: ['january:march', 'may'],
      years: ['2026:2027'],
      location: 'Europe/Berlin',
    }),
  );
  expect(shown).toEqual({
    times: [{ start_time: '00:00', end_time: '24:00' }],
    weekdays: ['monday:friday', 'sunday'],
    days_of_month: ['1:7', '-1'],
    months: ['1:3', '5'],
    years: ['2026:2027'],
    location: 'Europe/Berlin',
  });
});
