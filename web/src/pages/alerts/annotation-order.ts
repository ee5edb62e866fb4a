/** Which annotations are read first at night: what it is, what to do, where to look; then the rest by name. Pure. */
import { safeHref } from '../../words/safe-href.ts';

export interface OrderedAnnotations {
  /** Texts, the summary first. */
  readonly texts: readonly (readonly [name: string, value: string])[];
  /** Those that are an address and nothing else, and may be followed. */
  readonly links: readonly { readonly name: string; readonly words: string; readonly href: string }[];
}

const FIRST_TEXTS = ['summary', 'title', 'message', 'description'];
const FIRST_LINKS = ['runbook_url', 'runbook', 'dashboard', 'dashboard_url'];

export function orderedAnnotations(annotations: Readonly<Record<string, string>>): OrderedAnnotations {
  const all = Object.entries(annotations).filter(([, value]) => value.trim() !== '');
  const isLink = (value: string) => !/\s/.test(value.trim()) && safeHref(value) !== undefined;
  return {
    texts: inOrder(
      all.filter(([, value]) => !isLink(value)),
      FIRST_TEXTS,
    ),
    links: inOrder(
      all.filter(([, value]) => isLink(value)),
      FIRST_LINKS,
    ).map(([name, href]) => ({
      name,
      words: linkWords(name),
      href: href.trim(),
    })),
  };
}

/** `runbook_url` is a runbook. */
function linkWords(name: string): string {
  const words = name.replace(/[_-]?(?:url|link)$/i, '').replaceAll('_', ' ') || name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function inOrder(entries: readonly (readonly [string, string])[], first: readonly string[]): [string, string][] {
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  return entries
    .map(([name, value]): [string, string] => [name, value])
    .toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
