/**
 * Days of the Gregorian calendar as numbers, in plain arithmetic: every alert that comes in or goes out has two instants
 * to read or write, and `Date` costs more than the rest of the alert.
 */

/** Year 0 to 9999, month 1 to 12, day 1 to 31. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Years are counted from March, so that the leap day is the last day of its year. */
const DAYS_BEFORE_MONTH_FROM_MARCH = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337] as const;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_IN_400_YEARS = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAY = 719_468;

/** Days since 1970-01-01; undefined if the calendar has no such day. */
export function dayNumber(year: number, month: number, day: number): number | undefined {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const daysInMonth = month === 2 && isLeapYear ? 29 : DAYS_IN_MONTH[month - 1];
  if (daysInMonth === undefined || day < 1 || day > daysInMonth) return undefined;
  const yearFromMarch = month > 2 ? year : year - 1;
  const leapDays = Math.floor(yearFromMarch / 4) - Math.floor(yearFromMarch / 100) + Math.floor(yearFromMarch / 400);
  const dayOfYear = (DAYS_BEFORE_MONTH_FROM_MARCH[(month + 9) % 12] as number) + day - 1;
  return yearFromMarch * 365 + leapDays + dayOfYear - EPOCH_DAY;
}

/** The inverse of {@link dayNumber}, for any whole number of days. */
export function calendarDay(days: number): CalendarDay {
  const fromMarch = days + EPOCH_DAY;
  const era = Math.floor(fromMarch / DAYS_IN_400_YEARS);
  const dayOfEra = fromMarch - era * DAYS_IN_400_YEARS;
  // Takes out the leap days that have passed, so that what is left divides evenly into years of 365 days.
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Months from March are 30.6 days long on average, in a pattern of five.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - (DAYS_BEFORE_MONTH_FROM_MARCH[monthFromMarch] as number) + 1,
  };
}
