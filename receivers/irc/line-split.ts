/**
 * Long text cut into lines that arrive whole. An IRC line ends after 512 bytes (RFC 2812, 2.3), of which the server puts its
 * own part, who said it, in front when it passes the line on; what does not fit it cuts off in silence.
 */

/** `:nick!user@host `: nicks and hosts as long as the larger networks allow, user names as long as RFC 2812 does. */
const LONGEST_SOURCE_BYTES = 1 + 30 + 1 + 11 + 1 + 64 + 1;
const LINE_BYTES = 512 - '\r\n'.length;
const ELLIPSIS = '…';

/** Bytes of text that fit into one line to this channel. */
export function roomBytes(command: 'NOTICE' | 'PRIVMSG', channel: string): number {
  return LINE_BYTES - LONGEST_SOURCE_BYTES - Buffer.byteLength(`${command} ${channel} :`);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * At most `most` lines of at most `room` bytes of UTF-8, cut at spaces if there are any near, never inside a character, and
 * inside what a reader takes for one only if that alone is too long. What does not fit ends in an ellipsis. No text, no line.
 * @param text one line, well-formed
 */
export function splitLine(text: string, { room, most }: { room: number; most: number }): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const isLast = lines.length === most - 1;
    const end = fittingEnd(rest, room);
    if (end === rest.length) return [...lines, rest];
    const cut = goodCut(rest, isLast ? fittingEnd(rest, room - Buffer.byteLength(ELLIPSIS)) : end);
    const line = rest.slice(0, cut).trimEnd();
    if (isLast) return [...lines, line + ELLIPSIS];
    lines.push(line);
    rest = rest.slice(cut).trimStart();
  }
  return lines;
}

/** The longest beginning that fits, as an index. */
function fittingEnd(text: string, room: number): number {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) return end;
    end += character.length;
  }
  return end;
}

/** The best place to cut at or before `end`; far before it, a line would be too short to be worth it. */
function goodCut(text: string, end: number): number {
  const earliest = Math.ceil(end / 2);
  const space = text.lastIndexOf(' ', end);
  if (space >= earliest) return space;
  // A window is enough to see where a character begins, and keeps the cost of a long text linear.
  const from = Math.max(0, end - 64);
  const boundary = from + (graphemes.segment(text.slice(from, end + 64)).containing(end - from)?.index ?? 0);
  return boundary > earliest ? boundary : end;
}
