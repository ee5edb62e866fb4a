/** Foreign text made harmless for a terminal or a log: nothing in it can move a cursor, fake a line or reverse the reading order. */

/** Control and format characters (also those that change direction), separators but the plain space, halves of pairs, unassigned. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Invisible but needed to write Persian, Hindi and some emoji, and unable to do harm. */
const JOINERS = '\u200c\u200d';

/** Drops whole escape sequences and single control characters; line breaks and tabs become a space. */
export function stripUnprintable(text: string): string {
  return stripEscapeSequences(text)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+|\p{Zs}/gu, ' ')
    .replace(UNPRINTABLE, (character) => (JOINERS.includes(character) ? character : ''));
}

/** The same, but keeps line breaks and tabs: for a text of several lines. */
export function stripUnprintableInLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.split('\t').map(stripUnprintable).join('\t'))
    .join('\n');
}

/** JSON text in which every unprintable character stands as `\uXXXX`: the same value, on one line. */
export function escapeUnprintableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => {
    let escaped = '';
    for (let index = 0; index < character.length; index++) {
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}

/** ECMA-48: CSI sequences, strings (OSC, DCS, SOS, PM, APC) up to their terminator, then two-character escapes. */
function stripEscapeSequences(text: string): string {
  if (!/[\u001b\u0080-\u009f]/.test(text)) return text;
  return text
    .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g, '')
    .replace(
      /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g,
      '',
    )
    .replace(/\u001b[ -/]*[0-~]?/g, '');
}
