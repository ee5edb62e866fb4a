import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { clockFaceAt, instantOf, localZone, offsetName, plusDays, weekdayOf } from './zoned-time.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];
const zone = fc.constantFrom(...ZONES);
const instantMs = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2045, 0, 1) });

const temporalFace = (ms: number, zoneName: string) => {
  const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zoneName);
  const { year, month, day, hour, minute, second } = zoned;
  return { year, month, day, hour, minute, second };
};

test('an instant shows on the clocks of every zone as Temporal says', () => {
  fc.assert(
    fc.property(instantMs, zone, (ms, zoneName) => {
      expect(clockFaceAt(ms, zoneName)).toEqual(temporalFace(ms, zoneName));
    }),
  );
});

test('what a clock shows is the instant that Temporal says, also where clocks are set', () => {
  const face = fc.record({
    year: fc.integer({ min: 2020, max: 2040 }),
    month: fc.constantFrom(3, 4, 9, 10, 11),
    day: fc.integer({ min: 1, max: 30 }),
    hour: fc.integer({ min: 0, max: 4 }),
    minute: fc.integer({ min: 0, max: 59 }),
    second: fc.constant(0),
  });
  fc.assert(
    fc.property(face, zone, (shown, zoneName) => {
      const temporal = Temporal.PlainDateTime.from(shown).toZonedDateTime(zoneName);
      expect(instantOf(shown, zoneName)).toBe(temporal.epochMilliseconds);
    }),
    { numRuns: 500 },
  );
});

describe('in Berlin', () => {
  const at = (day: number, month: number, hour: number, minute: number) =>
    new Date(instantOf({ year: 2026, month, day, hour, minute, second: 0 }, 'Europe/Berlin')).toISOString();

  test('a time that is skipped in spring means the same while later', () => {
    expect(at(29, 3, 2, 30)).toBe('2026-03-29T01:30:00.000Z');
  });

  test('of two such times in autumn the earlier is meant', () => {
    expect(at(25, 10, 2, 30)).toBe('2026-10-25T00:30:00.000Z');
  });
});

test('offsets are named as people write them', () => {
  const january = Date.UTC(2026, 0, 15);
  expect(offsetName(january, 'UTC')).toBe('UTC');
  expect(offsetName(january, 'Europe/Berlin')).toBe('UTC+1');
  expect(offsetName(january, 'Asia/Kathmandu')).toBe('UTC+5:45');
  expect(offsetName(january, 'America/New_York')).toBe('UTC−5');
});

test('days run over the ends of months and years', () => {
  expect(plusDays({ year: 2026, month: 12, day: 31 }, 1)).toMatchObject({ year: 2027, month: 1, day: 1 });
  expect(weekdayOf({ year: 2026, month: 11, day: 29 })).toBe(0);
});

test('where the browser does not know its zone, times are of UTC', () => {
  const options = vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions');
  options.mockReturnValue({ timeZone: 'Etc/Unknown' } as Intl.ResolvedDateTimeFormatOptions);
  expect(localZone()).toBe('UTC');
  options.mockRestore();
});
