/** Where the record is kept: texts under keys, on disk or in memory. */

export interface Shelf {
  /** All or nothing. Resolves with whether it was done; what was not is done later if it can be. Never rejects. */
  write(entries: ReadonlyMap<string, string | undefined>): Promise<boolean>;
  /** Whether a write would be taken now. */
  readonly isReady: boolean;
  /** In the order of the keys; undefined where there is nothing. Rejects if it cannot be read now. */
  read(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** Every entry whose key begins so, in the order of the keys. */
  entries(prefix: string): Promise<readonly (readonly [string, string])[]>;
  close(): Promise<void>;
}

/** In memory: what is kept ends with the process. */
export class MemoryShelf implements Shelf {
  readonly #entries = new Map<string, string>();
  readonly isReady = true;

  async write(entries: ReadonlyMap<string, string | undefined>): Promise<boolean> {
    for (const [key, text] of entries) {
      if (text === undefined) this.#entries.delete(key);
      else this.#entries.set(key, text);
    }
    return true;
  }

  async read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return keys.map((key) => this.#entries.get(key));
  }

  async entries(prefix: string): Promise<readonly (readonly [string, string])[]> {
    return [...this.#entries].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async close(): Promise<void> {}
}
