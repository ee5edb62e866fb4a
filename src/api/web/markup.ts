/** HTML as a value: whatever is put into it is text, unless it is {@link Markup} itself. So nobody can forget to escape. */

export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

export type Content = string | number | Markup | undefined | readonly Content[];

/** A template: ``markup`<b>${text}</b>` ``. Lists are joined; undefined is nothing. Attribute values must be quoted. */
export function markup(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const [first = '', ...rest] = literals;
  return new Markup(rest.reduce((html, literal, index) => html + htmlOf(contents[index]) + literal, first));
}

function htmlOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.html;
  if (typeof content === 'object') return content.map(htmlOf).join('');
  return escapeHtml(String(content));
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
