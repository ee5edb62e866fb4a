/** The short name of a group in API v3 and in the history: the same on every node with the same routes. */
import { createHash } from 'node:crypto';

/** 96 bits: what is likely to collide is nothing a cluster will ever hold. */
const ID_BYTES = 12;

/** 16 characters that stand in a URL as they are. */
export function groupIdOf(groupKey: string, receiver: string): string {
  return createHash('sha256')
    .update(`${receiver}\u0000${groupKey}`)
    .digest()
    .subarray(0, ID_BYTES)
    .toString('base64url');
}
