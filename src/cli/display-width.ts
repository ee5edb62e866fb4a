/** How many columns a text takes on a terminal. */

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

const ASCII_ONLY = /^[ -~]*$/;
const ZERO_WIDTH = /^[\p{M}\p{Cf}]+$/u;
/** Shown as a picture of two columns, by default or because U+FE0F asks for it. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator})/u;
/** East Asian Wide and Fullwidth (UAX #11), which no property of regular expressions tells. */
const WIDE = new RegExp(
  '^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19' +
    '\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]',
  'u',
);

export function displayWidth(text: string): number {
  if (ASCII_ONLY.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text itself, or as much of it as fits with an ellipsis. */
export function fitToWidth(text: string, mostColumns: number): string {
  // A column takes at least one unit unless it is a mark; segmenting a megabyte to show a line would take seconds.
  const candidate = text.slice(0, mostColumns * 8);
  let width = 0;
  let fitting = '';
  for (const { segment } of graphemes.segment(candidate)) {
    const next = width + graphemeWidth(segment);
    if (next > mostColumns - 1 && fitting.length + segment.length < text.length) return `${fitting}…`;
    if (next > mostColumns) return `${fitting}…`;
    fitting += segment;
    width = next;
  }
  return candidate.length < text.length ? `${fitting}…` : fitting;
}

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}
