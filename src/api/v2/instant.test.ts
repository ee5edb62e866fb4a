import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimestamp } from '../../model/timestamp.ts';
import { InstantReader, readInstant } from './instant.ts';

describe('the common form', () => {
  test('is read as the parser reads it', () => {
    const date = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (instant) => {
        expect(readInstant(instant.toISOString())).toEqual({ ms: instant.getTime() });
      }),
    );
  });

  test('with anything wrong in it is read as the parser reads it', () => {
    const spoilt = fc.tuple(fc.nat({ max: 23 }), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(spoilt, ([place, character]) => {
        const text = '2026-01-31T12:34:56.789Z';
        const changed = text.slice(0, place) + character + text.slice(place + 1);
        expect(readInstant(changed)).toEqual(parseTimestamp(changed));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '2026-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
  ])('%s is no time', (text) => {
    expect(readInstant(text)).toBeUndefined();
  });
});

test.each(['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z'])('%s means none was given', (text) => {
  expect(readInstant(text)).toBe('unset');
});

test('a reader reads instants that are said again and again as if each were the first', () => {
  const text = fc.constantFrom('2026-01-31T12:34:56.789Z', '2026-01-31T12:34:56+01:00', '0001-01-01T00:00:00Z', 'soon');
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const reader = new InstantReader();
      expect(texts.map((said) => reader.read(said))).toEqual(texts.map(readInstant));
    }),
  );
});
