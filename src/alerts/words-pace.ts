/**
 * When a refresh with other words is told to the peers: a pair of Prometheus servers differs in its annotations for ever,
 * and each of its posts would otherwise go round the cluster. What is held back is owed, and told with a later refresh.
 */
import type { Now } from '../model/now.ts';

/** Of one alert. */
const SHARE_EVERY_MS = 60_000;

interface Pace {
  sharedMs: number;
  isOwed: boolean;
}

export class WordsPace {
  /** By fingerprint, of alerts whose words changed while they fired. */
  readonly #paces = new Map<string, Pace>();

  /** Other words were shared, by whichever node, and are what all have now. */
  shared(fingerprint: string, now: Now): void {
    this.#paces.set(fingerprint, { sharedMs: now.monotonicMs, isOwed: false });
  }

  /** Whether to share now what this refresh says; if it may not yet, it is owed. */
  take(fingerprint: string, { isOther, now }: { isOther: boolean; now: Now }): boolean {
    const pace = this.#paces.get(fingerprint);
    if (!isOther && !pace?.isOwed) return false;
    if (!pace || now.monotonicMs - pace.sharedMs >= SHARE_EVERY_MS) {
      this.shared(fingerprint, now);
      return true;
    }
    pace.isOwed = true;
    return false;
  }

  forget(fingerprint: string): void {
    this.#paces.delete(fingerprint);
  }

  /** Forgets what no longer holds anything back. */
  collectGarbage(now: Now): void {
    for (const [fingerprint, { sharedMs, isOwed }] of this.#paces) {
      if (!isOwed && now.monotonicMs - sharedMs >= SHARE_EVERY_MS) this.#paces.delete(fingerprint);
    }
  }
}
