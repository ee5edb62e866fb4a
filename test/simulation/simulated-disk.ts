/**
 * A machine's disk, which outlives the processes that write to it. It can be slow, refuse and hang; it can be emptied or
 * set back to an old copy while nobody runs; and a power cut takes what was not synced.
 */
import type { AbstractBatchOptions } from 'abstract-level';
import { MemoryLevel } from 'memory-level';
import type { TextStore } from '../../cluster/disk.ts';
import type { System } from '../../src/system.ts';
import { type NodeProcess, never } from './node-process.ts';

export type DiskBehaviour = 'works' | 'refuses' | 'hangs';

type Operation = { readonly type: 'put'; key: string; value: string } | { readonly type: 'del'; key: string };
type Batch = (operations: readonly Operation[], options: { readonly sync?: boolean }) => Promise<void>;

export class SimulatedDisk {
  readonly #system: System;
  readonly #delayMs: number;
  /** As the operating system has it. */
  #content = new Map<string, string>();
  #synced = new Map<string, string>();
  #unsynced: Operation[] = [];
  #behaviour: DiskBehaviour = 'works';
  readonly #hanging: (() => void)[] = [];

  /** @param options.delayMs until a write is answered */
  constructor(dependencies: { system: System }, { delayMs = 0 }: { delayMs?: number } = {}) {
    this.#system = dependencies.system;
    this.#delayMs = delayMs;
  }

  get behaviour(): DiskBehaviour {
    return this.#behaviour;
  }

  set behaviour(behaviour: DiskBehaviour) {
    this.#behaviour = behaviour;
    if (behaviour === 'hangs') return;
    for (const goOn of this.#hanging.splice(0)) goOn();
  }

  /** The store as one process sees it. */
  async open(process: NodeProcess): Promise<TextStore> {
    const memory = new MemoryLevel<string, string>();
    await memory.batch([...this.#content].map(([key, value]) => ({ type: 'put' as const, key, value })));
    const write = memory.batch.bind(memory) as unknown as Batch;
    const batch = async (
      operations: readonly Operation[],
      options: AbstractBatchOptions<string, string> & { sync?: boolean },
    ) => {
      if (this.#behaviour === 'hangs') await this.#hang(process);
      if (this.#behaviour === 'refuses') throw new Error('ENOSPC: no space left on device');
      const lives = process.does('disk write', () => this.#write(operations, options.sync === true));
      if (!lives) return never<void>();
      await write(operations, {});
      if (this.#delayMs > 0) await this.#wait(process);
    };
    return Object.assign(memory, { batch }) as unknown as TextStore;
  }

  /** Kept by a backup, to be restored later. */
  copy(): ReadonlyMap<string, string> {
    return new Map(this.#content);
  }

  /** With nothing given it is a new, empty disk. */
  replace(content: ReadonlyMap<string, string> = new Map()): void {
    this.#content = new Map(content);
    this.#synced = new Map(content);
    this.#unsynced = [];
  }

  losePower(): void {
    this.replace(this.#synced);
  }

  #write(operations: readonly Operation[], sync: boolean): void {
    for (const operation of operations) apply(this.#content, operation);
    this.#unsynced.push(...operations);
    if (!sync) return;
    for (const operation of this.#unsynced.splice(0)) apply(this.#synced, operation);
  }

  #hang(process: NodeProcess): Promise<void> {
    return new Promise((resolve) => this.#hanging.push(() => process.hear(resolve)));
  }

  #wait(process: NodeProcess): Promise<void> {
    return new Promise((resolve) => {
      this.#system.setTimer(this.#delayMs, () => process.hear(resolve));
    });
  }
}

function apply(content: Map<string, string>, operation: Operation): void {
  if (operation.type === 'put') content.set(operation.key, operation.value);
  else content.delete(operation.key);
}
