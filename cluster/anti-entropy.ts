/**
 * Makes the maps of two nodes alike at a cost that grows with their difference. Deltas are faster and may be lost; this is
 * how nothing stays lost. It is not bound to a network: whoever has one carries the questions and answers.
 */
import type { Now } from '../src/model/now.ts';
import type { System } from '../src/system.ts';
import { answerTo } from './anti-entropy-answers.ts';
import { type AskPeer, Exchange, type ExchangeResult } from './anti-entropy-exchange.ts';
import { RecordPassage } from './record-passage.ts';
import type { OnRefused, SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

export interface AntiEntropyDependencies {
  readonly system: System;
  /** Called for each record that cannot pass, each time; for counting, and saying once. */
  readonly onRefused?: OnRefused;
}

export class AntiEntropy {
  readonly #system: System;
  readonly #onRefused: OnRefused;

  constructor({ system, onRefused = () => {} }: AntiEntropyDependencies) {
    this.#system = system;
    this.#onRefused = onRefused;
  }

  /**
   * Afterwards all records have passed that the peer, at the times they were compared, had or lacked, but for those
   * counted as refused or left. Each question has its own deadline. That there is one exchange at a time with a peer is up
   * to the caller (exchange-rounds.ts); two at once do no harm but cost twice.
   * @throws ExchangeError, or the signal's reason as soon as that aborts. What was merged by then stands.
   */
  exchange(
    askPeer: AskPeer,
    maps: readonly SyncedMap[],
    { peer, signal }: { peer: NodeId; signal: AbortSignal },
  ): Promise<ExchangeResult> {
    const passage = new RecordPassage(peer, this.#onRefused);
    return new Exchange(askPeer, { system: this.#system, passage, peer, signal }).run(maps);
  }

  /**
   * The answer to what a peer's {@link exchange} asks, as a JSON object of at most 32 KiB with its envelope.
   * @throws ProtocolError if it is no such question; nothing has been merged then
   */
  answer(body: unknown, maps: readonly SyncedMap[], { from, now }: { from: NodeId; now: Now }): object {
    return answerTo(body, maps, { from, now, onRefused: this.#onRefused });
  }
}
