/** A background task with an owner: runs again a while after it ended, logs its failures, and stops when told. */
import type { Logger } from 'pino';
import type { System, Timer } from './system.ts';

export class Periodic {
  readonly #system: System;
  readonly #logger: Logger;
  readonly #timers = new Set<Timer>();
  #stopped = false;

  constructor(dependencies: { system: System; logger: Logger }) {
    this.#system = dependencies.system;
    this.#logger = dependencies.logger;
  }

  /** First after one interval. `name` is for the log. */
  every(intervalMs: number, name: string, task: () => Promise<void>): void {
    if (this.#stopped) return;
    const timer = this.#system.setTimer(intervalMs, () => {
      this.#timers.delete(timer);
      void task()
        .catch((cause: unknown) =>
          this.#logger.error({ err: cause, task: name }, 'A background task failed; it will run again'),
        )
        .finally(() => this.every(intervalMs, name, task));
    });
    this.#timers.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
  }
}
