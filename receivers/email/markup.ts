/** HTML that cannot be broken out of: a template literal in which every value is escaped that is not markup itself. */

export class Markup {
  readonly html: string;

  /** Made by {@link markup} and {@link lines} only. */
  constructor(html: string) {
    this.html = html;
  }
}

type MarkupValue = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For the text of elements and for attributes in quotation marks; a URL must have been checked before. */
export function markup(texts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(texts.reduce((html, text, index) => html + htmlOf(values[index - 1] ?? '') + text));
}

/** A text of several lines, which stay lines. */
export function lines(text: string): Markup {
  return new Markup(escapeText(text).replaceAll('\n', '<br>'));
}

function htmlOf(value: MarkupValue): string {
  if (value instanceof Markup) return value.html;
  if (typeof value === 'object') return value.map(({ html }) => html).join('');
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
