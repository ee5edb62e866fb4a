/**
 * The output of a template that is HTML: what stands in the template goes out as it is, what a value says is escaped for its
 * place, so that an alert can neither add an element nor run anything. It is Go's html/template in its effect, decided while
 * rendering instead of before: see the differences below.
 *
 * - A template that ends in the middle of a tag, or whose branches do, is rendered and not refused.
 * - Comments stay, without values in them. A value in a script, in an event handler's attribute or in a tag itself becomes
 *   `ZgotmplZ`, where Go would write JavaScript or check for a harmless name.
 * - A value that was piped through `html` is escaped again.
 */
import { TextBuilder } from './budget.ts';
import type { Output } from './evaluator.ts';
import { HtmlContext, type HtmlPlace } from './html-context.ts';
import { display } from './print.ts';
import { TrustedText, type Value } from './value.ts';

/** Go's word for what it does not let through. */
const UNSAFE = 'ZgotmplZ';

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&#34;',
  "'": '&#39;',
  '+': '&#43;',
  '\0': '\uFFFD',
};

const URL_ATTRIBUTES = [
  'action',
  'background',
  'cite',
  'data',
  'formaction',
  'href',
  'longdesc',
  'poster',
  'src',
  'srcset',
];
const URL_SCHEMES = ['http', 'https', 'mailto'];

/** Colours, lengths and words; nothing that could load or run. */
const HARMLESS_CSS = /^[-\w#%., +!]*$/;

export class HtmlOutput implements Output {
  readonly #builder = new TextBuilder();
  readonly #context = new HtmlContext();

  get rendered(): string {
    return this.#builder.text;
  }

  text(text: string): void {
    this.#context.follow(text);
    this.#builder.append(text);
  }

  value(value: Value): void {
    const escaped = escapeFor(this.#context.placeOfValue(), value);
    this.#context.extend(escaped);
    this.#builder.append(escaped);
  }
}

function escapeFor(place: HtmlPlace, value: Value): string {
  const text = display(value).toWellFormed();
  const vouchedFor = value instanceof TrustedText ? value.typeName : undefined;
  switch (place.kind) {
    case 'text':
      return vouchedFor === 'template.HTML' ? text : escapeHtml(text);
    case 'comment':
      return '';
    case 'style':
      return HARMLESS_CSS.test(text) ? text : UNSAFE;
    case 'attribute':
      return escapeAttribute(place, text, { isTrustedUrl: vouchedFor === 'template.URL' });
    default:
      return UNSAFE;
  }
}

type AttributePlace = Extract<HtmlPlace, { kind: 'attribute' }>;

function escapeAttribute(place: AttributePlace, text: string, { isTrustedUrl }: { isTrustedUrl: boolean }): string {
  // `xlink:href` is a link like `href`.
  const name = place.name.replace(/^.*:/, '');
  let value = text;
  if (name.startsWith('on')) value = UNSAFE;
  else if (name === 'style') value = HARMLESS_CSS.test(text) ? text : UNSAFE;
  else if (URL_ATTRIBUTES.includes(name)) value = escapeUrl(place.before, text, { isTrustedUrl });
  return place.quote === '' ? escapeUnquoted(value) : escapeHtml(value);
}

/** What comes after a `?` or `#` that is written already is one value in there; else it is part of the address, or all of it. */
function escapeUrl(before: string, text: string, { isTrustedUrl }: { isTrustedUrl: boolean }): string {
  if (isTrustedUrl) return percentEncode(text, 'address');
  const scheme = /^([^/?#]*?):/.exec(before + text)?.[1];
  if (scheme !== undefined && !URL_SCHEMES.includes(scheme.toLowerCase())) return `#${UNSAFE}`;
  return percentEncode(text, /[?#]/.test(before) ? 'value' : 'address');
}

/** In an address what is encoded already stays so, and what gives it its form stays as it is. */
function percentEncode(text: string, as: 'address' | 'value'): string {
  const kept = as === 'address' ? /[-._~!#$&*+,/:;=?@[\]\w]/ : /[-._~\w]/;
  return text.replace(/%[0-9a-fA-F]{2}|./gsu, (part) => {
    if (part.length === 3) return as === 'address' ? part : `%25${part.slice(1)}`;
    return kept.test(part) ? part : encodeBytes(part);
  });
}

function encodeBytes(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&"'+\0]/g, (character) => ENTITIES[character] ?? '');
}

function escapeUnquoted(text: string): string {
  // Nothing at all would take the next attribute for the value.
  if (text === '') return UNSAFE;
  return escapeHtml(text).replace(/[\s=`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
