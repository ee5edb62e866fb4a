/**
 * Bounds how many sends to one receiver are under way at once, first come first served, and keeps all of them away while
 * it has asked to be left alone. A receiver that is slow or flooded makes only its own sends wait.
 */
import { type System, sleep } from '../system.ts';

/** A receiver that asks for longer is asked again all the same: a mistaken number must not silence it for good. */
const LONGEST_CLOSED_MS = 600_000;

export class Gate {
  readonly #system: System;
  readonly #limit: number;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(dependencies: { system: System }, limit: number) {
    this.#system = dependencies.system;
    this.#limit = limit;
  }

  /** Nobody enters for so long; those inside go on. A shorter time does not open it earlier. */
  closeFor(durationMs: number): void {
    const untilMs = this.#system.now().monotonicMs + Math.min(durationMs, LONGEST_CLOSED_MS);
    this.#closedUntilMs = Math.max(this.#closedUntilMs, untilMs);
  }

  /** For whoever could not enter in time. */
  whyClosed(): string {
    const seconds = Math.ceil(this.#closedForMs() / 1000);
    return seconds > 0
      ? `the receiver asked to be left alone for another ${seconds} s`
      : 'too many sends to this receiver are under way';
  }

  /** Resolves with the way out, once it is open and has room. Rejects with the signal's reason if that aborts first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    while (this.#closedForMs() > 0) await sleep(this.#system, this.#closedForMs(), signal);
    if (this.#inside >= this.#limit) await this.#wait(signal);
    else this.#inside++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      // The place passes on without becoming free, so nobody can overtake.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside--;
    };
  }

  #closedForMs(): number {
    return this.#closedUntilMs - this.#system.now().monotonicMs;
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const place = this.#waiting.indexOf(admit);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(signal.reason);
      };
      const admit = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(admit);
    });
  }
}
