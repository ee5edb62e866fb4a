/**
 * A map that ends the same on every node that has merged the same values, in whatever order and however often. It holds
 * values in memory and the hashes that tell two maps apart; it knows nothing of disks or peers. What a merge must
 * keep to is held by replicated-map.laws.ts.
 */
import type { Now } from '../src/model/now.ts';
import { BucketHashes } from './bucket-hashes.ts';
import { formatHash, hash64, recordHash } from './record-hash.ts';
import type { RecordHashes } from './synced-map.ts';

export interface ReplicatedMapOptions<Value> {
  /**
   * Commutative, associative, idempotent; changes neither argument, now or later. Returns `stored` itself exactly when
   * `incoming` brings nothing.
   */
  readonly merge: (stored: Value, incoming: Value) => Value;
  /** Equal exactly when two nodes that hold the one and the other need not exchange them. Never changes for a value. */
  readonly digest: (value: Value) => string;
  /**
   * Whether the value has outlived its use, by its age: from then on it is given to nobody, taken from nobody who comes
   * with it anew, and removed by the next {@link ReplicatedMap.forget}. Once true it stays true. By default never.
   */
  readonly isForgotten?: (value: Value, now: Now) => boolean;
}

/** `forgotten`: it would be new, but has outlived its use; perhaps it stood here before. */
export type MergeOutcome = 'changed' | 'nothing new' | 'forgotten';

/** Keys are any strings, NUL, `__proto__` and the empty one among them. Iteration is in the order of first arrival. */
export class ReplicatedMap<Value> implements RecordHashes {
  readonly #merge: ReplicatedMapOptions<Value>['merge'];
  readonly #digest: ReplicatedMapOptions<Value>['digest'];
  readonly #isForgotten: NonNullable<ReplicatedMapOptions<Value>['isForgotten']>;
  readonly #values = new Map<string, Value>();
  readonly #hashes = new BucketHashes();

  constructor({ merge, digest, isForgotten = () => false }: ReplicatedMapOptions<Value>) {
    this.#merge = merge;
    this.#digest = digest;
    this.#isForgotten = isForgotten;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#values.entries();
  }

  /** The one way in for what this node writes and for what others wrote. */
  merge(key: string, incoming: Value, now: Now): MergeOutcome {
    const stored = this.#values.get(key);
    if (stored === undefined) {
      if (this.#isForgotten(incoming, now)) return 'forgotten';
      this.replace(key, incoming);
      return 'changed';
    }
    const merged = this.#merge(stored, incoming);
    if (merged === stored) return 'nothing new';
    this.replace(key, merged);
    return 'changed';
  }

  /** Puts a value in place of what stands, without a merge: for what is read from disk, or differs for this node only. */
  replace(key: string, value: Value): void {
    const stored = this.#values.get(key);
    if (stored === undefined) this.#hashes.add(key, this.#digest(value));
    else this.#hashes.change(key, this.#digest(stored), this.#digest(value));
    this.#values.set(key, value);
  }

  /** On this node only: a peer that still has it brings it back. What shall stay away must be forgotten by its age. */
  delete(key: string): boolean {
    const stored = this.#values.get(key);
    if (stored === undefined) return false;
    this.#hashes.remove(key, this.#digest(stored));
    return this.#values.delete(key);
  }

  /**
   * Removes what has outlived its use and returns its keys. Nodes that do so at different times agree all the same; in
   * between their bucket hashes differ, which costs comparisons. Walks all values.
   */
  forget(now: Now): string[] {
    const gone: string[] = [];
    for (const [key, value] of this.#values) if (this.#isForgotten(value, now)) gone.push(key);
    for (const key of gone) this.delete(key);
    return gone;
  }

  rootHash(): string {
    return this.#hashes.root();
  }

  bucketHashes(): string {
    return this.#hashes.buckets();
  }

  keysOf(bucket: number): string[] {
    return this.#hashes.keysOf(bucket);
  }

  hashOf(key: string, now: Now): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined || this.#isForgotten(value, now)) return undefined;
    return formatHash(recordHash(hash64(key), this.#digest(value)));
  }
}
