/**
 * What a map holds, as 256 hashes that follow each change at a cost that does not grow with the map. A bucket's hash is
 * the sum of its records' hashes, so it does not depend on the order in which they came, and a sum, unlike XOR, does not
 * lose two that are alike. Nothing is kept per record but the key's place in its bucket.
 */
import { BUCKETS, bucketOf, formatHash, type Hash64, hash64, recordHash } from './record-hash.ts';

export class BucketHashes {
  /** Wrap around at 32 bits on their own. The last one is the sum of all. */
  readonly #high = new Uint32Array(BUCKETS + 1);
  readonly #low = new Uint32Array(BUCKETS + 1);
  readonly #keys: Set<string>[] = Array.from({ length: BUCKETS }, () => new Set());

  add(key: string, digest: string): void {
    const keyHash = hash64(key);
    const bucket = bucketOf(keyHash);
    this.#keys[bucket]?.add(key);
    this.#shift(bucket, recordHash(keyHash, digest), 1);
  }

  change(key: string, former: string, digest: string): void {
    if (former === digest) return;
    const keyHash = hash64(key);
    const bucket = bucketOf(keyHash);
    this.#shift(bucket, recordHash(keyHash, former), -1);
    this.#shift(bucket, recordHash(keyHash, digest), 1);
  }

  remove(key: string, digest: string): void {
    const keyHash = hash64(key);
    const bucket = bucketOf(keyHash);
    this.#keys[bucket]?.delete(key);
    this.#shift(bucket, recordHash(keyHash, digest), -1);
  }

  /** Of the whole; 11 characters of base64url. Of an empty map it is all zero. */
  root(): string {
    return formatHash({ high: this.#high[BUCKETS] ?? 0, low: this.#low[BUCKETS] ?? 0 });
  }

  /** All 256, 8 bytes each, most significant first, in base64url: 2731 characters. */
  buckets(): string {
    const bytes = Buffer.allocUnsafe(8 * BUCKETS);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      bytes.writeUInt32BE(this.#high[bucket] ?? 0, 8 * bucket);
      bytes.writeUInt32BE(this.#low[bucket] ?? 0, 8 * bucket + 4);
    }
    return bytes.toString('base64url');
  }

  /** In UTF-16 order: a place in it can be told by a key, whatever has come and gone meanwhile. */
  keysOf(bucket: number): string[] {
    // The default order of sort is that of UTF-16 code units, as that of < is.
    return [...(this.#keys[bucket] ?? [])].sort();
  }

  #shift(bucket: number, { high, low }: Hash64, sign: 1 | -1): void {
    for (const sum of [bucket, BUCKETS]) {
      this.#high[sum] = (this.#high[sum] ?? 0) + sign * high;
      this.#low[sum] = (this.#low[sum] ?? 0) + sign * low;
    }
  }
}
