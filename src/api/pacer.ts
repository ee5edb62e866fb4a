/**
 * Lets long work stand aside every few milliseconds, so that a page is never late because somebody looks at twenty
 * thousand alerts. However much such work there is, it takes turns: together it keeps everything else waiting no longer
 * than one slice.
 */
import type { System, Timer } from '../system.ts';
import { ClientGoneError } from './client-gone-error.ts';

/** How long everything else may be kept waiting. */
const SLICE_MS = 5;
/** Reading the clock costs about as much as handling one alert. */
const STEPS_PER_LOOK = 64;

export class SliceQueue {
  readonly #system: System;
  /** In the order they stood aside. A Set, because whoever gives up leaves from the middle. */
  readonly #waiting = new Set<() => void>();
  #timer: Timer | undefined;

  constructor(system: System) {
    this.#system = system;
  }

  /** For one piece of work; `signal` ends it when nobody wants its result any more. */
  pacer(signal?: AbortSignal): Pacer {
    return new Pacer(this.#system, this, signal);
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves when it is one's turn; rejects with the signal's reason. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const go = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(go);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(go);
      this.#arm();
    });
  }

  /** One at a time, with a turn of the event loop for everybody else in between. */
  #arm(): void {
    this.#timer ??= this.#system.setTimer(0, () => {
      this.#timer = undefined;
      const [go] = this.#waiting;
      if (go === undefined) return;
      this.#waiting.delete(go);
      if (this.isBusy) this.#arm();
      go();
    });
  }
}

export class Pacer {
  readonly #system: System;
  readonly #queue: SliceQueue;
  readonly #signal: AbortSignal | undefined;
  #sliceEndMs: number;
  #stepsUntilLook = STEPS_PER_LOOK;

  constructor(system: System, queue: SliceQueue, signal: AbortSignal | undefined) {
    this.#system = system;
    this.#queue = queue;
    this.#signal = signal;
    // Where others already take turns, a newcomer does not get a whole slice first.
    this.#sliceEndMs = system.now().monotonicMs + (queue.isBusy ? 0 : SLICE_MS);
  }

  /** To be asked after every step, or after `steps` of them; when true, {@link pause} is due. */
  isDue(steps = 1): boolean {
    this.#stepsUntilLook -= steps;
    if (this.#stepsUntilLook > 0) return false;
    this.#stepsUntilLook = STEPS_PER_LOOK;
    return this.#system.now().monotonicMs >= this.#sliceEndMs;
  }

  /** Rejects with the signal's reason, or with ClientGoneError where that is no error, when the signal aborts. */
  async pause(): Promise<void> {
    try {
      await this.#queue.wait(this.#signal);
    } catch (reason) {
      throw reason instanceof Error && reason.name !== 'AbortError'
        ? reason
        : new ClientGoneError('the client went away while its answer was made', { cause: reason });
    }
    this.#sliceEndMs = this.#system.now().monotonicMs + SLICE_MS;
  }
}
