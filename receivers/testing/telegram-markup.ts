/**
 * Telegram's parse modes as its server reads them, as far as a receiver may use them: HTML whole, of the Markdowns enough to refuse
 * what the server refuses. Offsets and lengths are UTF-16 code units of the text that is left, as everywhere in Telegram.
 */

export interface MarkupEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

export interface ParsedMarkup {
  readonly text: string;
  readonly entities: readonly MarkupEntity[];
}

/** The message is the server's own, after `Bad Request: can't parse entities: `. */
export class MarkupError extends Error {
  override readonly name = 'MarkupError';
}

const HTML_TYPES: Readonly<Record<string, string>> = {
  a: 'text_link',
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  'tg-emoji': 'custom_emoji',
};

const NAMED_CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** A start tag whole, an end tag whole, or a lone `<`. */
const HTML_TAG =
  /<(?:\/(?<end>[^\s>]*)\s*>|(?<start>[^\s>/][^\s>]*)(?<attributes>(?:\s+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w.-]+))?)*)\s*>|)/g;

export function parseHtml(source: string): ParsedMarkup {
  const open: { tag: string; offset: number; url: string }[] = [];
  const entities: MarkupEntity[] = [];
  let text = '';
  let readTo = 0;
  for (const { 0: whole, index, groups = {} } of source.matchAll(HTML_TAG)) {
    text += decodeCharacters(source.slice(readTo, index));
    readTo = index + whole.length;
    const at = `at byte offset ${Buffer.byteLength(source.slice(0, index))}`;
    if (groups.end !== undefined) {
      const last = open.pop();
      if (!last) throw new MarkupError(`Unexpected end tag ${at}`);
      const tag = groups.end.toLowerCase();
      if (tag !== '' && tag !== last.tag) {
        throw new MarkupError(`Unmatched end tag ${at}, expected "</${last.tag}>", found "</${tag}>"`);
      }
      entities.push(...entityOf(last, text));
    } else if (groups.start === undefined) {
      const [, tag = ''] = /^<([^\s>]*)/.exec(source.slice(index)) ?? [];
      const isKnown = Object.hasOwn(HTML_TYPES, tag.toLowerCase());
      throw new MarkupError(isKnown ? `Unclosed start tag ${at}` : `Unsupported start tag "${tag}" ${at}`);
    } else {
      const tag = groups.start.toLowerCase();
      if (!Object.hasOwn(HTML_TYPES, tag)) throw new MarkupError(`Unsupported start tag "${tag}" ${at}`);
      const [, quote = '', url = ''] = /\shref\s*=\s*(["']?)(.*?)\1(?=\s|$)/s.exec(groups.attributes ?? '') ?? [];
      open.push({ tag, offset: text.length, url: quote === '' ? url : decodeCharacters(url) });
    }
  }
  text += decodeCharacters(source.slice(readTo));
  const unclosed = open.at(-1);
  if (unclosed) throw new MarkupError(`Can't find end tag corresponding to start tag "${unclosed.tag}"`);
  return { text, entities };
}

/** A link the server does not take is no link: its address is lost without a word. */
function entityOf({ tag, offset, url }: { tag: string; offset: number; url: string }, text: string): MarkupEntity[] {
  const length = text.length - offset;
  if (length === 0) return [];
  const type = HTML_TYPES[tag] ?? tag;
  if (tag !== 'a') return [{ type, offset, length }];
  const address = url || text.slice(offset);
  return isTakenAddress(address) ? [{ type, offset, length, url: address }] : [];
}

/** As tdlib's `LinkManager::check_link`: a host needs a dot, unless it is an IPv6 address. */
function isTakenAddress(address: string): boolean {
  const match = /^(?:https?:\/\/)?(?:([^/?#]*)@)?(\[[0-9a-f:.]+\]|[^/?#:@]+)(?::0*([0-9]*))?(?:[/?#].*)?$/is.exec(
    address,
  );
  if (match === null) return false;
  const [, userinfo = '', host = '', port] = match;
  if (port !== undefined && !(Number(port) > 0 && Number(port) < 65_536)) return false;
  const allowed = /^(?:[a-z0-9.\-_!$,~*'();&+=:\u0080-\u{10ffff}]|%[0-9a-f]{2})*$/iu;
  return allowed.test(userinfo) && (host.startsWith('[') || (allowed.test(host) && host.includes('.') && host !== '.'));
}

function decodeCharacters(source: string): string {
  return source.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));?/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return (Object.hasOwn(NAMED_CHARACTERS, name) && NAMED_CHARACTERS[name]) || whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Refuses what the old Markdown refuses: `*`, `_`, backticks and `[` that never end. */
export function parseMarkdown(source: string): ParsedMarkup {
  const marks = /\\([_*`[])|(```|[*_`])(?:([\s\S]*?)\2)?|\[(?:([^\]]*)\](?:\([^)]*\))?)?/g;
  const text = source.replace(marks, (_whole, escaped, _mark, marked, linked, index) => {
    const content = escaped ?? marked ?? linked;
    if (content !== undefined) return content;
    const offset = Buffer.byteLength(source.slice(0, index));
    throw new MarkupError(`Can't find end of the entity starting at byte offset ${offset}`);
  });
  return { text, entities: [] };
}

/** Refuses what MarkdownV2 refuses first: a reserved character without a backslash, and a mark that never ends. */
export function parseMarkdownV2(source: string): ParsedMarkup {
  const marks =
    /\\([\u0001-\u007e])|```([\s\S]*?)```|`([^`]*)`|(\|\||__|[*_~])|\[([^\]]*)\]\([^)]*\)|^>|([[\]()>#+\-=|{}.!`])/gm;
  const open: string[] = [];
  const text = source.replace(marks, (whole, escaped, block, code, mark, linked, reserved) => {
    if (reserved !== undefined) {
      throw new MarkupError(`Character '${reserved}' is reserved and must be escaped with the preceding '\\'`);
    }
    if (mark !== undefined && open.at(-1) === mark) open.pop();
    else if (mark !== undefined) open.push(mark);
    return escaped ?? block ?? code ?? linked ?? (mark === undefined && whole !== '>' ? whole : '');
  });
  if (open.length > 0) throw new MarkupError(`Can't find end of the entity starting with "${open.at(-1)}"`);
  return { text, entities: [] };
}
