/**
 * Telegram's HTML in pieces that know what they cost, so that they can be put together up to a message's limits and
 * nothing is ever cut inside a tag or an entity.
 */

/** Made only by the functions below, so its HTML is well-formed and its foreign text escaped. */
export interface Markup {
  readonly html: string;
  /** UTF-16 code units once Telegram has parsed it: what its limit counts. */
  readonly units: number;
  /** Formatted stretches. */
  readonly entities: number;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The four characters that https://core.telegram.org/bots/api#html-style names. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

export function plain(text: string): Markup {
  return { html: escapeHtml(text), units: text.length, entities: 0 };
}

export function tagged(tag: 'b' | 'i' | 'code', text: string): Markup {
  return { html: `<${tag}>${escapeHtml(text)}</${tag}>`, units: text.length, entities: 1 };
}

/** For addresses that Telegram takes; see {@link isLinkable}. */
export function link(text: string, url: string): Markup {
  return { html: `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`, units: text.length, entities: 1 };
}

export function joined(pieces: readonly Markup[], separator: string): Markup {
  return {
    html: pieces.map(({ html }) => html).join(escapeHtml(separator)),
    units: pieces.reduce((sum, { units }) => sum + units, 0) + separator.length * Math.max(0, pieces.length - 1),
    entities: pieces.reduce((sum, { entities }) => sum + entities, 0),
  };
}

/**
 * Telegram drops without a word the address of a link whose host has no dot, such as `http://prometheus:9090/`, or holds
 * what it does not expect. (tdlib, `LinkManager::check_link`.)
 */
export function isLinkable(url: string): boolean {
  const { hostname, username, password } = new URL(url);
  return username === '' && password === '' && /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|\[[0-9a-f:.]+\])$/.test(hostname);
}

/** At most so many UTF-16 code units, the ellipsis among them; never half a character. */
export function shortened(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  return `${text
    .slice(0, maxUnits - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
