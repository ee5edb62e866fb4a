/** The functions that turn texts into texts: case, trimming, joining, and the encodings of URLs and base64. */
import { MAX_TEXT_LENGTH } from './budget.ts';
import { ValueError } from './template-error.ts';

/** Throws {@link ValueError} before it makes a text that is too long. */
export function joinStrings(texts: readonly string[], separator: string): string {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  if (length > MAX_TEXT_LENGTH)
    throw new ValueError(`the joined text would be longer than ${MAX_TEXT_LENGTH} characters`);
  return texts.join(separator);
}

const ASCII = /^[\0-\x7f]*$/;

/** Character by character, as Go: a letter that has no single upper-case one (`ß`) stays. */
export function toUpper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : mapCharacters(text, (character) => character.toUpperCase());
}

/** Character by character, as Go: a final sigma is like any other. */
export function toLower(text: string): string {
  // The one letter whose lower case JavaScript spells with two code points.
  return ASCII.test(text)
    ? text.toLowerCase()
    : mapCharacters(text, (character) => (character === 'İ' ? 'i' : character.toLowerCase()));
}

function mapCharacters(text: string, change: (character: string) => string): string {
  let mapped = '';
  for (const character of text) {
    const changed = change(character);
    mapped += [...changed].length === 1 ? changed : character;
  }
  return mapped;
}

const words = new Intl.Segmenter('en-US', { granularity: 'word' });
/** The first letter that has a case, after whatever of the word comes before it. */
const FIRST_CASED = /^([^\p{Cased}]*)(\p{Cased}\p{M}*)(.*)$/su;

/** American title case: each word's first letter in upper case, the rest in lower case. */
export function title(text: string): string {
  let titled = '';
  for (const { segment } of words.segment(text)) {
    titled += segment.replace(FIRST_CASED, (_word, before: string, first: string, rest: string) => {
      // Lower-cased together, so that a sigma knows whether it ends the word.
      return before + titleCharacter(first) + (first + rest).toLowerCase().slice(first.toLowerCase().length);
    });
  }
  return titled;
}

/** `ǆ` has a title case of its own; of letters that become several only the first stays a capital (`ß` → `Ss`). */
function titleCharacter(letter: string): string {
  const digraph = TITLE_DIGRAPHS.get(letter);
  if (digraph !== undefined) return digraph;
  const [first = '', ...rest] = letter.toUpperCase();
  return first + rest.join('').toLowerCase();
}

const TITLE_DIGRAPHS: ReadonlyMap<string, string> = new Map(
  ['ǄǅǆDž', 'ǇǈǉLj', 'ǊǋǌNj', 'ǱǲǳDz'].flatMap((row) => {
    const [upper = '', mixed = '', lower = ''] = row;
    return [upper, mixed, lower].map((letter): [string, string] => [letter, mixed]);
  }),
);

/** What Go calls space: unlike JavaScript with U+0085 and without the byte order mark. */
const SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start++;
  while (end > start && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** As Go's QueryEscape: spaces become plus signs. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** As Go's QueryUnescape. Throws {@link ValueError} for a percent sign without two hexadecimal digits. */
export function queryUnescape(text: string): string {
  const wrong = /%(?![\da-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  if (wrong !== undefined) throw new ValueError(`invalid URL escape ${JSON.stringify(wrong)}`);
  return text
    .replaceAll('+', ' ')
    .replaceAll(/(?:%[\da-fA-F]{2})+/g, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** The URL-safe alphabet with padding. */
export function base64Encode(text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64url');
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=');
}

/** The URL-safe alphabet with padding; line breaks are skipped. Throws {@link ValueError} for anything else. */
export function base64Decode(text: string): string {
  const encoded = text.replaceAll(/[\r\n]/g, '');
  const wrong = /^[\w-]*={0,2}$/.test(encoded) ? -1 : encoded.search(/[^\w-]/);
  if (wrong >= 0 || encoded.length % 4 !== 0) {
    throw new ValueError(
      `illegal base64 data at input byte ${wrong < 0 ? encoded.length : wrong}; padding is required`,
    );
  }
  return Buffer.from(encoded, 'base64url').toString('utf8');
}

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML_ESCAPES.get(character) ?? character);
}

/** For the inside of a quoted JavaScript string. */
export function escapeJavaScript(text: string): string {
  return text.replaceAll(/[\\'"<>&=\0-\x1f]|[^\0-\x7f\p{L}\p{M}\p{N}\p{P}\p{S}]/gu, (character) => {
    if (/[\\'"]/.test(character)) return `\\${character}`;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
