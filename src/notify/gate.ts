/**
 * Bounds how many sends to one receiver are under way at once, first come first served. A receiver that is slow or
 * flooded makes only its own sends wait.
 */
export class Gate {
  readonly #limit: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves with the way out, once there is room. Rejects with the signal's reason if that aborts first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
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
