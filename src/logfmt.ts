/** JSON log records as logfmt, the way Go's slog text handler writes them: `time=… level=INFO msg="Listening on" key=value`. */
import { goQuote } from './model/go-quote.ts';

/** Longer values are cut: one huge label must not drown the log. */
const LONGEST_VALUE = 8192;

/** What slog quotes: nothing at all, white space, `=`, `"`, and what is not printable. A bare backslash is not. */
const PLAIN = /^[^\s="]+$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

const LEADING_KEYS = ['time', 'level', 'msg'];

/** One JSON object in, one line out, with its line feed. Nested objects become dotted keys, arrays JSON. */
export function logfmtLine(json: string): string {
  const record = parseRecord(json);
  const parts: string[] = [];
  for (const key of LEADING_KEYS) if (Object.hasOwn(record, key)) addField(parts, key, record[key]);
  for (const [key, value] of Object.entries(record)) if (!LEADING_KEYS.includes(key)) addField(parts, key, value);
  return `${parts.join(' ')}\n`;
}

function parseRecord(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json);
  } catch {
    // A value whose toJSON wrote something that is no JSON. Losing the form is better than losing the line.
    return { level: 'ERROR', msg: json.trimEnd() };
  }
}

function addField(parts: string[], key: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    // Depth is bounded where the record is made: pino writes no deeper than five levels.
    for (const [name, inner] of Object.entries(value)) addField(parts, `${key}.${name}`, inner);
    return;
  }
  parts.push(`${quoteIfNeeded(key)}=${quoteIfNeeded(typeof value === 'string' ? value : JSON.stringify(value))}`);
}

function quoteIfNeeded(text: string): string {
  const shown =
    text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}… (${text.length - LONGEST_VALUE} more)` : text;
  return PLAIN.test(shown) && PRINTABLE.test(shown) ? shown : goQuote(shown);
}
