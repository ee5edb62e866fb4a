/** The text of `--help`: flags under their topics, each with its default and why one would change it, 100 columns wide. */
import type { Flag, FlagTable } from './flag-value.ts';

const WIDTH = 100;
const INDENT = ' '.repeat(8);

/** Topics in the order in which the table first names them. */
export function flagHelp(table: FlagTable): string {
  const topics = new Map<string, string[]>();
  for (const [name, flag] of Object.entries(table)) {
    const lines = topics.get(flag.topic) ?? [];
    topics.set(flag.topic, lines);
    lines.push(heading(name, flag), ...wrap(flag.help, INDENT));
  }
  return [...topics].map(([topic, lines]) => `${topic}:\n${lines.join('\n')}\n`).join('\n');
}

/** Lines of at most 100 columns; a single longer word stands alone on its line. */
export function wrap(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

function heading(name: string, flag: Flag<unknown>): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const alias = flag.alias === undefined ? '' : `, --${flag.alias}`;
  const isAction = flag.placeholder === undefined && flag.defaultText === '';
  if (isAction) return `  ${short}--${name}${alias}`;
  const typed = flag.placeholder === undefined ? `--[no-]${name}${alias}` : `--${name}${alias} ${flag.placeholder}`;
  const shown = flag.shownDefault ?? (flag.defaultText || 'none');
  return `  ${short}${typed}  (default: ${shown}${flag.isRepeatable ? ', repeatable' : ''})`;
}
