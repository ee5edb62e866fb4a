/**
 * How often one client may fail to log in: a handful at once, then slowly, so that passwords cannot be tried out. An attempt
 * counts when it begins and is given back if it succeeds; else a thousand at once would all be tried before the first failed.
 */
import { type Rate, TokenBucket } from './token-bucket.ts';

const RATE: Rate = { burst: 10, intervalMs: 5000 };
/** One more takes the place of the one that was quiet for longest. */
const MOST_CLIENTS = 10_000;

export class FailedLogins {
  /** In the order of their last attempt. A client that has not failed of late has no entry. */
  readonly #buckets = new Map<string, TokenBucket>();

  /** 0 if it may; else how long to wait. */
  begin(client: string, nowMs: number): number {
    const bucket = this.#buckets.get(client) ?? new TokenBucket(RATE, nowMs);
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    if (this.#buckets.size > MOST_CLIENTS) this.#forgetOldest();
    const waitMs = bucket.waitMs(nowMs);
    bucket.take(nowMs);
    return waitMs;
  }

  succeeded(client: string, nowMs: number): void {
    const bucket = this.#buckets.get(client);
    bucket?.giveBack();
    if (bucket?.isFull(nowMs)) this.#buckets.delete(client);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
