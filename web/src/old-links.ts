/** Addresses of Alertmanager's own UI, as they stand in old messages and runbooks, become ours. */

/**
 * A path with its query for `#/alerts?filter={a="b"}` and the like; undefined for what is none of them. Its one filter
 * holds all matchers in braces; ours takes it so.
 */
export function translateOldHash(hash: string): string | undefined {
  const [, oldPath = '', oldQuery = ''] = /^#\/([^?]*)\??(.*)$/.exec(hash) ?? [];
  if (!hash.startsWith('#/')) return undefined;
  const old = new URLSearchParams(oldQuery);
  const ours = new URLSearchParams();
  const filter = old.get('filter');
  if (filter) for (const matcher of matchersIn(filter)) ours.append('filter', matcher);
  const [place, id] = oldPath.split('/');
  if (place === 'silences' && id === 'new') {
    for (const name of ['comment', 'duration']) {
      const value = old.get(name);
      if (value) ours.set(name, value);
    }
    return withQuery('/silences/new', ours);
  }
  if (place === 'silences') return id ? `/silences/${encodeURIComponent(id)}` : withQuery('/silences', ours);
  if (place === 'status') return '/status';
  const receiver = old.get('receiver');
  if (receiver) ours.set('receiver', receiver);
  return place === '' || place === 'alerts' ? withQuery('/', ours) : '/';
}

/** Splits `{a="b", c=~"d,e"}` at the commas outside quotes. */
export function matchersIn(filter: string): readonly string[] {
  const inside = filter.trim().replace(/^\{/, '').replace(/\}$/, '');
  return [...inside.matchAll(/(?:[^,"\\]|\\.|"(?:[^"\\]|\\.)*")+/g)]
    .map(([text]) => text.trim())
    .filter((text) => text);
}

function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
