/** The record on disk, in a store of its own: whatever becomes of it, alerts, silences and the log are elsewhere. */
import type { Logger } from 'pino';
import { Disk, type TextStore } from '../../cluster/disk.ts';
import { openSpareStore } from '../../cluster/spare-store.ts';
import type { System } from '../system.ts';
import type { Shelf } from './shelf.ts';

/** A disk that hangs does not hold up a stop. */
const LONGEST_CLOSE_MS = 2_000;

export class DiskShelf implements Shelf {
  readonly #system: System;
  readonly #store: TextStore;
  readonly #disk: Disk;

  private constructor({ system, logger, store }: { system: System; logger: Logger; store: TextStore }) {
    this.#system = system;
    this.#store = store;
    this.#disk = new Disk({ store, system, logger });
  }

  /**
   * @param load reads what must be readable, or the store is begun anew
   * Rejects if there can be no store there.
   */
  static async open(
    { system, logger }: { system: System; logger: Logger },
    { directory, load }: { directory: string; load: (shelf: Pick<Shelf, 'entries'>) => Promise<void> },
  ): Promise<DiskShelf> {
    const of = (store: TextStore) => load({ entries: (prefix) => entriesOf(store, prefix) });
    const store = await openSpareStore({ logger }, { directory, load: of });
    return new DiskShelf({ system, logger: logger.child({ store: 'history' }), store });
  }

  get isReady(): boolean {
    return this.#disk.healthy;
  }

  write(entries: ReadonlyMap<string, string | undefined>): Promise<boolean> {
    return this.#disk.write(entries.keys(), (key) => entries.get(key), { sync: false });
  }

  read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#store.getMany([...keys]);
  }

  entries(prefix: string): Promise<readonly (readonly [string, string])[]> {
    return entriesOf(this.#store, prefix);
  }

  async close(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#system.setTimer(LONGEST_CLOSE_MS, late.resolve);
    await Promise.race([this.#disk.close(), late.promise]);
    timer.cancel();
  }
}

function entriesOf(store: TextStore, prefix: string): Promise<readonly (readonly [string, string])[]> {
  return store.iterator({ gte: prefix, lt: `${prefix}\uffff` }).all();
}
