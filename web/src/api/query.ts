/** The query of an address: what is undefined or empty is left out, lists are repeated. */

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** With its question mark; empty if there is nothing to ask. */
export function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'object') for (const each of value) parameters.append(name, each);
    else parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
