/** How fast lines may go out, so that no server takes us for a flood. Pure but for what it counts: time is an argument. */

export interface FloodLimit {
  /** Lines that may go out at once after a pause. */
  readonly burst: number;
  /** What each further one waits for; 0 for no limit. */
  readonly intervalMs: number;
}

export class TokenBucket {
  readonly #limit: FloodLimit;
  #tokens: number;
  /** Up to when tokens have been counted. */
  #countedMs: number;

  constructor(limit: FloodLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#countedMs = nowMs;
  }

  /** Takes one and gives 0, or takes none and gives how long to wait for it, above 0. */
  take(nowMs: number): number {
    const { burst, intervalMs } = this.#limit;
    if (intervalMs === 0) return 0;
    const gained = Math.floor((nowMs - this.#countedMs) / intervalMs);
    this.#tokens += gained;
    this.#countedMs += gained * intervalMs;
    if (this.#tokens >= burst) {
      this.#tokens = burst;
      this.#countedMs = nowMs;
    }
    if (this.#tokens === 0) return this.#countedMs + intervalMs - nowMs;
    this.#tokens--;
    return 0;
  }
}
