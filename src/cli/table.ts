/** Tables for people: columns aligned by the width text takes on a terminal, two spaces apart. */
import { stripUnprintable } from '../model/printable-text.ts';
import { displayWidth, fitToWidth } from './display-width.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'gray' | 'bold';

export type TableCell = string | { readonly text: string; readonly colour: Colour };

/** Wider cells are cut, so that one long comment does not push the rest off the screen. */
const WIDEST_CELL = 200;

/** Foreign text in, harmless lines out; without spaces at the ends of lines. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
  paint: (colour: Colour, text: string) => string,
): string {
  const lines = [head.map((text): Cell => ({ text, colour: 'bold' })), ...rows.map((row) => row.map(toCell))];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => displayWidth(cells[column]?.text ?? ''))));
  return lines.map((cells) => `${formatLine(cells, widths, paint)}\n`).join('');
}

interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

function toCell(cell: TableCell): Cell {
  const { text, ...rest } = typeof cell === 'string' ? { text: cell } : cell;
  return { ...rest, text: fitToWidth(stripUnprintable(text), WIDEST_CELL) };
}

function formatLine(
  cells: readonly Cell[],
  widths: readonly number[],
  paint: (colour: Colour, text: string) => string,
): string {
  let line = '';
  // Padding is owed, and paid only when more text follows.
  let owed = 0;
  for (const [column, { text, colour }] of cells.entries()) {
    if (text !== '') line += ' '.repeat(owed) + (colour === undefined ? text : paint(colour, text));
    const padding = (widths[column] ?? 0) - displayWidth(text) + 2;
    owed = text === '' ? owed + padding : padding;
  }
  return line;
}
