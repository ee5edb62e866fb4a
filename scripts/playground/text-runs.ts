/**
 * A formatted message as runs of plain text with styles, so that a page can show it without ever being given markup.
 * Telegram's entities may nest and overlap; runs do neither.
 */

export type TextStyle = 'bold' | 'italic' | 'underlined' | 'struck' | 'code' | 'block' | 'quote' | 'spoiler';

export interface TextRun {
  readonly text: string;
  readonly styles: readonly TextStyle[];
  /** Only http and https: others could do something when clicked. */
  readonly url?: string;
}

/** As of the Bot API (https://core.telegram.org/bots/api#messageentity). */
export interface TextEntity {
  readonly type: string;
  /** In UTF-16 code units, as is the length. */
  readonly offset: number;
  readonly length: number;
  readonly url?: string | undefined;
}

const STYLES: ReadonlyMap<string, TextStyle> = new Map([
  ['bold', 'bold'],
  ['italic', 'italic'],
  ['underline', 'underlined'],
  ['strikethrough', 'struck'],
  ['code', 'code'],
  ['pre', 'block'],
  ['blockquote', 'quote'],
  ['expandable_blockquote', 'quote'],
  ['spoiler', 'spoiler'],
]);

/** Together they say all of the text, in order; entities of other types leave it as it is. */
export function textRuns(text: string, entities: readonly TextEntity[]): readonly TextRun[] {
  const borders = new Set([0, text.length]);
  for (const { offset, length } of entities) {
    for (const border of [offset, offset + length]) if (border > 0 && border < text.length) borders.add(border);
  }
  const sorted = [...borders].toSorted((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? text.length;
    const around = entities.filter(({ offset, length }) => offset <= start && offset + length >= end);
    const url = around.map((entity) => safeUrl(entity.url)).find((one) => one !== undefined);
    const styles = new Set(around.flatMap(({ type }) => STYLES.get(type) ?? []));
    return { text: text.slice(start, end), styles: [...styles], ...(url !== undefined && { url }) };
  });
}

function safeUrl(given: string | undefined): string | undefined {
  const url = given === undefined ? null : URL.parse(given);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
