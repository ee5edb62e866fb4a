/**
 * The last failed attempt of this node for each group and place, for people who ask why nothing arrives. Bounded: where
 * very many fail at once the oldest are forgotten, which costs an explanation and nothing else.
 */
import type { Outcome } from '../../receivers/receiver.ts';

export interface LastFailure {
  readonly kind: 'refused' | 'unknown';
  readonly message: string;
  /** On the monotonic clock. */
  readonly atMs: number;
}

const MOST_REMEMBERED = 10_000;
const LONGEST_MESSAGE = 500;

export class LastFailures {
  /** In the order in which they were noted. */
  readonly #failures = new Map<string, LastFailure>();

  note(
    { groupKey, receiverKey }: { readonly groupKey: string; readonly receiverKey: string },
    { kind, message }: Exclude<Outcome, { kind: 'sent' }>,
    atMs: number,
  ): void {
    const key = keyOf(groupKey, receiverKey);
    this.#failures.delete(key);
    this.#failures.set(key, { kind, message: message.slice(0, LONGEST_MESSAGE).toWellFormed(), atMs });
    if (this.#failures.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      break;
    }
  }

  of(groupKey: string, receiverKey: string): LastFailure | undefined {
    return this.#failures.get(keyOf(groupKey, receiverKey));
  }
}

function keyOf(groupKey: string, receiverKey: string): string {
  return `${receiverKey}\u0000${groupKey}`;
}
