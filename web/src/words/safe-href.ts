/** Which addresses of strangers may become links: of the web and of mail. `javascript:` and its like stay text. */

const SAFE = new Set(['http:', 'https:', 'mailto:']);

/** The address as it is followed, or undefined. It must be whole: one relative to this page would be ours, not theirs. */
export function safeHref(text: string): string | undefined {
  const url = URL.parse(text.trim());
  return url !== null && SAFE.has(url.protocol) ? url.href : undefined;
}

export interface TextPart {
  readonly text: string;
  /** Undefined for what is only text. */
  readonly href?: string | undefined;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+/g;
/** At the end of an address they belong to the sentence. */
const TRAILING = /[.,;:!?)\]}]+$/;

/** A text with the addresses in it told apart. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = match[0].replace(TRAILING, '');
    const href = safeHref(found);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
