/** What was understood of a typed time, in words: absolute, in the reader's zone and in UTC where that differs, and how long. */
import { clockFaceAt, offsetMs, offsetName, weekdayOf } from '../../zoned-time.ts';
import { leftWords } from './silence-words.ts';
import type { TimeContext, TimeSpan } from './time-input.ts';

export interface UnderstoodTime {
  /** `Until Mon 30 Nov, 09:00`; with a beginning if it does not begin at once. */
  readonly line: string;
  /** `Europe/Berlin, UTC+1`. */
  readonly zone: string;
  /** `08:00 UTC`; empty where local time is UTC. */
  readonly utc: string;
  /** `22 h 30 min`, or `begins in 2 h, lasts 8 h`. */
  readonly length: string;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function understoodTime({ startsAtMs, endsAtMs }: TimeSpan, { nowMs, zone }: TimeContext): UnderstoodTime {
  const isLater = startsAtMs !== undefined && startsAtMs > nowMs;
  const end = dayAndTime(endsAtMs, nowMs, zone);
  const line = isLater ? `From ${dayAndTime(startsAtMs, nowMs, zone)} until ${end}` : `Until ${end}`;
  const isUtc = offsetMs(endsAtMs, zone) === 0;
  const utcEnd = dayAndTime(endsAtMs, nowMs, 'UTC');
  const utcLine = isLater ? `${dayAndTime(startsAtMs, nowMs, 'UTC')} until ${utcEnd} UTC` : `${utcEnd} UTC`;
  const lasts = leftWords(endsAtMs - (isLater ? startsAtMs : nowMs));
  return {
    line,
    zone: isUtc ? zone : `${zone}, ${offsetName(endsAtMs, zone)}`,
    utc: isUtc ? '' : utcLine,
    length: isLater ? `begins in ${leftWords(startsAtMs - nowMs)}, lasts ${lasts}` : lasts,
  };
}

/** `Mon 30 Nov, 09:00`; `today` for today, and the year where it is another. */
export function dayAndTime(ms: number, nowMs: number, zone: string): string {
  const [face, today] = [clockFaceAt(ms, zone), clockFaceAt(nowMs, zone)];
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(face.hour)}:${two(face.minute)}`;
  if (face.day === today.day && face.month === today.month && face.year === today.year) return `today ${time}`;
  const year = face.year === today.year ? '' : ` ${face.year}`;
  return `${WEEKDAYS[weekdayOf(face)]} ${face.day} ${MONTHS[face.month - 1]}${year}, ${time}`;
}
