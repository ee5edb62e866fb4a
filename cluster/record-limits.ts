/** What a record may be at most in order to pass between nodes, and how its key and its map's name are checked. */
import { z } from 'zod';

/** With its key, as JSON. A larger record passes to nobody. */
export const LARGEST_RECORD_BYTES = 128 * 1024;
/** As JSON. Half a chunk of anti-entropy, so that a key always finds room next to others. */
const LONGEST_KEY_BYTES = 16 * 1024;
/** Lists and objects within one another. A peer refuses messages of 32 (wire.ts), and with one all that is in it. */
const DEEPEST_RECORD = 24;

export const mapName = z.string().regex(/^[a-z0-9._-]{1,64}$/);
/** Any string that is not too long. */
export const key = z.string().refine(isSendableKey, 'the key is too long');

export function isSendableKey(candidate: string): boolean {
  // No UTF-16 unit takes more than six bytes in JSON; most keys need not be encoded to be measured.
  return candidate.length * 6 + 2 <= LONGEST_KEY_BYTES || jsonBytes(candidate) <= LONGEST_KEY_BYTES;
}

/** Of any JSON, in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null');
}

export function nestsTooDeep(record: unknown, most = DEEPEST_RECORD): boolean {
  if (typeof record !== 'object' || record === null) return false;
  return most === 0 || Object.values(record).some((field) => nestsTooDeep(field, most - 1));
}
