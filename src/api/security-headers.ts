/**
 * Headers on every answer that keep a browser from doing harm with it. Whoever serves pages here changes this one place;
 * the web configuration overrides each of them.
 */

const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  // The node's one page has its style in it, and nothing loads anything.
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'deny',
  // Not no-referrer: browsers then hide their origin also from the node itself, which asks for it before it changes anything.
  'Referrer-Policy': 'same-origin',
};

/** Names and values in turn. An empty text takes a header away. */
export function securityHeaders(configured: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries({ ...DEFAULT_HEADERS, ...configured }).filter(([, value]) => value !== '');
}
