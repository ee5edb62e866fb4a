import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatApiTimestamp, formatRfc3339Nano, isUnset, parseTimestamp, ZERO_TIME } from './timestamp.ts';

const NOON_MS = Date.parse('2024-02-29T12:00:00.000Z');

describe('reading a time', () => {
  it.each([
    '2024-02-29T12:00:00.000Z',
    '2024-02-29T12:00:00Z',
    '2024-02-29T12:00:00.000000Z',
    '2024-02-29T12:00:00+00:00',
    '2024-02-29T12:00:00-00:00',
    '2024-02-29T12:00:00',
    '2024-02-29T12:00Z',
    '2024-02-29T12:00',
    '2024-02-29 12:00:00',
    '2024-02-29T12:00:00,0Z',
  ])('takes %s for noon in UTC, which needs no text', (text) => {
    expect(parseTimestamp(text)).toEqual({ ms: NOON_MS });
  });

  it('takes a bare date for its beginning and an empty text for the epoch', () => {
    expect(parseTimestamp('2024-02-29')).toEqual({ ms: Date.parse('2024-02-29T00:00:00Z') });
    expect(parseTimestamp('')).toEqual({ ms: 0 });
  });

  it('keeps the text where milliseconds in UTC cannot say the same', () => {
    expect(parseTimestamp('2024-02-29T14:00:00+02:00')).toEqual({ ms: NOON_MS, text: '2024-02-29T14:00:00+02:00' });
    expect(parseTimestamp('2024-02-29T06:30:00.500-0530')).toEqual({
      ms: NOON_MS + 500,
      text: '2024-02-29T06:30:00.5-05:30',
    });
    expect(parseTimestamp('2024-02-29T12:00:00.123456789Z')).toEqual({
      ms: NOON_MS + 123,
      text: '2024-02-29T12:00:00.123456789Z',
    });
  });

  it('cuts off what is finer than a nanosecond', () => {
    expect(parseTimestamp('2024-02-29T12:00:00.0000000001Z')).toEqual({ ms: NOON_MS });
  });

  it('cuts towards the past, also before the epoch', () => {
    expect(parseTimestamp('1969-12-31T23:59:59.9999Z')?.ms).toBe(-1);
  });

  it.each([
    'now',
    '2024-02-30T12:00:00.000Z',
    '2024-13-01T12:00:00.000Z',
    '2024-02-29T24:00:00.000Z',
    '2024-02-29T12:60:00.000Z',
    '2024-02-29T12:00:60.000Z',
    '2024-02-29T12:00:00.x00Z',
    '20x4-02-29T12:00:00.000Z',
    '2024-02-2xT12:00:00.000Z',
    '2024-02-29T12:00:00.Z',
    '2024-02-29T12:00:00z',
    '2024-02-29T12:00:00+25:00',
    '2024-02-29T12:00:00+01:61',
    '2024-02-29T12',
    ' 2024-02-29',
    '2024-02-29\n',
    '+12024-02-29T12:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('agrees with the platform on every instant it can write', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseTimestamp(date.toISOString())).toEqual({ ms: date.getTime() });
          expect(parseTimestamp(date.toISOString().replace('Z', '000Z'))).toEqual({ ms: date.getTime() });
        },
      ),
    );
  });
});

describe('the time that means none', () => {
  it.each(['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z', ZERO_TIME])('%s', (text) => {
    expect(isUnset(text)).toBe(true);
  });

  it.each([
    '',
    '0001-01-01T00:00:00.001Z',
    '0001-01-01T00:00:00.000001Z',
    '0001-01-01T00:00:00+01:00',
    '1970-01-01T00:00:00Z',
  ])('is not %j', (text) => {
    expect(isUnset(text)).toBe(false);
  });
});

describe('writing a time for the API', () => {
  it('has exactly three decimals', () => {
    expect(formatApiTimestamp(NOON_MS)).toBe('2024-02-29T12:00:00.000Z');
    expect(formatApiTimestamp(NOON_MS + 7)).toBe('2024-02-29T12:00:00.007Z');
  });

  it.each([
    ['2024-02-29T14:00:00+02:00', '2024-02-29T14:00:00.000+02:00'],
    ['2024-02-29T14:00:00.5-05:30', '2024-02-29T14:00:00.500-05:30'],
    ['2024-02-29T12:00:00.123456789Z', '2024-02-29T12:00:00.123Z'],
    ['2024-02-29T12:00:00.1234567+24:00', '2024-02-29T12:00:00.123+24:00'],
  ])('keeps the offset of %s', (text, written) => {
    expect(formatApiTimestamp(NOON_MS, text)).toBe(written);
  });

  it('writes what the platform would, before the epoch and outside of four-digit years, too', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(formatApiTimestamp(date.getTime())).toBe(date.toISOString());
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        expect(formatApiTimestamp(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });
});

describe('writing a time for a notification', () => {
  it.each([
    [NOON_MS, '2024-02-29T12:00:00Z'],
    [NOON_MS + 7, '2024-02-29T12:00:00.007Z'],
    [NOON_MS + 120, '2024-02-29T12:00:00.12Z'],
  ])('has no trailing zeros', (ms, written) => {
    expect(formatRfc3339Nano(ms)).toBe(written);
  });

  it('is the text where there is one', () => {
    expect(formatRfc3339Nano(NOON_MS, '2024-02-29T14:00:00.000000001+02:00')).toBe(
      '2024-02-29T14:00:00.000000001+02:00',
    );
  });

  it('comes back as the same instant with the same text', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
    const zone = fc.oneof(
      fc.constant('Z'),
      fc
        .tuple(fc.constantFrom('+', '-'), two(23), two(59))
        .map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
    );
    const decimals = fc.oneof(
      fc.constant(''),
      fc.integer({ min: 1, max: 999_999_999 }).map((nanoseconds) => `.${nanoseconds}`),
    );
    fc.assert(
      fc.property(two(23), two(59), two(59), decimals, zone, (hour, minute, second, fraction, offset) => {
        const parsed = parseTimestamp(`2024-02-29T${hour}:${minute}:${second}${fraction}${offset}`);
        expect(parseTimestamp(formatRfc3339Nano(parsed?.ms ?? Number.NaN, parsed?.text))).toEqual(parsed);
      }),
    );
  });
});
