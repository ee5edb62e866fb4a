/** The document as plain text: the text part of a mail, and what a channel falls back to when it refuses our markup. */
import type { Document, DocumentAlert, Pair } from './document.ts';
import { formatSpan } from './instant.ts';

export interface PlainTextOptions {
  /**
   * In characters. Prose longer than this is broken at spaces; labels, links and long words never are, so that they can be
   * copied and searched for. Undefined: a line is as long as it is.
   */
  readonly width?: number;
}

const INDENT = '  ';

/** Ends with a line end. Every label, annotation and link of every alert is in it. */
export function plainText(document: Document, options: PlainTextOptions = {}): string {
  const { subject, sections, why } = document;
  const blocks = [subject];
  for (const { heading, alerts } of sections) {
    blocks.push(`${heading}:`, ...alerts.map((alert) => plainTextAlert(alert, options)));
  }
  blocks.push(wrap(why, '', options));
  return `${blocks.join('\n\n')}\n`;
}

/** Lines joined by `\n`: the title, and indented below it all that the alert says. No line end at its end. */
export function plainTextAlert(alert: DocumentAlert, options: PlainTextOptions = {}): string {
  const { title, summary, description, labels, annotations, links } = alert;
  const lines = [title];
  for (const text of [summary, description]) if (text !== undefined) lines.push(wrap(text, INDENT, options));
  lines.push(`${INDENT}${formatSpan(alert)}`);
  for (const { name, value } of labels) lines.push(`${INDENT}${name} = ${value}`);
  for (const annotation of annotations) lines.push(annotationLines(annotation, options));
  for (const { text, url } of links) lines.push(`${INDENT}${text}: ${url}`);
  return lines.join('\n');
}

/** A text of several lines stands below its name. */
function annotationLines({ name, value }: Pair, options: PlainTextOptions): string {
  if (!value.includes('\n')) return wrap(`${name}: ${value}`, INDENT, options);
  return `${INDENT}${name}:\n${wrap(value, INDENT + INDENT, options)}`;
}

/** Every line indented; one that is too long goes on, as deep as it began, on the next. */
function wrap(text: string, indent: string, { width = Number.POSITIVE_INFINITY }: PlainTextOptions): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, indent, width))
    .join('\n');
}

function wrapLine(line: string, outerIndent: string, width: number): string[] {
  if (line === '') return [''];
  if (outerIndent.length + line.length <= width) return [outerIndent + line];
  const words = line.trimStart();
  const indent = outerIndent + ' '.repeat(Math.min(line.length - words.length, Math.max(0, width >> 1)));
  const lines: string[] = [];
  let current = '';
  for (const word of words.split(' ')) {
    if (current !== '' && indent.length + current.length + 1 + word.length > width) {
      lines.push(indent + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, indent + current];
}
