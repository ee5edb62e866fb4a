/**
 * A register in which the last writer wins: the merge for what has no better one (a comment, a name). What two nodes
 * wrote without seeing each other is decided by the version; one of the two is lost.
 */
import { formatHash, hash64 } from '../record-hash.ts';
import { compareVersions, formatVersion, type Version } from '../version.ts';

/** Fields besides these two are the node's own, such as when it heard of it, and decide nothing. */
export interface Register {
  readonly version: Version;
  /** JSON. */
  readonly content: unknown;
}

/**
 * A merge for ReplicatedMap. Equal versions of different content, as a cloned data directory makes them, are decided by
 * the larger content hash.
 */
export function later<Value extends Register>(stored: Value, incoming: Value): Value {
  const order = compareVersions(stored.version, incoming.version);
  if (order !== 0) return order > 0 ? stored : incoming;
  return contentHash(stored) >= contentHash(incoming) ? stored : incoming;
}

/** The digest for ReplicatedMap that goes with {@link later}. */
export function registerDigest(register: Register): string {
  return `${formatVersion(register.version)} ${contentHash(register)}`;
}

function contentHash({ content }: Register): string {
  return formatHash(hash64(canonicalJson(content)));
}

/** The same text for the same content, in whatever order its fields came. */
function canonicalJson(value: unknown): string {
  const sorted = (_: string, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return JSON.stringify(value, sorted) ?? '';
}
