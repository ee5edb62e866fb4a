/**
 * Headers on every answer that keep a browser from doing harm with it. Whoever serves pages here changes this one place;
 * the web configuration overrides each of them.
 */

const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  // A page loads from its own node and nowhere else, and nothing that stands in it is run. Its icon is in the page.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'deny',
  // Not no-referrer: browsers then hide their origin also from the node itself, which asks for it before it changes anything.
  'Referrer-Policy': 'same-origin',
};

/** Names and values in turn. An empty text takes a header away. */
export function securityHeaders(configured: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries({ ...DEFAULT_HEADERS, ...configured }).filter(([, value]) => value !== '');
}
