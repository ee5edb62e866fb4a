/**
 * Tells the origin of a delta that it was merged here, where the origin asked for that. One message under way to each peer:
 * what is owed meanwhile goes with the next. A receipt may be lost; then the origin does not wait for this node.
 */
import { deadline, type System } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** Whoever waits has given up long before. */
const ANSWER_WITHIN_MS = 1_000;
/** Of one peer; the oldest are no longer waited for. */
export const MOST_RECEIPTS = 64;

export interface ReceiptSenderDependencies {
  readonly system: System;
  /** Cluster.ask of a direct peer. */
  readonly send: (peer: NodeId, batches: readonly number[], options: { signal: AbortSignal }) => Promise<unknown>;
  readonly onLost: (peer: NodeId, cause: unknown) => void;
}

export class ReceiptSender {
  readonly #dependencies: ReceiptSenderDependencies;
  readonly #controller = new AbortController();
  readonly #owed = new Map<NodeId, number[]>();
  readonly #underWay = new Map<NodeId, Promise<void>>();

  constructor(dependencies: ReceiptSenderDependencies) {
    this.#dependencies = dependencies;
  }

  /** The batch of a direct peer was merged. */
  owe(peer: NodeId, batch: number): void {
    if (this.#controller.signal.aborted) return;
    this.#owed.set(peer, [...(this.#owed.get(peer) ?? []), batch].slice(-MOST_RECEIPTS));
    if (this.#underWay.has(peer)) return;
    this.#underWay.set(
      peer,
      this.#pay(peer).finally(() => this.#underWay.delete(peer)),
    );
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#controller.abort(new Error('the node stops'));
    this.#owed.clear();
    await Promise.all(this.#underWay.values());
  }

  async #pay(peer: NodeId): Promise<void> {
    const { system, send, onLost } = this.#dependencies;
    for (;;) {
      const batches = this.#owed.get(peer);
      if (!batches) return;
      this.#owed.delete(peer);
      using limit = deadline(system, ANSWER_WITHIN_MS, this.#controller.signal);
      try {
        await send(peer, batches, { signal: limit.signal });
      } catch (cause) {
        onLost(peer, cause);
      }
    }
  }
}
