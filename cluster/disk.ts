/**
 * The one writer of a node's store. Writes that arrive while another is under way leave together as the next atomic batch
 * (group commit). A failing disk loses nothing in memory and rejects nobody: the write is kept, tried again until it
 * succeeds, and `onHealthChange` says so.
 */
import type { AbstractBatchOptions, AbstractLevel } from 'abstract-level';
import type { Logger } from 'pino';
import type { System, Timer } from '../src/system.ts';

/** A store of text by text: level on a node, memory-level in tests. */
export type TextStore = AbstractLevel<string | Buffer | Uint8Array, string, string>;

/**
 * What to write under a key, encoded only when its batch leaves; `undefined` deletes. Asked again if the batch fails.
 * One for all keys of a map: a burst of new alerts needs no closure each.
 */
export type Encode = (key: string) => string | undefined;

export interface DiskHealth {
  readonly healthy: boolean;
  /** Of the last failure. */
  readonly cause?: unknown;
}

interface Waiter {
  readonly resolve: (stored: boolean) => void;
}

/** Bounds one batch, so that a burst neither blocks the event loop while encoding nor doubles memory. */
const LARGEST_BATCH = 2048;
const RETRY_AFTER_FAILURE_MS = 5_000;
/** A batch that has not been answered for so long is a failing disk, too, though nothing says so. */
const HANGING_AFTER_MS = 10_000;

export interface WriteOptions {
  /** Also past the operating system's cache, so that it survives a power cut. */
  readonly sync: boolean;
  /** Waits no longer than this; what is late is written all the same. */
  readonly withinMs?: number;
}

export class Disk {
  readonly #store: TextStore;
  readonly #system: System;
  readonly #logger: Logger;
  readonly #onHealthChange: (health: DiskHealth) => void;
  readonly #onWritten: (durationMs: number) => void;
  /** Latest wins per key, so it never holds more than the maps above it do. */
  #pending = new Map<string, Encode>();
  #waiters = new Set<Waiter>();
  #syncWanted = false;
  #running: Promise<void> | undefined;
  #retryTimer: Timer | undefined;
  #healthy = true;
  #reopenWanted = false;
  #closed = false;

  constructor(dependencies: {
    store: TextStore;
    system: System;
    logger: Logger;
    onHealthChange?: (health: DiskHealth) => void;
    /** Called after each batch that was stored. */
    onWritten?: (durationMs: number) => void;
  }) {
    this.#store = dependencies.store;
    this.#system = dependencies.system;
    this.#logger = dependencies.logger;
    this.#onHealthChange = dependencies.onHealthChange ?? (() => {});
    this.#onWritten = dependencies.onWritten ?? (() => {});
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Every stored pair whose key starts with `prefix`, in key order. */
  entries(prefix: string): AsyncIterable<[string, string]> {
    return this.#store.iterator({ gte: prefix, lt: `${prefix}\uffff` });
  }

  /**
   * Resolves with whether it is stored by now; never rejects. All keys of one call leave in batches in their order; a
   * later write of the same key replaces one that is still waiting.
   */
  write(keys: Iterable<string>, encode: Encode, options: WriteOptions): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    for (const key of keys) {
      // Deleted first, so that a replaced entry moves to the end and leaves with the write that is waited for.
      this.#pending.delete(key);
      this.#pending.set(key, encode);
    }
    return this.#pendingStored(options);
  }

  /** Resolves with whether all that is pending by now is stored. */
  #pendingStored(options: WriteOptions): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (options.sync) this.#syncWanted = true;
    const { withinMs } = options;
    return new Promise((resolve) => {
      const giveUp = () => {
        // Else a hanging disk would collect all who ever waited for it.
        this.#waiters.delete(waiter);
        resolve(false);
      };
      const timer = withinMs === undefined ? undefined : this.#system.setTimer(withinMs, giveUp);
      const waiter: Waiter = {
        resolve: (stored) => {
          timer?.cancel();
          resolve(stored);
        },
      };
      this.#waiters.add(waiter);
      this.#running ??= this.#drain();
    });
  }

  /** Writes what is pending, once, and closes the store. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#running;
    this.#retryTimer?.cancel();
    if (this.#pending.size > 0) await this.#pendingStored({ sync: true });
    this.#closed = true;
    await this.#store.close();
  }

  async #drain(): Promise<void> {
    // One turn later, so that everything written in this turn leaves in the same batch.
    await Promise.resolve();
    while (this.#pending.size > 0 || this.#waiters.size > 0) {
      const waiters = this.#waiters;
      const sync = this.#syncWanted;
      const pending = this.#pending;
      this.#waiters = new Set();
      this.#syncWanted = false;
      this.#pending = new Map();
      const stored = await this.#commit(pending, sync);
      for (const waiter of waiters) waiter.resolve(stored);
      if (!stored) break;
    }
    this.#running = undefined;
    // A write that arrived while the failing one was under way has its own first try.
    if (this.#waiters.size > 0) this.#running = this.#drain();
  }

  async #commit(pending: Map<string, Encode>, sync: boolean): Promise<boolean> {
    const entries = [...pending];
    const startedMs = this.#system.now().monotonicMs;
    for (let start = 0; start < entries.length; start += LARGEST_BATCH) {
      const chunk = entries.slice(start, start + LARGEST_BATCH);
      const last = start + LARGEST_BATCH >= entries.length;
      const hanging = this.#system.setTimer(HANGING_AFTER_MS, () =>
        this.#unhealthy(new Error(`a write has not been answered for ${HANGING_AFTER_MS / 1000} s`)),
      );
      try {
        if (this.#reopenWanted) await this.#reopen();
        // LevelDB's log is sequential: syncing the last batch syncs those before it. memory-level ignores the option.
        const options: AbstractBatchOptions<string, string> & { sync: boolean } = { sync: sync && last };
        await this.#store.batch(
          chunk.map(([key, encode]) => {
            const value = encode(key);
            return value === undefined ? { type: 'del', key } : { type: 'put', key, value };
          }),
          options,
        );
      } catch (cause) {
        this.#keep(entries.slice(start));
        this.#reopenWanted = true;
        this.#failed(cause);
        return false;
      } finally {
        hanging.cancel();
      }
    }
    this.#succeeded();
    this.#onWritten(this.#system.now().monotonicMs - startedMs);
    return true;
  }

  /**
   * LevelDB goes on behind a write that reached its log only in part, and at the next start skips whatever stands there:
   * all that was stored since. Opened anew, it keeps what stands before and begins another log.
   */
  async #reopen(): Promise<void> {
    await this.#store.close();
    await this.#store.open();
    this.#reopenWanted = false;
  }

  #keep(entries: (readonly [string, Encode])[]): void {
    for (const [key, encode] of entries) {
      if (!this.#pending.has(key)) this.#pending.set(key, encode);
    }
  }

  #failed(cause: unknown): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = this.#system.setTimer(RETRY_AFTER_FAILURE_MS, () => void this.#pendingStored({ sync: true }));
    this.#unhealthy(cause);
  }

  #unhealthy(cause: unknown): void {
    if (this.#healthy) {
      this.#healthy = false;
      this.#logger.error(
        { err: cause, retryMs: RETRY_AFTER_FAILURE_MS },
        'The disk does not take writes; alerts are still accepted and pages still go out, but a restart would forget the latest. Free space or repair the disk',
      );
    }
    this.#onHealthChange({ healthy: false, cause });
  }

  #succeeded(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    if (this.#healthy) return;
    this.#healthy = true;
    this.#logger.info('The disk takes writes again; everything kept in memory is stored');
    this.#onHealthChange({ healthy: true });
  }
}
