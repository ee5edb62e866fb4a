/** Times of the API: the one form nearly every client sends is read without any parser, all others by the model's. */
import { isUnset, parseTimestamp, type Timestamp } from '../../model/timestamp.ts';

/** 'unset' for what Go clients send for no time at all; undefined for what is no time. */
export function readInstant(text: string): Timestamp | 'unset' | undefined {
  const ms = readUtcMilliseconds(text);
  if (!Number.isNaN(ms)) return { ms };
  return isUnset(text) ? 'unset' : parseTimestamp(text);
}

/** Reads one field of all alerts of a request, in which checkers often say the same instant again and again. */
export class InstantReader {
  #lastText: string | undefined;
  #last: ReturnType<typeof readInstant>;

  read(text: string): ReturnType<typeof readInstant> {
    if (text !== this.#lastText) {
      this.#last = readInstant(text);
      this.#lastText = text;
    }
    return this.#last;
  }
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ` of a year after 1969; NaN for everything else. */
function readUtcMilliseconds(text: string): number {
  if (
    text.length !== 24 ||
    text.charCodeAt(4) !== DASH ||
    text.charCodeAt(7) !== DASH ||
    text.charCodeAt(10) !== UPPER_T ||
    text.charCodeAt(13) !== COLON ||
    text.charCodeAt(16) !== COLON ||
    text.charCodeAt(19) !== DOT ||
    text.charCodeAt(23) !== UPPER_Z
  ) {
    return Number.NaN;
  }
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const millisecond = digits(text, 20, 3);
  // A NaN among them makes a comparison false.
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  // The 31st of a shorter month would become the next one's first.
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : Number.NaN;
}

const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;

/** NaN if one of them is no digit. */
function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
