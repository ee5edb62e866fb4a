/** Go's time layouts: `Mon Jan _2 15:04:05 MST 2006` taken apart into what each piece stands for. */

export type LayoutElement =
  | 'text'
  | 'January'
  | 'Jan'
  | '1'
  | '01'
  | 'Monday'
  | 'Mon'
  | '2'
  | '_2'
  | '02'
  | '__2'
  | '002'
  | '15'
  | '3'
  | '03'
  | '4'
  | '04'
  | '5'
  | '05'
  | '2006'
  | '06'
  | 'PM'
  | 'pm'
  | 'MST'
  | 'offset'
  | 'fraction';

export interface LayoutPiece {
  readonly element: LayoutElement;
  /** As it stands in the layout. */
  readonly text: string;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
/** From Sunday, which Go counts as 0. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** First match wins, in Go's order; `_` before `2006` is plain text, and fractions must not run into other digits. */
const PIECE =
  /(January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm)|(-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07)|([.,](?:0+|9+)(?!\d))/g;

export function parseLayout(layout: string): readonly LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let position = 0;
  for (const match of layout.matchAll(PIECE)) {
    if (match.index > position) pieces.push({ element: 'text', text: layout.slice(position, match.index) });
    const [text, element, offset] = match;
    pieces.push({
      element: element !== undefined ? (element as LayoutElement) : offset !== undefined ? 'offset' : 'fraction',
      text,
    });
    position = match.index + text.length;
  }
  if (position < layout.length) pieces.push({ element: 'text', text: layout.slice(position) });
  return pieces;
}

/** What a layout can show of an instant in its zone. */
export interface TimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfYear: number;
  /** From Sunday = 0. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  readonly offsetSeconds: number;
  /** '' where digits have to do. */
  readonly abbreviation: string;
}

export function formatTime(layout: string, fields: TimeFields): string {
  return parseLayout(layout)
    .map((piece) => formatPiece(piece, fields))
    .join('');
}

function formatPiece(piece: LayoutPiece, fields: TimeFields): string {
  const hour12 = fields.hour % 12 === 0 ? 12 : fields.hour % 12;
  switch (piece.element) {
    case 'text':
      return piece.text;
    case 'January':
      return MONTHS[fields.month - 1] ?? '';
    case 'Jan':
      return (MONTHS[fields.month - 1] ?? '').slice(0, 3);
    case '1':
      return String(fields.month);
    case '01':
      return digits(fields.month, 2);
    case 'Monday':
      return WEEKDAYS[fields.weekday] ?? '';
    case 'Mon':
      return (WEEKDAYS[fields.weekday] ?? '').slice(0, 3);
    case '2':
      return String(fields.day);
    case '_2':
      return String(fields.day).padStart(2);
    case '02':
      return digits(fields.day, 2);
    case '__2':
      return String(fields.dayOfYear).padStart(3);
    case '002':
      return digits(fields.dayOfYear, 3);
    case '15':
      return digits(fields.hour, 2);
    case '3':
      return String(hour12);
    case '03':
      return digits(hour12, 2);
    case '4':
      return String(fields.minute);
    case '04':
      return digits(fields.minute, 2);
    case '5':
      return String(fields.second);
    case '05':
      return digits(fields.second, 2);
    case '2006':
      return digits(fields.year, 4);
    case '06':
      return digits(Math.abs(fields.year) % 100, 2);
    case 'PM':
      return fields.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return fields.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return fields.abbreviation === '' ? formatOffset('-0700', fields.offsetSeconds) : fields.abbreviation;
    case 'offset':
      return formatOffset(piece.text, fields.offsetSeconds);
    case 'fraction':
      return formatFraction(piece.text, fields.nanosecond);
  }
}

/** The sign stands before the padding: year -44 is `-0044`. */
function digits(number: number, width: number): string {
  return (number < 0 ? '-' : '') + String(Math.abs(number)).padStart(width, '0');
}

function formatOffset(layout: string, offsetSeconds: number): string {
  if (layout.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const colon = layout.includes(':') ? ':' : '';
  const seconds = Math.abs(offsetSeconds);
  const minutes = Math.trunc(seconds / 60);
  // An offset of less than a minute counts as positive, as in Go.
  const hour = (offsetSeconds <= -60 ? '-' : '+') + digits(Math.trunc(minutes / 60), 2);
  const parts = [hour, digits(minutes % 60, 2), digits(seconds % 60, 2)];
  const digitCount = layout.replaceAll(':', '').length - 1;
  return parts.slice(0, digitCount / 2).join(colon);
}

function formatFraction(layout: string, nanosecond: number): string {
  const places = layout.length - 1;
  const shown = digits(nanosecond, 9).slice(0, places);
  if (layout[1] === '0') return layout.charAt(0) + shown.padEnd(Math.min(places, 9), '0');
  const trimmed = shown.replace(/0+$/, '');
  return trimmed === '' ? '' : layout.charAt(0) + trimmed;
}
