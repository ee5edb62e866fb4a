/**
 * A notification as the messages that Telegram takes: split between alerts, each within the limits, no more of them than
 * people read. What is left out is counted in the last one. Pure.
 */
import type { Document, DocumentAlert, DocumentSection } from '../wording/document.ts';
import { plainText } from '../wording/plain-text.ts';
import { alertMarkup } from './alert-markup.ts';
import type { ParseMode } from './config.ts';
import { joined, type Markup, plain, shortened, tagged } from './markup.ts';

export interface TelegramMessage {
  readonly text: string;
  readonly parseMode: ParseMode;
  /** What to send if Telegram cannot read the markup: the same words without any. Undefined for a text that has none. */
  readonly fallback: (() => readonly string[]) | undefined;
  /** What to send if Telegram finds no words in it. Undefined for the shared words, which always have some. */
  readonly ifEmpty?: () => readonly TelegramMessage[];
}

/** https://core.telegram.org/bots/api#sendmessage: of the parsed text, in UTF-16 code units. */
const MAX_UNITS = 4096;
/** Telegram forgets the formatting, links included, of what is beyond. */
const MAX_ENTITIES = 100;
/** The server refuses 32 KiB before parsing; this much also keeps its answer, which repeats the message, short enough to read. */
const MAX_HTML_BYTES = 24 * 1024;
/** A group may be written to about twenty times a minute. */
const MAX_MESSAGES = 5;
const MAX_SUBJECT_UNITS = 256;
const MAX_WHY_UNITS = 256;
const GAP = '\n\n';

/** One message of several. */
interface Page {
  readonly blocks: Markup[];
  readonly sections: DocumentSection[];
}

/** In HTML. */
export function documentMessages(document: Document): readonly TelegramMessage[] {
  const { pages, leftOut } = paginate(document);
  const why = tagged('i', shortened(document.why, MAX_WHY_UNITS));
  return pages.map((page, index) => {
    const isLast = index === pages.length - 1;
    const pieces = [headingOf(document, index, pages.length), ...page.blocks];
    if (isLast && leftOut > 0) pieces.push(leftOutLine(leftOut));
    if (isLast) pieces.push(why);
    return {
      text: joined(pieces, GAP).html,
      parseMode: 'HTML',
      fallback: () => plainMessages(plainText({ ...document, sections: page.sections })),
    };
  });
}

/** A text without markup, split between lines. */
export function plainMessages(text: string): readonly string[] {
  const rest = text.trim();
  const messages: string[] = [];
  let from = 0;
  while (rest.length - from > MAX_UNITS && messages.length < MAX_MESSAGES - 1) {
    const to = from + splitAt(rest.slice(from, from + MAX_UNITS));
    messages.push(rest.slice(from, to).trimEnd());
    from = to;
  }
  const last = rest.slice(from).trimStart();
  if (last.length <= MAX_UNITS) return [...messages, last].filter((message) => message !== '');
  const note = (units: number) => `\n… and ${units} more characters`;
  const kept = last.slice(0, splitAt(last.slice(0, MAX_UNITS - note(last.length).length))).trimEnd();
  return [...messages, kept + note(last.length - kept.length)].filter((message) => message !== '');
}

function paginate(document: Document): { readonly pages: readonly Page[]; readonly leftOut: number } {
  const total = document.sections.reduce((sum, { alerts }) => sum + alerts.length, 0);
  const frame = [
    headingOf(document, MAX_MESSAGES - 1, MAX_MESSAGES),
    leftOutLine(total),
    tagged('i', shortened(document.why, MAX_WHY_UNITS)),
  ];
  let page: Page = { blocks: [], sections: [] };
  const pages = [page];
  let told = 0;
  for (const section of document.sections) {
    for (const [index, alert] of section.alerts.entries()) {
      const isContinued = index > 0;
      let added = blocksOf(page, { section, alert, isContinued }, frame);
      if (!fits([...frame, ...page.blocks, ...added]) && page.blocks.length > 0) {
        if (pages.length === MAX_MESSAGES) return { pages, leftOut: total - told };
        page = { blocks: [], sections: [] };
        pages.push(page);
        added = blocksOf(page, { section, alert, isContinued }, frame);
      }
      page.blocks.push(...added);
      addAlert(page, section, alert);
      told++;
    }
  }
  return { pages, leftOut: 0 };
}

interface NextAlert {
  readonly section: DocumentSection;
  readonly alert: DocumentAlert;
  readonly isContinued: boolean;
}

/** The alert, cut so that it fits a message of its own, below its section's heading if the page has none of that section yet. */
function blocksOf(page: Page, { section, alert, isContinued }: NextAlert, frame: readonly Markup[]): Markup[] {
  const heading = tagged('b', isContinued ? `${section.heading}, continued` : section.heading);
  const block = alertMarkup(alert, (markup) => fits([...frame, heading, markup]));
  return page.sections.at(-1)?.status === section.status ? [block] : [heading, block];
}

function addAlert(page: Page, section: DocumentSection, alert: DocumentAlert): void {
  const last = page.sections.at(-1);
  if (last?.status === section.status) page.sections.splice(-1, 1, { ...last, alerts: [...last.alerts, alert] });
  else page.sections.push({ ...section, alerts: [alert] });
}

function fits(pieces: readonly Markup[]): boolean {
  const { html, units, entities } = joined(pieces, GAP);
  return units <= MAX_UNITS && entities <= MAX_ENTITIES && Buffer.byteLength(html) <= MAX_HTML_BYTES;
}

function headingOf({ subject }: Document, index: number, count: number): Markup {
  const part = count > 1 ? ` (${index + 1}/${count})` : '';
  return tagged('b', shortened(subject, MAX_SUBJECT_UNITS) + part);
}

function leftOutLine(count: number): Markup {
  return plain(`… and ${count} more ${count === 1 ? 'alert' : 'alerts'}`);
}

/** After the last line end in the second half, else after the last space there, else as late as no character is halved. */
function splitAt(text: string): number {
  const middle = text.length >> 1;
  for (const border of ['\n', ' ']) {
    const at = text.lastIndexOf(border);
    if (at >= middle) return at + 1;
  }
  return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
}
