/**
 * Where in an HTML text the next character stands. It follows the text of a template only: what values say is escaped, so that it
 * can never lead anywhere else.
 */

export type HtmlPlace =
  /** Between tags, or in an element that holds text only (title, textarea). */
  | { readonly kind: 'text' }
  /** In a tag, but in no attribute's value; in a script or a comment. */
  | { readonly kind: 'markup' | 'script' | 'comment' }
  /** In a style element. */
  | { readonly kind: 'style' }
  /** In the value of an attribute, of which `before` is written already. `quote` is empty without quotation marks. */
  | { readonly kind: 'attribute'; readonly name: string; readonly quote: string; readonly before: string };

type State = 'text' | 'open' | 'tagName' | 'tag' | 'attribute' | 'afterAttribute' | 'beforeValue' | 'value' | 'raw';

/** Elements that end with their own end tag and nothing else. */
const RAW_ELEMENTS = ['script', 'style', 'title', 'textarea'];

export class HtmlContext {
  #state: State = 'text';
  /** The element of the tag, with its slash; `!--` for a comment. */
  #element = '';
  #attribute = '';
  #quote = '';
  /** What was written of the value, or of a raw element lately. */
  #written = '';

  /** Where a value stands that comes next. Right behind an attribute's `=` it begins a value without quotation marks. */
  placeOfValue(): HtmlPlace {
    const element = this.#element.toLowerCase();
    switch (this.#state) {
      case 'text':
        return { kind: 'text' };
      case 'raw':
        if (element === 'script' || element === 'style') return { kind: element };
        return { kind: element === '!--' ? 'comment' : 'text' };
      case 'beforeValue':
        this.#beginValue('', '');
        return this.placeOfValue();
      case 'value': {
        const name = this.#attribute.toLowerCase();
        return { kind: 'attribute', name, quote: this.#quote, before: this.#written };
      }
      default:
        return { kind: 'markup' };
    }
  }

  /** Text that stands in the template. */
  follow(text: string): void {
    let at = 0;
    while (at < text.length) {
      const next = this.#nextOfNote(text, at);
      if (this.#state === 'value') this.#written += text.slice(at, next);
      if (next < text.length) this.#step(text.charAt(next));
      at = next + 1;
    }
  }

  /** What a value added, escaped for its place. In a tag it is a part of a name like any other. */
  extend(written: string): void {
    if (this.#state === 'value') this.#written += written;
    else if (this.#state !== 'text' && this.#state !== 'raw') this.follow(written);
  }

  /** Texts are long, and a rendering goes through some of them once an alert. */
  #nextOfNote(text: string, from: number): number {
    const sought = this.#state === 'text' ? '<' : this.#state === 'value' ? this.#quote : '';
    const found = sought === '' ? from : text.indexOf(sought, from);
    return found === -1 ? text.length : found;
  }

  #step(character: string): void {
    const isSpace = /\s/.test(character);
    switch (this.#state) {
      case 'text':
        if (character === '<') this.#begin('open');
        return;
      case 'open':
        if (/[a-z/!?]/i.test(character)) this.#begin('tagName', character);
        else this.#state = character === '<' ? 'open' : 'text';
        return;
      case 'tagName':
        if (character === '>') this.#endTag();
        else if (isSpace || (character === '/' && this.#element !== '')) this.#state = 'tag';
        else this.#element += character;
        if (this.#element === '!--') this.#state = 'raw';
        return;
      case 'raw':
        this.#raw(character);
        return;
      case 'value':
        if (this.#quote === '' ? isSpace : character === this.#quote) this.#state = 'tag';
        else if (this.#quote === '' && character === '>') this.#endTag();
        else this.#written += character;
        return;
      case 'beforeValue':
        if (character === '"' || character === "'") this.#beginValue(character, '');
        else if (character === '>') this.#endTag();
        else if (!isSpace) this.#beginValue('', character);
        return;
      default:
        this.#inTag(character, isSpace);
    }
  }

  #inTag(character: string, isSpace: boolean): void {
    if (character === '>') this.#endTag();
    else if (character === '=' && this.#state !== 'tag') this.#state = 'beforeValue';
    else if (character === '/') this.#state = 'tag';
    else if (isSpace) this.#state = this.#state === 'tag' ? 'tag' : 'afterAttribute';
    else if (this.#state === 'attribute') this.#attribute += character;
    else {
      this.#state = 'attribute';
      this.#attribute = character;
    }
  }

  #raw(character: string): void {
    const end = this.#element === '!--' ? '-->' : `</${this.#element}`;
    this.#written = (this.#written + character).slice(-end.length);
    if (this.#written.toLowerCase() !== end.toLowerCase()) return;
    if (end === '-->') this.#state = 'text';
    else this.#begin('tagName', `/${this.#element}`);
  }

  #begin(state: State, element = ''): void {
    this.#state = state;
    this.#element = element;
    this.#written = '';
  }

  #beginValue(quote: string, written: string): void {
    this.#state = 'value';
    this.#quote = quote;
    this.#written = written;
  }

  #endTag(): void {
    this.#written = '';
    this.#state = RAW_ELEMENTS.includes(this.#element.toLowerCase()) ? 'raw' : 'text';
  }
}
