/**
 * The hash that two nodes compare instead of records: 64 bits, the same on every node of every version, since it travels.
 * Two lanes of MurmurHash3's round over UTF-16 code units. It guards against chance, not malice: whoever writes records
 * needs no collision to do harm. `node:crypto` takes longer for texts of this length.
 */

export interface Hash64 {
  /** 32 bits each, unsigned. */
  readonly high: number;
  readonly low: number;
}

export const BUCKETS = 256;

const SEED: Hash64 = { high: 0x9747b28c, low: 0x2c1b3c6d };

/** Of a text after what `seed` is the hash of; the bounds between them count. Any string, also one that is no UTF-16. */
export function hash64(text: string, seed: Hash64 = SEED): Hash64 {
  let high = seed.high;
  let low = seed.low;
  const { length } = text;
  for (let index = 0; index < length; index += 2) {
    const block = text.charCodeAt(index) | (index + 1 < length ? text.charCodeAt(index + 1) << 16 : 0);
    high = highRound(high, block);
    low = lowRound(low, block);
  }
  high = highRound(high, length);
  low = lowRound(low, length);
  high = finish((high + low) | 0);
  low = finish((low + high) | 0);
  return { high: (high + low) >>> 0, low };
}

/** Of a record: of its key, then of what stands under it. */
export function recordHash(keyHash: Hash64, digest: string): Hash64 {
  return hash64(digest, keyHash);
}

/** 0 to 255, by the key alone: a record never moves to another bucket. */
export function bucketOf(keyHash: Hash64): number {
  return keyHash.high >>> 24;
}

/** 11 characters of base64url, most significant bits first. */
export function formatHash({ high, low }: Hash64): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32BE(high, 0);
  bytes.writeUInt32BE(low, 4);
  return bytes.toString('base64url');
}

// Constants of MurmurHash3 (Austin Appleby, public domain): the first lane is x86_32's, the second one of x86_128's.
function highRound(hash: number, block: number): number {
  const mixed = Math.imul(rotated(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotated(hash ^ mixed, 13), 5) + 0xe6546b64) | 0;
}

function lowRound(hash: number, block: number): number {
  const mixed = Math.imul(rotated(Math.imul(block, 0xab0e9789), 16), 0x38b34ae5);
  return (Math.imul(rotated(hash ^ mixed, 17), 5) + 0x96cd1c35) | 0;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
