/**
 * What a notification says on IRC: a line for each alert, or one for the whole group. Plain text, no colours, which half of
 * all clients show as digits. A large group becomes a digest: a channel is read by people, and fills at a line a second.
 */
import { cleanLine } from '../wording/clean-text.ts';
import type { Document, DocumentAlert } from '../wording/document.ts';
import { splitLine } from './line-split.ts';

export interface LineOptions {
  /** A line for each alert, or one for the group. */
  readonly per: 'alert' | 'group';
  /** Of text in one line, UTF-8. */
  readonly room: number;
  /** Lines in all, at least 1. */
  readonly most: number;
  /** Where all of it can be read, named where something had to be left out. */
  readonly url: string;
}

/** What one alert, or a line of a template, may take. */
const MOST_LINES_EACH = 2;

interface Text {
  readonly words: string;
  /** Stands at the end, whole; undefined for none. */
  readonly link?: string | undefined;
}

/** Clean lines of at most `room` bytes, at least one and at most `most`. */
export function linesOf(document: Document, options: LineOptions): string[] {
  const alerts = document.sections.flatMap((section) => section.alerts);
  if (options.per === 'group' || (options.most === 1 && alerts.length > 1)) {
    const most = Math.min(options.most, MOST_LINES_EACH);
    const words = groupWords(document, alerts, options.room * most);
    return linkedLines({ words, link: options.url }, { room: options.room, most });
  }
  const texts = alerts.map((alert) => alertText(alert, document.isTest));
  return fitting(texts, options, (told) => restOf(alerts.slice(told)));
}

/** As {@link linesOf}, for the text of one's own template: empty lines are left out. */
export function templateLines(rendered: string, isTest: boolean, options: LineOptions): string[] {
  const lines = rendered
    .split(/\r\n|[\r\n]/)
    .map((line) => cleanLine(line))
    .filter((line) => line !== '');
  const texts = lines.map((line) => ({ words: isTest ? `TEST: ${line}` : line }));
  return fitting(texts, options, (told) => `${lines.length - told} more line${lines.length - told === 1 ? '' : 's'}`);
}

/** As many texts as fit, and if that is not all of them, how many more there are. */
function fitting(texts: readonly Text[], { room, most, url }: LineOptions, rest: (told: number) => string): string[] {
  const lines: string[] = [];
  for (const [index, text] of texts.entries()) {
    const isLast = index === texts.length - 1;
    // The line that tells of the rest needs its place.
    const free = most - lines.length - (isLast ? 0 : 1);
    if (free < 1) return [...lines, ...linkedLines({ words: `… and ${rest(index)}`, link: url }, { room, most: 1 })];
    lines.push(...linkedLines(text, { room, most: Math.min(free, MOST_LINES_EACH) }));
  }
  return lines;
}

/** The link at the end of the words, on a line of its own, or in place of the last of the words. */
function linkedLines({ words, link = '' }: Text, { room, most }: { room: number; most: number }): string[] {
  const lines = splitLine(words, { room, most });
  const end = ` | ${link}`;
  const endBytes = Buffer.byteLength(end);
  // A link that would have to be cut leads nowhere.
  if (link === '' || endBytes > room / 2) return lines;
  const last = lines.at(-1) ?? '';
  if (Buffer.byteLength(last) + endBytes <= room) return [...lines.slice(0, -1), last + end];
  if (lines.length < most) return [...lines, link];
  return [...lines.slice(0, -1), ...splitLine(last, { room: room - endBytes, most: 1 }).map((line) => line + end)];
}

/** `23 more firing, 4 resolved`. */
function restOf(alerts: readonly DocumentAlert[]): string {
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const resolved = alerts.length - firing;
  if (firing === 0) return `${resolved} more resolved`;
  return resolved === 0 ? `${firing} more firing` : `${firing} more firing, ${resolved} resolved`;
}

/** `[FIRING] DiskFull db1 (urgent): The disk is full | https://…`. */
function alertText({ status, title, summary, description, labels, links }: DocumentAlert, isTest: boolean): Text {
  const severity = labels.find(({ name }) => name === 'severity')?.value ?? '';
  const isSaid = severity === '' || title.split(' ').includes(severity);
  const head = `${isTest ? 'TEST: ' : ''}[${status.toUpperCase()}] ${title}${isSaid ? '' : ` (${severity})`}`;
  const said = cleanLine(summary ?? description ?? '');
  // What somebody wrote for this alert helps more than the expression it came from.
  const link = links.find(({ text }) => text !== 'Source') ?? links[0];
  return { words: said === '' ? head : `${head}: ${said}`, link: link?.url };
}

/** The subject, then what it is about, as far as there is space. */
function groupWords(document: Document, alerts: readonly DocumentAlert[], spaceBytes: number): string {
  const subject = cleanLine(document.subject);
  // A group without labels has nothing but its status for a subject.
  const head = `${subject}${subject.endsWith(']') ? ' ' : ': '}`;
  const said: string[] = [];
  let bytes = Buffer.byteLength(subject);
  for (const [index, { status, title, summary }] of alerts.entries()) {
    const word = status === document.status ? '' : `${status} `;
    const words = summary === undefined ? word + title : `${word}${title}: ${cleanLine(summary)}`;
    bytes += Buffer.byteLength(words) + 2;
    // A third is left for the link and for what is lost at the ends of lines.
    if (index > 0 && bytes > (spaceBytes * 2) / 3)
      return `${head}${said.join('; ')}; … and ${restOf(alerts.slice(index))}`;
    said.push(words);
  }
  return said.length === 0 ? subject : head + said.join('; ');
}
