/** One alert in Telegram's HTML: bold title, prose, labels that can be copied at a touch, links. */
import type { DocumentAlert, Link, Pair } from '../wording/document.ts';
import { formatSpan } from '../wording/instant.ts';
import { isLinkable, joined, link, type Markup, plain, shortened, tagged } from './markup.ts';

/** The longest that a single text of an alert may be, from generous to terse: the first with which it fits is taken. */
const LONGEST_TEXT_UNITS = [4096, 1024, 512, 256, 128, 64] as const;
/** All labels together may be so many times as long. */
const LABELS_TO_TEXT = 16;
/** Browsers and servers take no more; shown half it would be of no use. */
const MAX_LINK_UNITS = 2048;
const MAX_SHOWN_ADDRESS_UNITS = 512;
const LINKS_IN_A_LINE = 8;

const SHORTENED = tagged('i', '… shortened to fit into a message');

/** One that does not fit whole has its longest texts cut first; if that is not enough, lines from the end. It says so. */
export function alertMarkup(alert: DocumentAlert, fits: (markup: Markup) => boolean): Markup {
  let lines: Markup[] = [];
  for (const [index, longestUnits] of LONGEST_TEXT_UNITS.entries()) {
    lines = alertLines(alert, longestUnits);
    const isCut = index > 0;
    const whole = joined(isCut ? [...lines, SHORTENED] : lines, '\n');
    if (fits(whole)) return whole;
  }
  const kept: Markup[] = [];
  for (const line of lines) {
    if (!fits(joined([...kept, line, SHORTENED], '\n'))) break;
    kept.push(line);
  }
  return joined([...kept, SHORTENED], '\n');
}

function alertLines(alert: DocumentAlert, longestUnits: number): Markup[] {
  const { title, summary, description, labels, annotations, links } = alert;
  const short = (text: string) => shortened(text, longestUnits);
  const lines = [tagged('b', short(title))];
  for (const text of [summary, description]) if (text !== undefined) lines.push(plain(short(text)));
  lines.push(plain(formatSpan(alert)));
  if (labels.length > 0) {
    const pairs = labels.map(({ name, value }) => `${short(name)}=${short(value)}`).join(', ');
    // As code, no label becomes a link, a command or a call to somebody.
    lines.push(tagged('code', shortened(pairs, longestUnits * LABELS_TO_TEXT)));
  }
  for (const annotation of annotations) lines.push(annotationLine(annotation, short));
  for (let index = 0; index < links.length; index += LINKS_IN_A_LINE) {
    lines.push(joined(links.slice(index, index + LINKS_IN_A_LINE).map(linkMarkup), ' · '));
  }
  return lines;
}

function annotationLine({ name, value }: Pair, short: (text: string) => string): Markup {
  return plain(`${short(name)}: ${short(value)}`);
}

function linkMarkup({ text, url }: Link): Markup {
  const name = shortened(text, LONGEST_TEXT_UNITS[5]);
  if (isLinkable(url) && url.length <= MAX_LINK_UNITS) return link(name, url);
  if (url.length > MAX_SHOWN_ADDRESS_UNITS) return plain(`${name}: an address too long for a message`);
  return joined([plain(`${name}: `), tagged('code', url)], '');
}
