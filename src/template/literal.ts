/** Go's literals inside actions: quoted and raw strings, character constants, numbers. */
import { ValueError } from './template-error.ts';

const SHORT_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', 0x5c],
]);
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/suy;

/** The text a literal with its quotes stands for. Throws {@link ValueError}. */
export function unquote(literal: string): string {
  const quote = literal.charAt(0);
  const content = literal.slice(1, -1);
  // Go drops carriage returns from raw strings, so that a file with CRLF line ends means the same.
  if (quote === '`') return content.replaceAll('\r', '');
  if (!content.includes('\\')) return content;
  // Escapes of the \xff kind are bytes, of which several may make one character.
  const pieces: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let index = 0;
  while (index < content.length) {
    const backslash = content.indexOf('\\', index);
    pieces.push(encoder.encode(content.slice(index, backslash < 0 ? content.length : backslash)));
    if (backslash < 0) break;
    const read = readEscape(content, backslash, quote);
    pieces.push(read.isByte ? Uint8Array.of(read.code) : encoder.encode(String.fromCodePoint(read.code)));
    index = read.end;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The code point of a character constant with its quotes. Throws {@link ValueError}. */
export function unquoteCharacter(literal: string): number {
  const content = literal.slice(1, -1);
  if (content.startsWith('\\')) {
    const { code, end } = readEscape(content, 0, "'");
    if (end === content.length) return code;
  } else {
    const [character] = content;
    if (character !== undefined && character === content) return content.codePointAt(0) ?? 0;
  }
  throw new ValueError(`malformed character constant: ${literal}; it holds exactly one character`);
}

function readEscape(text: string, start: number, quote: string): { code: number; isByte: boolean; end: number } {
  ESCAPE.lastIndex = start;
  const match = ESCAPE.exec(text);
  const [, byte, short, long, octal, letter = ''] = match ?? [];
  const end = ESCAPE.lastIndex;
  if (byte !== undefined) return { code: Number.parseInt(byte, 16), isByte: true, end };
  if (octal !== undefined) {
    const code = Number.parseInt(octal, 8);
    if (code <= 0xff) return { code, isByte: true, end };
  }
  const point = short ?? long;
  if (point !== undefined) {
    const code = Number.parseInt(point, 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return { code, isByte: false, end };
  }
  const code = letter === quote ? quote.charCodeAt(0) : SHORT_ESCAPES.get(letter);
  if (code !== undefined) return { code, isByte: false, end };
  throw new ValueError(
    'invalid syntax: unknown escape in a quoted string; write \\\\ for a backslash, or use `raw quotes`',
  );
}

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const INTEGER =
  /^([+-]?)(?:(0[xX])_?([\da-fA-F]+(?:_[\da-fA-F]+)*)|(0[bB])_?([01]+(?:_[01]+)*)|(0[oO]?)_?([0-7]+(?:_[0-7]+)*)|(0|[1-9](?:_?\d)*))$/;

export interface ParsedNumber {
  readonly int: bigint | undefined;
  readonly float: number;
  readonly isFloat: boolean;
}

/** A number as Go's constants: by its syntax an int or a float, and the other as well where that is exact. Throws {@link ValueError}. */
export function parseNumber(text: string): ParsedNumber {
  const integer = INTEGER.exec(text);
  if (integer) {
    const [, sign, hex, hexDigits, binary, binaryDigits, , octalDigits, decimal] = integer;
    const digits =
      (hex && `0x${hexDigits}`) ||
      (binary && `0b${binaryDigits}`) ||
      (octalDigits && `0o${octalDigits}`) ||
      decimal ||
      '0';
    const magnitude = BigInt(digits.replaceAll('_', ''));
    const int = sign === '-' ? -magnitude : magnitude;
    if (int > MAX_INT64 || int < MIN_INT64) throw new ValueError(`integer overflow: "${text}"; 64 bits is the most`);
    return { int, float: Number(int), isFloat: false };
  }
  if (text.endsWith('i')) throw new ValueError(`complex numbers are not supported: "${text}"`);
  const float = parseFloatLiteral(/\d_\d/.test(text) ? text.replaceAll(/(?<=\d)_(?=\d)/g, '') : text);
  if (float === undefined || !/[.eEpP]/.test(text)) throw new ValueError(`illegal number syntax: "${text}"`);
  const isIntegral = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { int: isIntegral ? BigInt(float) : undefined, float, isFloat: true };
}

// Both are written so that no text makes them backtrack: labels are read by them, too.
const DECIMAL_FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX_FLOAT = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d{1,5})$/;

/** As Go's ParseFloat; undefined for what is no finite number. */
export function parseFloatLiteral(text: string): number | undefined {
  if (DECIMAL_FLOAT.test(text)) return finite(Number(text));
  const hex = HEX_FLOAT.exec(text);
  if (!hex) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = hex;
  if (whole === '' && fraction === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return finite(sign === '-' ? -value : value);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
