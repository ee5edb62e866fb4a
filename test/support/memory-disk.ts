/** A Disk on a store in memory, and what a process that dies leaves for the next one, for tests of what stands on it. */
import { pino } from 'pino';
import { Disk } from '../../cluster/disk.ts';
import type { System } from '../../src/system.ts';
import { BreakableStore } from './breakable-store.ts';

export const silentLogger = pino({ level: 'silent' });

export class MemoryDisk {
  readonly store: BreakableStore;
  readonly disk: Disk;
  readonly #system: System;

  constructor(system: System, store = new BreakableStore()) {
    this.#system = system;
    this.store = store;
    this.disk = new Disk({ store: store.store, system, logger: silentLogger });
  }

  /** As the next process finds it after kill -9. */
  async afterKill(): Promise<MemoryDisk> {
    return new MemoryDisk(this.#system, await this.store.afterKill());
  }
}
