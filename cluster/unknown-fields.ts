/**
 * Fields of a record that a newer version has put there. A node that does not know them keeps them with the word they came
 * with, writes them to disk and passes them on, so that a cluster can be upgraded node by node. They are few and small,
 * and never looked into.
 */
import { jsonBytes, nestsTooDeep } from './record-limits.ts';

/** By name, in UTF-16 order; any JSON, the same for the same word on every node. So ages cannot be among them. */
export type UnknownFields = Readonly<Record<string, unknown>>;

export interface WithUnknownFields {
  readonly unknownFields?: UnknownFields;
}

/** So that a peer cannot make a record too large to pass on. What is more is left out, the same on every node. */
const MOST_FIELDS = 8;
const LARGEST_FIELD_BYTES = 2 * 1024;
const DEEPEST_FIELD = 8;

/** What of a record just read is not known, to be spread into what it is read as. */
export function unknownFieldsOf(
  record: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): WithUnknownFields {
  // Nearly always there are none.
  const entries = Object.entries(record).filter(([name]) => !known.has(name));
  const kept = entries.filter(
    (entry) => jsonBytes(entry) <= LARGEST_FIELD_BYTES && !nestsTooDeep(entry[1], DEEPEST_FIELD),
  );
  return kept.length === 0 ? {} : { unknownFields: firstOf(kept) };
}

/**
 * Of two copies of the same word, one of which may have passed through a node that lost something: what either has, and
 * of two values under one name the longer text. Returns `stored` itself if `incoming` brings nothing.
 */
export function mergeUnknownFields<Value extends WithUnknownFields>(stored: Value, incoming: WithUnknownFields): Value {
  const { unknownFields: ours = {} } = stored;
  const { unknownFields: theirs = {} } = incoming;
  const merged = new Map(Object.entries(ours));
  for (const [name, value] of Object.entries(theirs)) {
    if (!merged.has(name) || isLarger(value, merged.get(name))) merged.set(name, value);
  }
  const unknownFields = firstOf([...merged]);
  return digestOfFields(unknownFields) === digestOfFields(ours) ? stored : { ...stored, unknownFields };
}

/**
 * What they add to the digest of a record; nothing if there are none. A version that gets to know one of them must add it
 * in the same way, or old and new nodes would exchange the record for ever.
 */
export function digestOfFields(fields: UnknownFields | undefined): string {
  if (fields === undefined) return '';
  const text = canonicalJson(fields);
  return text === '{}' ? '' : ` ${text}`;
}

function firstOf(entries: readonly (readonly [string, unknown])[]): UnknownFields {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_FIELDS));
}

function isLarger(a: unknown, b: unknown): boolean {
  const [one, other] = [canonicalJson(a), canonicalJson(b)];
  return one.length === other.length ? one > other : one.length > other.length;
}

/** The same text for the same JSON, in whatever order its fields came. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
