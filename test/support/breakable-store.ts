/** A store in memory whose writes fail or hang as a test wants, and which survives the process that wrote to it. */
import { MemoryLevel } from 'memory-level';
import type { TextStore } from '../../cluster/disk.ts';

/** hang: a write neither succeeds nor fails until the store works again. */
export type StoreBehaviour = 'work' | 'refuse' | 'hang';

type Batch = (operations: unknown, options: unknown) => Promise<void>;

export class BreakableStore {
  readonly store: TextStore;
  readonly #memory: MemoryLevel<string, string>;
  readonly #hanging: (() => void)[] = [];
  #behaviour: StoreBehaviour = 'work';

  constructor(memory = new MemoryLevel<string, string>()) {
    this.#memory = memory;
    const write = memory.batch.bind(memory) as unknown as Batch;
    const batch: Batch = async (operations, options) => {
      if (this.#behaviour === 'hang') await new Promise<void>((resolve) => this.#hanging.push(resolve));
      if (this.#behaviour === 'refuse') throw new Error('ENOSPC: no space left on device');
      await write(operations, options);
    };
    this.store = Object.assign(memory, { batch }) as unknown as TextStore;
  }

  get behaviour(): StoreBehaviour {
    return this.#behaviour;
  }

  set behaviour(behaviour: StoreBehaviour) {
    this.#behaviour = behaviour;
    if (behaviour === 'hang') return;
    for (const goOn of this.#hanging.splice(0)) goOn();
  }

  /** What kill -9 leaves: everything written so far. What the dead process still wants to write goes nowhere. */
  async afterKill(): Promise<BreakableStore> {
    const survived = await this.#memory.iterator().all();
    const memory = new MemoryLevel<string, string>();
    await memory.batch(survived.map(([key, value]) => ({ type: 'put' as const, key, value })));
    const next = new BreakableStore(memory);
    next.behaviour = this.#behaviour;
    return next;
  }

  /** What a clean stop leaves: the same store, to be opened again. */
  async reopen(): Promise<void> {
    await this.#memory.open();
  }

  async entries(): Promise<readonly (readonly [string, string])[]> {
    return this.#memory.iterator().all();
  }
}
