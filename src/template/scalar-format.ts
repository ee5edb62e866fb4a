/** One text, number or bool by one verb of Go's printf, with its flags. */
import { formatFloat } from './format-number.ts';
import { quote, quoteCharacter } from './quote.ts';
import { integerOf, kindOf, textOf, type Value } from './value.ts';

/** One printf directive. */
export interface Format {
  verb: string;
  width?: number;
  precision?: number;
  minus?: boolean;
  plus?: boolean;
  sharp?: boolean;
  space?: boolean;
  zero?: boolean;
  /** `%+v`: structs with the names of their fields. */
  plusV?: boolean;
  /** `%#v`: Go's syntax. */
  sharpV?: boolean;
}

/** Undefined if the verb does not fit, or the value is no text, number or bool. */
export function formatScalar(value: Value, format: Format): string | undefined {
  const integer = integerOf(value);
  if (integer !== undefined) return formatInteger(integer, format, kindOf(value) === 'uint');
  const text = textOf(value);
  if (text !== undefined) return formatText(text, format);
  if (typeof value === 'number') return formatFloatVerb(value, format);
  if (typeof value === 'boolean') return 'tv'.includes(format.verb) ? pad(String(value), format) : undefined;
  return undefined;
}

export function formatText(text: string, format: Format): string | undefined {
  switch (format.verb) {
    case 'v':
      return pad(format.sharpV ? quote(truncated(text, format), {}) : truncated(text, format), format);
    case 's':
      return pad(truncated(text, format), format);
    case 'q':
      return pad(quote(truncated(text, format), format), format);
    case 'x':
    case 'X':
      return pad(hexadecimal(text, format), format);
    default:
      return undefined;
  }
}

/** To the width, counted in characters. */
export function pad(text: string, format: Format): string {
  const { width } = format;
  if (width === undefined) return text;
  let missing = width;
  for (const _ of text) missing--;
  if (missing <= 0) return text;
  if (format.minus) return text + ' '.repeat(missing);
  return (format.zero ? '0' : ' ').repeat(missing) + text;
}

function truncated(text: string, format: Format): string {
  const { precision } = format;
  if (precision === undefined || text.length <= precision) return text;
  let end = 0;
  for (let count = 0; count < precision && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

function hexadecimal(text: string, format: Format): string {
  const bytes = Buffer.from(text, 'utf8').subarray(0, format.precision);
  const prefix = format.sharp && bytes.length > 0 ? '0x' : '';
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const digits = prefix + pairs.join(format.space ? ` ${prefix}` : '');
  return format.verb === 'X' ? digits.toUpperCase() : digits;
}

function formatInteger(integer: bigint, format: Format, isUnsigned: boolean): string | undefined {
  switch (format.verb) {
    case 'v':
      if (format.sharpV && isUnsigned)
        return formatDigits(integer, { ...format, sharp: true }, { base: 16, prefix: '0x' });
      return formatDigits(integer, format, { base: 10 });
    case 'd':
      return formatDigits(integer, format, { base: 10 });
    case 'b':
      return formatDigits(integer, format, { base: 2, prefix: '0b' });
    case 'o':
      return formatDigits(integer, format, { base: 8, prefix: '0' });
    case 'O':
      return formatDigits(integer, format, { base: 8, prefix: '0', mark: '0o' });
    case 'x':
      return formatDigits(integer, format, { base: 16, prefix: '0x' });
    case 'X':
      return formatDigits(integer, format, { base: 16, prefix: '0X' });
    case 'c':
      return pad(characterOf(integer), format);
    case 'q':
      return pad(quoteCharacter(characterOf(integer), format), format);
    case 'U':
      return pad(unicodeName(integer, format), { ...format, zero: false });
    default:
      return undefined;
  }
}

interface Notation {
  readonly base: number;
  /** Goes with the `#` flag. */
  readonly prefix?: string;
  /** Goes with every number. */
  readonly mark?: string;
}

function formatDigits(integer: bigint, format: Format, { base, prefix = '', mark = '' }: Notation): string {
  const sign = integer < 0n ? '-' : format.plus ? '+' : format.space ? ' ' : '';
  let digits = (integer < 0n ? -integer : integer).toString(base);
  if (prefix === '0X') digits = digits.toUpperCase();
  if (format.precision !== undefined) {
    // With a precision of zero Go prints a zero as nothing but its padding.
    if (format.precision === 0 && integer === 0n) return pad('', { ...format, zero: false });
    digits = digits.padStart(format.precision, '0');
  } else if (format.zero && !format.minus && format.width !== undefined) {
    digits = digits.padStart(format.width - sign.length, '0');
  }
  if (format.sharp && !(prefix === '0' && digits.startsWith('0'))) digits = prefix + digits;
  return pad(sign + mark + digits, { ...format, zero: false });
}

function characterOf(integer: bigint): string {
  const isCharacter = integer >= 0n && integer <= 0x10ffffn && (integer < 0xd800n || integer > 0xdfffn);
  return isCharacter ? String.fromCodePoint(Number(integer)) : '\ufffd';
}

function unicodeName(integer: bigint, format: Format): string {
  const digits = BigInt.asUintN(64, integer).toString(16).toUpperCase();
  const name = `U+${digits.padStart(Math.max(4, format.precision ?? 0), '0')}`;
  const isPrintable =
    integer >= 0n && integer <= 0x10ffffn && /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(characterOf(integer));
  return format.sharp && isPrintable ? `${name} '${characterOf(integer)}'` : name;
}

function formatFloatVerb(value: number, format: Format): string | undefined {
  const { verb } = format;
  if (!'vgGeEfFxXb'.includes(verb)) return undefined;
  const precision = format.precision ?? ('eEfF'.includes(verb) ? 6 : undefined);
  const isNumber = Number.isFinite(value);
  let number = formatFloat(value, verb === 'v' ? 'g' : verb, precision);
  if (isNumber && format.sharp && !'xXb'.includes(verb)) number = withDecimalPoint(number, verb, precision);
  const sign = /^[+-]/.exec(number)?.[0] ?? '';
  const digits = number.slice(sign.length);
  let shownSign = sign === '-' ? '-' : format.plus ? '+' : format.space ? ' ' : '';
  // Of all there is only the positive infinity carries a sign unasked.
  if (value === Number.POSITIVE_INFINITY && shownSign === '') shownSign = '+';
  if (isNumber && format.zero && !format.minus && format.width !== undefined) {
    return shownSign + digits.padStart(format.width - shownSign.length, '0');
  }
  return pad(shownSign + digits, { ...format, zero: false });
}

/** The `#` flag of floats: always a point, and for g all the digits of the precision. */
function withDecimalPoint(number: string, verb: string, precision: number | undefined): string {
  const [, sign = '', mantissa = '', exponent = ''] = /^([+-]?)([\d.]*)(.*)$/.exec(number) ?? [];
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`;
  if (!'vgG'.includes(verb)) return sign + pointed + exponent;
  const significant = pointed.replace('.', '').replace(/^0+/, '').length + (mantissa === '0' ? 1 : 0);
  return sign + pointed + '0'.repeat(Math.max(0, (precision ?? 6) - significant)) + exponent;
}
