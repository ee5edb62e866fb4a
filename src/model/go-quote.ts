/** Go's double-quoted string literals, written and read: the form label values and matchers have in keys and messages. */

/** What Go calls printable: letters, marks, numbers, punctuation, symbols and the plain space. */
const NEEDS_NO_ESCAPE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
const ESCAPED_ALWAYS = /["\\]/;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** As Go's `strconv.Quote`. Half a surrogate pair, which Go's strings cannot hold, is written as `\ufffd`. */
export function goQuote(text: string): string {
  if (NEEDS_NO_ESCAPE.test(text) && !ESCAPED_ALWAYS.test(text)) return `"${text}"`;
  let quoted = '';
  for (const character of text) quoted += escapeCharacter(character);
  return `"${quoted}"`;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (NEEDS_NO_ESCAPE.test(character)) return character;
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${codePoint.toString(16).padStart(2, '0')}`;
  if (!character.isWellFormed()) return '\\ufffd';
  return codePoint < 0x10000
    ? `\\u${codePoint.toString(16).padStart(4, '0')}`
    : `\\U${codePoint.toString(16).padStart(8, '0')}`;
}

/** A run of plain characters, or one escape: short, a byte in hexadecimal or octal, a code point of four or eight digits. */
const LITERAL_PART = /[^"\\\n]+|\\(?:([abfnrtv"\\])|x([\da-fA-F]{2})|([0-7]{3})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y;

const BY_SHORT_ESCAPE: ReadonlyMap<string, string> = new Map(
  [...SHORT_ESCAPES].map(([character, written]) => [written.slice(1), character]),
);

/**
 * As Go's `strconv.Unquote` of a double-quoted literal, given with its quotes. Undefined if it is none, or if the bytes
 * its `\x` and octal escapes stand for are not valid UTF-8.
 */
export function goUnquote(literal: string): string | undefined {
  if (literal.length < 2 || !literal.startsWith('"') || !literal.endsWith('"')) return undefined;
  const body = literal.slice(1, -1);
  const encoder = new TextEncoder();
  const bytes: Uint8Array[] = [];
  LITERAL_PART.lastIndex = 0;
  while (LITERAL_PART.lastIndex < body.length) {
    const match = LITERAL_PART.exec(body);
    if (match === null) return undefined;
    const [plain, short, hexByte, octalByte, ...codePoints] = match;
    const byte = hexByte === undefined ? Number.parseInt(octalByte ?? '', 8) : Number.parseInt(hexByte, 16);
    if (byte > 0xff) return undefined;
    if (byte >= 0) bytes.push(Uint8Array.of(byte));
    else if (short !== undefined) bytes.push(encoder.encode(BY_SHORT_ESCAPE.get(short)));
    else {
      const character = plain.startsWith('\\') ? characterOf(codePoints[0] ?? codePoints[1]) : plain;
      if (character === undefined) return undefined;
      bytes.push(encoder.encode(character));
    }
  }
  return decodeUtf8(bytes);
}

/** Undefined for what is no character: halves of surrogate pairs and what lies beyond Unicode. */
function characterOf(hexDigits = ''): string | undefined {
  const codePoint = Number.parseInt(hexDigits, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return undefined;
  return String.fromCodePoint(codePoint);
}

function decodeUtf8(parts: readonly Uint8Array[]): string | undefined {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
