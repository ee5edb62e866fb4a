/**
 * One node's copy of a map: values merged by a pure function, kept in memory and written to disk. It knows keys and texts,
 * never what they mean; typed faces stand on it. shared-replica.ts is the one that peers have too.
 */
import type { Logger } from 'pino';
import type { Disk, Encode, WriteOptions } from './disk.ts';

export interface ReplicaOptions<Value> {
  /** Names the map on disk; never rename. */
  readonly name: string;
  /** Pure. Returns `stored` itself when the incoming value changes nothing. */
  readonly merge: (stored: Value, incoming: Value) => Value;
  readonly encode: (value: Value) => string;
  /** Throws on text it does not understand. */
  readonly decode: (text: string) => Value;
}

/** Where the values are held: a Map, or one that also keeps what tells the copies of two nodes apart. */
export interface ValueMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
  delete(key: string): boolean;
  keys(): IterableIterator<string>;
  values(): IterableIterator<Value>;
}

export class Replica<Value> {
  readonly #disk: Disk;
  readonly #logger: Logger;
  readonly #options: ReplicaOptions<Value>;
  /** Of the map's keys on disk. */
  readonly #prefix: string;
  readonly #values: ValueMap<Value>;

  constructor(
    dependencies: { disk: Disk; logger: Logger },
    options: ReplicaOptions<Value>,
    values: ValueMap<Value> = new Map(),
  ) {
    this.#values = values;
    this.#disk = dependencies.disk;
    this.#logger = dependencies.logger;
    this.#options = options;
    this.#prefix = `${options.name}/`;
  }

  /** Reads everything from disk. A record that cannot be decoded is left where it is, logged and counted. */
  async load(): Promise<{ readonly damaged: number }> {
    const prefix = this.#prefix;
    let damaged = 0;
    for await (const [diskKey, text] of this.#disk.entries(prefix)) {
      try {
        this.#values.set(diskKey.slice(prefix.length), this.#options.decode(text));
      } catch (cause) {
        damaged++;
        this.#logger.error({ err: cause, key: diskKey }, 'A stored record cannot be read and is left out');
      }
    }
    return { damaged };
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  /** Merges in memory and returns what now stands. The caller persists the keys whose change must outlive the process. */
  merge(key: string, incoming: Value): Value {
    const stored = this.#values.get(key);
    const merged = stored === undefined ? incoming : this.#options.merge(stored, incoming);
    if (merged !== stored) this.#values.set(key, merged);
    return merged;
  }

  /** Puts a value in place of what stands, without a merge: for what only this node has to know. */
  replace(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  /**
   * Writes what stands under the keys when their batch leaves; absent ones are deleted. Resolves with whether it is
   * stored, never rejects. With `sync` it survives a power cut, else only the end of the process.
   */
  persist(keys: readonly string[], options: WriteOptions): Promise<boolean> {
    const diskKeys = keys.map((key) => this.#diskKey(key));
    return this.#disk.write(diskKeys, this.#encode, options);
  }

  readonly #encode: Encode = (diskKey) => {
    const value = this.#values.get(diskKey.slice(this.#prefix.length));
    return value === undefined ? undefined : this.#options.encode(value);
  };

  #diskKey(key: string): string {
    return this.#prefix + key;
  }
}
