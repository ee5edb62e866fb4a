/** Instants in the reader's own time zone, always with its name: people in several read the same page. */

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const time = new Intl.DateTimeFormat('en-GB', TIME);
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** `2026-11-29 03:12:05 CET`; just as long for every instant. What is no instant is shown as it is. */
export function instantText(instant: string | number): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return String(instant);
  return `${dayText(date)} ${time.format(date)} ${zoneName(date)}`;
}

/** `03:12:05`. */
export function timeText(instant: string | number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : time.format(date);
}

/** The time, and the day as well unless it is the day of `nowMs`. */
export function shortInstantText(instant: string | number, nowMs: number): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return String(instant);
  return dayText(date) === dayText(new Date(nowMs)) ? time.format(date) : `${dayText(date)} ${time.format(date)}`;
}

function dayText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function zoneName(date: Date): string {
  return zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
