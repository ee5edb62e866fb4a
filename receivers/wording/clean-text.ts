/**
 * Foreign text made harmless for what people read: nothing in it can begin a line, move a cursor, colour a terminal,
 * turn the reading order or stand there unseen. Only such characters go; what stood around them stays, whole.
 */

/** The line ends of Unicode, and the two controls that old printers took for one. */
const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Controls, and what is drawn as nothing, the marks that turn the reading order among it. Joiners and variation selectors are needed to
 * write Persian, Hindi and emoji. Unassigned characters stay: this year's emoji are among them.
 */
const HARMFUL = /[[\p{Cc}\p{Default_Ignorable_Code_Point}]--[\u{200c}\u{200d}\p{Variation_Selector}]]/gv;

/** One line without white space at its ends; line ends and tabs become a space, half a surrogate pair U+FFFD. */
export function cleanLine(text: string): string {
  return clean(text.replace(LINE_ENDS, ' ')).trim();
}

/**
 * The same for a text of several lines, joined by `\n`, which keep their indentation; empty lines at the ends are dropped, and
 * of several in a row all but one.
 */
export function cleanLines(text: string): string {
  const lines = text.split(LINE_ENDS).map((line) => clean(line).trimEnd());
  const joined = lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
  return joined.trimEnd().replace(/^\n/, '');
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll('\t', ' ').replace(HARMFUL, '');
}
