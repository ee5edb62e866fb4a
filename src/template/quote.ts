/** The q verb of printf: Go's quoted strings and characters, with its flags. */
import { goQuote } from '../model/go-quote.ts';

interface QuoteFormat {
  /** Escape all that is not ASCII. */
  readonly plus?: boolean;
  /** Back quotes where the text allows them. */
  readonly sharp?: boolean;
}

/** What back quotes cannot hold: themselves, control characters but the tab, the byte order mark. */
const NOT_RAW = /[\0-\x08\x0a-\x1f\x7f`\ufeff]/;

export function quote(text: string, format: QuoteFormat): string {
  if (format.sharp && !NOT_RAW.test(text)) return `\`${text}\``;
  const quoted = goQuote(text);
  return format.plus ? escapeNonAscii(quoted) : quoted;
}

/** One character between single quotes. */
export function quoteCharacter(character: string, format: QuoteFormat): string {
  const content = character === '"' ? '"' : character === "'" ? "\\'" : goQuote(character).slice(1, -1);
  return `'${format.plus ? escapeNonAscii(content) : content}'`;
}

function escapeNonAscii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
