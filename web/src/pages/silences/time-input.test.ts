import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs, writeDuration } from './duration-input.ts';
import { moment, writeMoment } from './moment-input.ts';
import { readTimeInput } from './time-input.ts';

/** A Wednesday. */
const NOW = '2026-11-25T10:30:00+01:00';

function read(text: string, now = NOW, zone = 'Europe/Berlin') {
  const span = readTimeInput(text, { nowMs: Date.parse(now), zone });
  if ('problem' in span) return span.problem;
  const shown = (ms: number | undefined) =>
    ms === undefined
      ? 'now'
      : Temporal.Instant.fromEpochMilliseconds(ms)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime()
          .toString({ smallestUnit: 'minute' });
  return `${shown(span.startsAtMs)} → ${shown(span.endsAtMs)}`;
}

describe('how long', () => {
  test.each([
    ['2h', '2026-11-25T12:30'],
    ['for 2h', '2026-11-25T12:30'],
    ['in 2 hours', '2026-11-25T12:30'],
    ['2 hours from now', '2026-11-25T12:30'],
    ['1h30m', '2026-11-25T12:00'],
    ['1h30', '2026-11-25T12:00'],
    ['1h 30 min', '2026-11-25T12:00'],
    ['1 hour and 30 minutes', '2026-11-25T12:00'],
    ['1.5h', '2026-11-25T12:00'],
    ['90 min', '2026-11-25T12:00'],
    ['3 days', '2026-11-28T10:30'],
    ['an hour', '2026-11-25T11:30'],
    ['half an hour', '2026-11-25T11:00'],
    ['  2H  ', '2026-11-25T12:30'],
    ['1w', '2026-12-02T10:30'],
  ])('%s', (text, end) => expect(read(text)).toBe(`now → ${end}`));
});

describe('until when', () => {
  test.each([
    ['until 9:00', '2026-11-26T09:00'],
    ['9:00', '2026-11-26T09:00'],
    ['until 11:00', '2026-11-25T11:00'],
    ['until 9', '2026-11-26T09:00'],
    ['till 9pm', '2026-11-25T21:00'],
    ['until 12am', '2026-11-26T00:00'],
    ['until 12:15 pm', '2026-11-25T12:15'],
    ['until noon', '2026-11-25T12:00'],
    ['until tomorrow', '2026-11-26T00:00'],
    ['until tomorrow 9:00', '2026-11-26T09:00'],
    ['tomorrow 9', '2026-11-26T09:00'],
    ['tomorrow at 9am', '2026-11-26T09:00'],
    ['9:00 tomorrow', '2026-11-26T09:00'],
    ['until today 18:00', '2026-11-25T18:00'],
    ['until monday', '2026-11-30T00:00'],
    ['until Mon 9am', '2026-11-30T09:00'],
    ['until monday 9 am', '2026-11-30T09:00'],
    ['until friday 17:00', '2026-11-27T17:00'],
    ['17:00 on friday', '2026-11-27T17:00'],
    ['until thurs', '2026-11-26T00:00'],
    ['until wednesday 11:00', '2026-11-25T11:00'],
    ['until wednesday 10:00', '2026-12-02T10:00'],
    ['until wednesday', '2026-12-02T00:00'],
    ['until 2026-12-01 08:00', '2026-12-01T08:00'],
    ['2026-12-01', '2026-12-01T00:00'],
    ['2026-12-01T08:00', '2026-12-01T08:00'],
    ['2026-12-01T08:00:00Z', '2026-12-01T09:00'],
    ['until 2026-12-01T08:00:00.250-05:00', '2026-12-01T14:00'],
    ['until 1 dec 8:00', '2026-12-01T08:00'],
    ['until Dec 1, 2026 8:00', '2026-12-01T08:00'],
    ['until 1st of march', '2027-03-01T00:00'],
    ['until 29 feb', '2028-02-29T00:00'],
    ['until 9:00 UTC', '2026-11-26T10:00'],
  ])('%s', (text, end) => expect(read(text)).toBe(`now → ${end}`));
});

describe('from when', () => {
  test.each([
    ['from 22:00 until tomorrow 6:00', '2026-11-25T22:00 → 2026-11-26T06:00'],
    ['from 22:00 to 6:00', '2026-11-25T22:00 → 2026-11-26T06:00'],
    ['22:00 - 6:00', '2026-11-25T22:00 → 2026-11-26T06:00'],
    ['tomorrow 22:00 for 2h', '2026-11-26T22:00 → 2026-11-27T00:00'],
    ['from saturday 8:00 until sunday', '2026-11-28T08:00 → 2026-11-29T00:00'],
    ['in 2h for 30 min', '2026-11-25T12:30 → 2026-11-25T13:00'],
    ['now until 11:00', 'now → 2026-11-25T11:00'],
  ])('%s', (text, span) => expect(read(text)).toBe(span));
});

describe('what is not understood says what would be', () => {
  test.each([
    ['', 'Write how long'],
    ['90', '90 what?'],
    ['soon', 'until tomorrow 9:00'.slice(6)],
    ['until whenever', '“whenever” is no time'],
    ['for ever', '“ever” is no duration'],
    ['0m', 'no time at all'],
    ['until today 9:00', 'already past'],
    ['until 2020-01-01', 'already past'],
    ['from yesterday until 9:00', '“yesterday” is no beginning'],
    ['from today 9:00 until 12:00', 'already past'],
    ['from 22:00', 'until when?'],
    ['from friday until thursday 9:00 tomorrow', 'is no time'],
    ['from friday 9:00 until tomorrow', 'end before it begins'],
    ['2026-02-30', 'not understood'],
    ['25:00', 'not understood'],
    ['13pm', 'not understood'],
    ['9999999 weeks', 'too far away'],
    ['x'.repeat(500), 'too long'],
  ])('%s', (text, words) => expect(read(text)).toContain(words));
});

describe('when clocks are set', () => {
  test('tomorrow 9:00 is nine on the clock, a day is 24 hours', () => {
    const evening = '2026-03-28T20:00:00+01:00';
    expect(read('until tomorrow 9:00', evening)).toBe('now → 2026-03-29T09:00');
    expect(read('1 day', evening)).toBe('now → 2026-03-29T21:00');
  });

  test('in the hour that comes twice, an hour is an hour', () => {
    const first = '2026-10-25T02:30:00+02:00';
    expect(readTimeInput('1h', { nowMs: Date.parse(first), zone: 'Europe/Berlin' })).toMatchObject({
      endsAtMs: Date.parse('2026-10-25T02:30:00+01:00'),
    });
    const second = '2026-10-25T02:30:00+01:00';
    expect(read('until 2:45', second)).toBe('now → 2026-10-26T02:45');
  });

  test('midnight where days begin at one in the morning', () => {
    expect(read('until 2026-09-06', '2026-09-01T12:00:00Z', 'America/Santiago')).toBe('now → 2026-09-06T01:00');
  });
});

describe('laws', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const nowMs = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2040, 0, 1) });

  test('a moment that is written is read as the same instant', () => {
    fc.assert(
      fc.property(nowMs, fc.integer({ min: 1, max: 400 * 86_400_000 }), zone, (now, laterMs, zoneName) => {
        const text = `until ${writeMoment(now + laterMs, zoneName)}`;
        expect(readTimeInput(text, { nowMs: now, zone: zoneName })).toMatchObject({ endsAtMs: now + laterMs });
      }),
    );
  });

  test('so it is around the nights in which clocks are set', () => {
    const autumn = Date.parse('2026-10-25T00:00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 * 60 }), (minutes) => {
        const ms = autumn + minutes * 60_000;
        const context = { nowMs: autumn - 1, fromMs: autumn - 1, zone: 'Europe/Berlin', isHourEnough: false };
        expect(moment(writeMoment(ms, 'Europe/Berlin').toLowerCase(), context)).toBe(ms);
      }),
    );
  });

  test('a duration that is written is read as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        expect(durationMs(writeDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  test('whatever is typed: an answer, which ends after now and after it begins', () => {
    const word = fc.constantFrom(
      ...[
        'until',
        'from',
        'for',
        'in',
        'to',
        '-',
        'tomorrow',
        'today',
        'monday',
        'fri',
        '9',
        '9:00',
        '22:00',
        '9am',
        '2h',
      ],
      ...[
        '90',
        'min',
        '3 days',
        'noon',
        'midnight',
        'utc',
        '2026-12-01',
        '1',
        'dec',
        'at',
        'on',
        'and',
        'an',
        'hour',
        '{',
      ],
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 7 }).map((words) => words.join(' ')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, nowMs, zone, (typed, now, zoneName) => {
        const span = readTimeInput(typed, { nowMs: now, zone: zoneName });
        if ('problem' in span) {
          expect(span.problem).not.toBe('');
          return;
        }
        expect(span.endsAtMs).toBeGreaterThan(now);
        expect(span.endsAtMs).toBeGreaterThan(span.startsAtMs ?? now);
        if (span.startsAtMs !== undefined) expect(span.startsAtMs).toBeGreaterThan(now);
      }),
      { numRuns: 2000 },
    );
  });
});
