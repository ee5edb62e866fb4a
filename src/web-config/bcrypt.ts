/**
 * Compares passwords with their bcrypt hashes on a thread of its own, one at a time: what takes tens of milliseconds of a
 * processor by design must not keep the event loop, and so a page, waiting. The queue is bounded.
 */
import { Worker } from 'node:worker_threads';
import type { Compared, Comparison } from './bcrypt-worker.ts';

/** At the usual cost of 10 the last of them waits about two seconds. */
const MOST_WAITING = 32;

/** Too many are waiting already. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

interface Waiting {
  readonly resolve: (isEqual: boolean) => void;
  readonly reject: (cause: Error) => void;
}

export class Bcrypt {
  /** Made when first needed, and anew after it failed. */
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** Rejects with {@link BusyError}, or with what ended the thread. */
  compare(password: string, hash: string): Promise<boolean> {
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(new BusyError('too many logins at once'));
    const comparison: Comparison = { id: ++this.#lastId, password, hash };
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start();
      this.#waiting.set(comparison.id, { resolve, reject });
      this.#worker.postMessage(comparison);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(worker, new Error('the node stops'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./bcrypt-worker.ts', import.meta.url), {
      name: 'bcrypt',
      // Not those of the node's own thread, whose heap is sized for alerts.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    worker.on('message', ({ id, isEqual }: Compared) => {
      this.#waiting.get(id)?.resolve(isEqual);
      this.#waiting.delete(id);
    });
    worker.on('error', (cause) => this.#fail(worker, new Error('the password thread failed', { cause })));
    worker.on('exit', () => this.#fail(worker, new Error('the password thread ended')));
    return worker;
  }

  #fail(worker: Worker | undefined, cause: Error): void {
    if (worker === undefined || worker !== this.#worker) return;
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(cause);
  }
}
