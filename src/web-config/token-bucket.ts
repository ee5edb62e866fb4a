/** A rate with a burst: `burst` at once, then one each interval. Keeps no timer; time is given, and monotonic. */

export interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  /** When all that was taken will have come again. One number says it all, and without fractions of a token. */
  #fullAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#fullAtMs = nowMs;
  }

  take(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#rate.intervalMs;
    return true;
  }

  giveBack(): void {
    this.#fullAtMs -= this.#rate.intervalMs;
  }

  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }

  /** Until the next one can be taken. */
  waitMs(nowMs: number): number {
    const { burst, intervalMs } = this.#rate;
    return Math.max(0, this.#fullAtMs - nowMs - (burst - 1) * intervalMs);
  }
}
