/** Several matchers: from the labels of an alert, and from a list such as notifications and people give. */
import { equals } from './matcher.ts';

/** One `=` matcher per label, by name; labels without a value are left out, since such a matcher says nothing. */
export function matchersOf(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => equals(name, value));
}

/** `{a="b",c="d"}`, in braces or not, as single matchers. Commas and braces in quotes belong to the value. */
export function splitMatchers(text: string): readonly string[] {
  const trimmed = text.trim();
  const hasBraces = trimmed.startsWith('{') && trimmed.endsWith('}');
  const inner = hasBraces ? trimmed.slice(1, -1) : trimmed;
  const found = inner.match(/(?:"(?:\\[\s\S]|[^"\\])*"?|[^",])+/g) ?? [];
  return found.map((part) => part.trim()).filter((part) => part !== '');
}
