/** Reading a time by a Go layout, as Go's `time.ParseInLocation(layout, text, time.UTC)`. */
import { goQuote } from '../model/go-quote.ts';
import { ValueError } from './template-error.ts';
import { type LayoutPiece, MONTHS, parseLayout, WEEKDAYS } from './time-layout.ts';
import { TimeValue } from './time-value.ts';
import { FixedZone, UTC, type ZoneValue } from './zone.ts';

/** Throws {@link ValueError} in Go's words. */
export function parseTime(layout: string, text: string): TimeValue {
  return new TimeReader(layout, text).read();
}

class TimeReader {
  readonly #layout: string;
  readonly #text: string;
  #rest: string;
  #year = 0;
  #month: number | undefined;
  #day: number | undefined;
  #dayOfYear: number | undefined;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #halfDay: 'am' | 'pm' | undefined;
  #zone: ZoneValue | undefined;
  #offsetSeconds: number | undefined;
  #zoneName = '';

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  read(): TimeValue {
    const pieces = parseLayout(this.#layout);
    pieces.forEach((piece, index) => {
      if (piece.element === 'text') this.#skip(piece.text);
      else this.#element(piece, pieces[index + 1]);
    });
    if (this.#rest !== '') this.#fail(`extra text: ${goQuote(this.#rest)}`);
    return this.#assemble();
  }

  /** Plain text of the layout; a run of spaces matches any run, even an empty one at the end. */
  #skip(expected: string): void {
    let position = 0;
    while (position < expected.length) {
      if (expected[position] === ' ') {
        if (this.#rest !== '' && !this.#rest.startsWith(' ')) this.#failAt(expected.slice(position));
        while (expected[position] === ' ') position++;
        this.#rest = this.#rest.replace(/^ +/, '');
      } else {
        if (this.#rest === '' || this.#rest[0] !== expected[position]) this.#failAt(expected.slice(position));
        this.#rest = this.#rest.slice(1);
        position++;
      }
    }
  }

  #element(piece: LayoutPiece, next: LayoutPiece | undefined): void {
    const { element, text } = piece;
    switch (element) {
      case '2006':
        this.#year = this.#match(piece, /^\d{4}/);
        return;
      case '06': {
        const year = this.#match(piece, /^\d{2}/);
        this.#year = year + (year >= 69 ? 1900 : 2000);
        return;
      }
      case 'January':
      case 'Jan':
        this.#month = this.#name(piece, MONTHS) + 1;
        return;
      case 'Monday':
      case 'Mon':
        this.#name(piece, WEEKDAYS);
        return;
      case '1':
      case '01':
        this.#month = this.#number(piece, 'month', 1, 12);
        return;
      case '_2':
      case '2':
      case '02':
        if (element === '_2') this.#rest = this.#rest.replace(/^ /, '');
        this.#day = this.#match(piece, element === '02' ? /^\d{2}/ : /^\d{1,2}/);
        return;
      case '__2':
      case '002':
        if (element === '__2') this.#rest = this.#rest.replace(/^ {1,2}/, '');
        this.#dayOfYear = this.#match(piece, element === '002' ? /^\d{3}/ : /^\d{1,3}/);
        return;
      case '15':
        this.#hour = this.#match(piece, /^\d{1,2}/);
        if (this.#hour > 23) this.#failRange('hour');
        return;
      case '3':
      case '03':
        this.#hour = this.#number(piece, 'hour', 0, 12);
        return;
      case '4':
      case '04':
        this.#minute = this.#number(piece, 'minute', 0, 59);
        return;
      case '5':
      case '05':
        this.#second = this.#number(piece, 'second', 0, 59);
        // A fraction may follow even if the layout has none.
        if (next?.element !== 'fraction') this.#fraction();
        return;
      case 'PM':
      case 'pm':
        this.#halfDayMark(piece);
        return;
      case 'fraction':
        if (text[1] === '9') this.#fraction();
        else if (!this.#fraction(text.length - 1)) this.#failAt(text);
        return;
      case 'offset':
        this.#offset(piece);
        return;
      case 'MST':
        this.#abbreviation(piece);
        return;
    }
  }

  #number(piece: LayoutPiece, what: string, least: number, most: number): number {
    const number = this.#match(piece, piece.element.length === 2 ? /^\d{2}/ : /^\d{1,2}/);
    if (number < least || number > most) this.#failRange(what);
    return number;
  }

  #match(piece: LayoutPiece, pattern: RegExp): number {
    const digits = pattern.exec(this.#rest)?.[0];
    if (digits === undefined) return this.#failAt(piece.text);
    this.#rest = this.#rest.slice(digits.length);
    return Number(digits);
  }

  #name(piece: LayoutPiece, names: readonly string[]): number {
    const isShort = piece.text.length === 3;
    const index = names.findIndex((full) => {
      const name = isShort ? full.slice(0, 3) : full;
      return this.#rest.slice(0, name.length).toLowerCase() === name.toLowerCase();
    });
    if (index < 0) return this.#failAt(piece.text);
    this.#rest = this.#rest.slice(isShort ? 3 : (names[index] ?? '').length);
    return index;
  }

  #halfDayMark(piece: LayoutPiece): void {
    const mark = this.#rest.slice(0, 2);
    const isWritten = piece.element === 'PM' ? mark === 'AM' || mark === 'PM' : mark === 'am' || mark === 'pm';
    if (!isWritten) this.#failAt(piece.text);
    this.#halfDay = mark.toLowerCase() === 'am' ? 'am' : 'pm';
    this.#rest = this.#rest.slice(2);
  }

  /** Of so many digits, or of all there are. False if they are not there. */
  #fraction(places?: number): boolean {
    const all = /^[.,]\d+/.exec(this.#rest)?.[0] ?? '';
    if (all.length < 1 + (places ?? 1)) return false;
    const fraction = places === undefined ? all : all.slice(0, 1 + places);
    this.#rest = this.#rest.slice(fraction.length);
    this.#nanosecond = Number(fraction.slice(1, 10).padEnd(9, '0'));
    return true;
  }

  #offset(piece: LayoutPiece): void {
    if (piece.text.startsWith('Z') && this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      this.#zone = UTC;
      return;
    }
    const colon = piece.text.includes(':') ? ':' : '';
    const parts = (piece.text.replaceAll(':', '').length - 1) / 2;
    const pattern = new RegExp(`^([+-])${Array(parts).fill('(\\d\\d)').join(colon)}`);
    const match = pattern.exec(this.#rest);
    if (!match) this.#failAt(piece.text);
    const [whole, sign, hour = '0', minute = '0', second = '0'] = match;
    this.#rest = this.#rest.slice(whole.length);
    if (Number(hour) > 24) this.#failRange('time zone offset hour');
    if (Number(minute) > 60) this.#failRange('time zone offset minute');
    if (Number(second) > 60) this.#failRange('time zone offset second');
    const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
    this.#offsetSeconds = sign === '-' ? -seconds : seconds;
  }

  /** Letters of a zone say nothing reliable about its offset: but for UTC and `GMT+3` the time is taken as UTC's. */
  #abbreviation(piece: LayoutPiece): void {
    if (this.#rest.startsWith('UTC')) {
      this.#rest = this.#rest.slice(3);
      this.#zone = UTC;
      return;
    }
    const match =
      /^(?:ChST|MeST|GMT(?:[+-]\d+)?|[+-]\d+|[A-Z]{4}T(?![A-Z])|[A-Z]{3}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}(?![A-Z]))/.exec(
        this.#rest,
      );
    const name = match?.[0];
    if (name === undefined || Math.abs(Number(/[+-]\d+$/.exec(name)?.[0] ?? 0)) > 23) this.#failAt(piece.text);
    this.#zoneName = name;
    this.#rest = this.#rest.slice(name.length);
  }

  #assemble(): TimeValue {
    if (this.#halfDay === 'pm' && this.#hour < 12) this.#hour += 12;
    else if (this.#halfDay === 'am' && this.#hour === 12) this.#hour = 0;
    this.#resolveDayOfYear();
    const month = this.#month ?? 1;
    const day = this.#day ?? 1;
    if (day < 1 || day > daysIn(this.#year, month)) this.#failRange('day');
    const wall = Temporal.PlainDateTime.from({
      year: this.#year,
      month,
      day,
      hour: this.#hour,
      minute: this.#minute,
      second: this.#second,
    });
    const epoch = wall.toZonedDateTime('UTC').epochNanoseconds + BigInt(this.#nanosecond);
    if (this.#zone !== undefined) return new TimeValue(epoch, this.#zone);
    if (this.#offsetSeconds !== undefined) {
      const isUtc = this.#offsetSeconds === 0 && (this.#zoneName === '' || this.#zoneName === 'UTC');
      const zone = isUtc ? UTC : new FixedZone(this.#zoneName, this.#offsetSeconds);
      return new TimeValue(epoch - BigInt(this.#offsetSeconds) * 1_000_000_000n, zone);
    }
    if (this.#zoneName !== '') {
      const hours = this.#zoneName.startsWith('GMT') ? Number(this.#zoneName.slice(3)) : 0;
      return new TimeValue(epoch, new FixedZone(this.#zoneName, hours * 3600));
    }
    return new TimeValue(epoch, UTC);
  }

  #resolveDayOfYear(): void {
    if (this.#dayOfYear === undefined) return;
    const lengthDays = daysIn(this.#year, 2) + 337;
    if (this.#dayOfYear < 1 || this.#dayOfYear > lengthDays) this.#failRange('day-of-year');
    const date = Temporal.PlainDate.from({ year: this.#year, month: 1, day: 1 }).add({ days: this.#dayOfYear - 1 });
    if (this.#month !== undefined && this.#month !== date.month) this.#fail('day-of-year does not match month');
    if (this.#day !== undefined && this.#day !== date.day) this.#fail('day-of-year does not match day');
    this.#month = date.month;
    this.#day = date.day;
  }

  #failRange(what: string): never {
    this.#fail(`${what} out of range`);
  }

  #fail(message: string): never {
    throw new ValueError(`parsing time ${goQuote(this.#text)}: ${message}`);
  }

  #failAt(element: string): never {
    throw new ValueError(
      `parsing time ${goQuote(this.#text)} as ${goQuote(this.#layout)}: cannot parse ${goQuote(this.#rest)} as ${goQuote(element)}`,
    );
  }
}

function daysIn(year: number, month: number): number {
  return Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}
