/**
 * Lets long work stand aside every few milliseconds, so that a page is never late because somebody looks at
 * twenty thousand alerts.
 */
import { type System, sleep } from '../system.ts';
import { ClientGoneError } from './client-gone-error.ts';

/** How long one piece of work may keep everything else waiting. */
const SLICE_MS = 5;
/** Reading the clock costs about as much as handling one alert. */
const STEPS_PER_LOOK = 64;

export class Pacer {
  readonly #system: System;
  readonly #signal: AbortSignal | undefined;
  #sliceStartMs: number;
  #stepsUntilLook = STEPS_PER_LOOK;

  constructor(system: System, signal?: AbortSignal) {
    this.#system = system;
    this.#signal = signal;
    this.#sliceStartMs = system.now().monotonicMs;
  }

  /** To be asked after every step, or after `steps` of them; when true, {@link pause} is due. */
  isDue(steps = 1): boolean {
    this.#stepsUntilLook -= steps;
    if (this.#stepsUntilLook > 0) return false;
    this.#stepsUntilLook = STEPS_PER_LOOK;
    return this.#system.now().monotonicMs - this.#sliceStartMs >= SLICE_MS;
  }

  /** Rejects with the signal's reason, or with ClientGoneError where that is no error, when the signal aborts. */
  async pause(): Promise<void> {
    try {
      await sleep(this.#system, 0, this.#signal);
    } catch (reason) {
      throw reason instanceof Error && reason.name !== 'AbortError'
        ? reason
        : new ClientGoneError('the client went away while its answer was made', { cause: reason });
    }
    this.#sliceStartMs = this.#system.now().monotonicMs;
  }
}
