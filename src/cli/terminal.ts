/**
 * Where commands write. Everything shown goes through here, since labels and comments are foreign text: a hostile one
 * must not move the cursor, fake a line or fill the screen.
 */
import { styleText } from 'node:util';
import { escapeUnprintableJson, stripUnprintable, stripUnprintableInLines } from '../model/printable-text.ts';
import { type Colour, formatTable, type TableCell } from './table.ts';

export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface Terminal {
  /** One line on stdout. */
  line(text: string): void;
  /** A text of several lines on stdout. */
  block(text: string): void;
  /** For programs: one line, nothing cut. */
  json(value: unknown): void;
  table(head: readonly string[], rows: readonly (readonly TableCell[])[]): void;
  /** One line on stderr, for a human: it never mixes with what a script reads. */
  remark(text: string): void;
}

/** Longer lines are cut; programs that want all of it read JSON. */
const LONGEST_LINE = 4000;

export function createTerminal(
  stdout: TerminalStream,
  stderr: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  // https://no-color.org: any value that is not empty means no.
  const isColoured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (colour: Colour, text: string) =>
    isColoured ? styleText(colour, text, { validateStream: false }) : text;
  return {
    line: (text) => void stdout.write(`${bounded(stripUnprintable(text))}\n`),
    block: (text) => {
      const clean = stripUnprintableInLines(text);
      stdout.write(clean.endsWith('\n') ? clean : `${clean}\n`);
    },
    json: (value) => void stdout.write(`${escapeUnprintableJson(JSON.stringify(value))}\n`),
    table: (head, rows) => void stdout.write(formatTable(head, rows, paint)),
    remark: (text) => void stderr.write(`${bounded(stripUnprintable(text))}\n`),
  };
}

function bounded(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE).toWellFormed()}…` : text;
}
