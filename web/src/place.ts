/**
 * Where the reader is: the path below the UI's root and the query, which together hold the whole view. Whoever is sent the
 * address sees the same.
 */
import { signal } from '@preact/signals';
import { type Query, queryText } from './api/query.ts';
import { base } from './base.ts';
import { translateOldHash } from './old-links.ts';
import { noteScroll, returnToScroll, startScrollMemory } from './scroll-memory.ts';

/** `/`, `/silences/new`. */
export const path = signal('/');
export const query = signal(new URLSearchParams());

/** Once: before anything is shown. */
export function startPlace(): void {
  const translated = translateOldHash(location.hash);
  if (translated !== undefined) history.replaceState(null, '', hrefOf(translated));
  read();
  startScrollMemory();
  window.addEventListener('popstate', () => {
    read();
    returnToScroll();
  });
  window.addEventListener('hashchange', () => {
    const old = translateOldHash(location.hash);
    if (old !== undefined) go(old, undefined, { replace: true });
  });
}

/** `to` may have its query in it already. */
export function go(to: string, withQuery?: Query, { replace = false }: { readonly replace?: boolean } = {}): void {
  const href = link(to, withQuery);
  const isOtherPage = new URL(href, location.href).pathname !== location.pathname;
  if (replace) history.replaceState(isOtherPage ? null : history.state, '', href);
  else {
    noteScroll();
    history.pushState(null, '', href);
  }
  read();
  if (isOtherPage) window.scrollTo(0, 0);
}

/** For `href`: good wherever the UI lives. */
export function link(to: string, withQuery?: Query): string {
  return hrefOf(to) + queryText(withQuery);
}

function hrefOf(to: string): string {
  return `${base.pathname}${to.replace(/^\//, '')}`;
}

function read(): void {
  const { pathname, search } = location;
  const below = pathname.startsWith(base.pathname) ? pathname.slice(base.pathname.length) : '';
  path.value = `/${below}`;
  // Not anew for the same words, or everything that reads it would be done again.
  if (new URLSearchParams(search).toString() !== query.value.toString()) query.value = new URLSearchParams(search);
}
