import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarDay, dayNumber } from './calendar-day.ts';

const DAY_MS = 86_400_000;

describe('the number of a day', () => {
  it('agrees with the platform on every day of 800 years, within which the calendar repeats', () => {
    const first = Date.parse('1600-01-01T00:00:00Z') / DAY_MS;
    const last = Date.parse('2399-12-31T00:00:00Z') / DAY_MS;
    const wrong: number[] = [];
    for (let days = first; days <= last; days++) {
      const { year, month, day } = calendarDay(days);
      if (Date.UTC(year, month - 1, day) !== days * DAY_MS || dayNumber(year, month, day) !== days) wrong.push(days);
    }
    expect(wrong).toEqual([]);
  });

  it('agrees with the platform from the year 0 to 9999', () => {
    const first = Date.parse('0000-01-01T00:00:00Z') / DAY_MS;
    const last = Date.parse('9999-12-31T00:00:00Z') / DAY_MS;
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (days) => {
        const date = new Date(days * DAY_MS);
        expect(calendarDay(days)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
      }),
    );
  });

  it('knows leap years', () => {
    expect(dayNumber(2024, 2, 29)).toBeDefined();
    expect(dayNumber(2000, 2, 29)).toBeDefined();
    expect(dayNumber(2023, 2, 29)).toBeUndefined();
    expect(dayNumber(1900, 2, 29)).toBeUndefined();
  });

  it('does not exist for what is not in the calendar', () => {
    for (const [month, day] of [
      [0, 1],
      [13, 1],
      [4, 31],
      [1, 0],
      [1, 32],
    ] as const)
      expect(dayNumber(2024, month, day)).toBeUndefined();
  });
});
