/**
 * Takes turns with the peers: waits until this node may tell one receiver about one tick, or has nothing left to say,
 * since somebody else has said it. The rules are turn-rules.ts; here are the waiting, the asking and the answering.
 */

import type { LoggedClaim } from '../state/notification-log.ts';
import { deadline, type System, sleep } from '../system.ts';
import type { Flush } from './flush.ts';
import type { TakeTurn, Turn } from './turn.ts';
import {
  type Answer,
  answerAsk,
  type Claim,
  decideTurn,
  lineAfterRefusals,
  type TurnDecision,
  type TurnInput,
} from './turn-rules.ts';

/** Of one place: a group and a receiver. */
export interface TurnPlace {
  readonly groupKey: string;
  readonly receiverKey: string;
}

export interface Question extends TurnPlace {
  /** On the clock of whoever holds this value. */
  readonly tickMs: number;
  readonly groupIntervalMs: number;
  /** The asker's place in its own line. */
  readonly rank: number;
}

export interface TurnPeers {
  readonly self: string;
  /** The members that are alive and settled, best rank for the group first. */
  line(groupKey: string): readonly string[];
  /** Whether the very process lives that made a claim; without a writer, whether any process of the node does. */
  isAlive(node: string, writer?: string): boolean;
  /** Since when this node has been up, linked and unstalled, on the monotonic clock. */
  undisturbedSinceMs(): number;
  /**
   * Asks everyone who can be reached and merges what they know of the place. Resolves when all have answered or the
   * signal aborts, with the longest wait that anybody asked for; never rejects.
   */
  ask(question: Question, options: { signal: AbortSignal }): Promise<Answer>;
  /**
   * Called when somebody's life or settling changed, or a claim about the place: each of ten thousand groups that wait is
   * looked at again for its own claims only. Returns the way to stop listening.
   */
  onChange(place: TurnPlace, listener: () => void): () => void;
}

export interface TurnDependencies {
  readonly system: System;
  readonly peers: TurnPeers;
  readonly claims: (place: TurnPlace) => readonly LoggedClaim[];
  readonly onDecision?: (place: TurnPlace, decision: TurnDecision, flush: Flush) => void;
}

/** Who has not answered by then is taken for unreachable. */
const ANSWER_WITHIN_MS = 1_000;
/** Noticed later than this after its end, the time to answer passed while this node stood still. */
const LATE_MS = 250;
/** A node that never gets to read an answer must speak in the end all the same. */
const MOST_ASKS = 3;

/** What this node itself is doing about a place. */
interface Doing {
  readonly doing: 'asking' | 'sending';
  readonly rank: number;
  readonly tickMs: number;
}

/** A peer that was answered "go": it counts as sending until its own claim is heard, or this is over. */
interface Grant {
  readonly node: string;
  readonly madeMs: number;
  readonly tickMs: number;
  readonly untilMs: number;
}

export class TurnTaker {
  readonly #dependencies: TurnDependencies;
  readonly #peerTimeoutMs: number;
  readonly #doing = new Map<string, Doing>();
  readonly #grants = new Map<string, Grant>();
  /** The ticks this node has let pass; see TurnInput.wasDeferred. */
  readonly #deferredMs = new Map<string, number>();

  constructor(dependencies: TurnDependencies, { peerTimeoutMs }: { peerTimeoutMs: number }) {
    this.#dependencies = dependencies;
    this.#peerTimeoutMs = peerTimeoutMs;
  }

  readonly takeTurn: TakeTurn = async (flush, receiverKey, { signal, isWanted }) => {
    const place = { groupKey: flush.groupKey, receiverKey };
    const key = keyOf(place);
    const over = (reason: (Turn & { turn: 'over' })['reason']): Turn => {
      this.#doing.delete(key);
      if (reason === 'nothing left to say') this.#deferredMs.delete(key);
      return { turn: 'over', reason, [Symbol.dispose]() {} };
    };
    let asked: Answer | undefined;
    for (;;) {
      if (signal.aborted) return over('out of time');
      if (!isWanted()) return over('nothing left to say');
      const wasDeferred = this.#wasDeferred(flush, key);
      const decision = this.#decide(flush, place, { asked, wasDeferred });
      this.#dependencies.onDecision?.(place, decision, flush);
      if (decision.turn === 'defer') {
        this.#deferredMs.set(key, flush.now.monotonicMs);
        return over('another has spoken');
      }
      if (decision.turn === 'go') {
        const deferredMs = this.#deferredMs.get(key);
        this.#deferredMs.delete(key);
        this.#doing.set(key, { doing: 'sending', rank: this.#rank(place), tickMs: flush.now.monotonicMs });
        const { reason } = decision;
        const isStillGiven = () => {
          const isGiven = !isTaken(this.#decide(flush, place, { asked, wasDeferred }));
          // What this node alone knows is not put off once more because it lost its turn.
          if (!isGiven && wasDeferred && deferredMs !== undefined) this.#deferredMs.set(key, deferredMs);
          return isGiven;
        };
        return { turn: 'go', reason, isStillGiven, [Symbol.dispose]: () => void this.#doing.delete(key) };
      }
      if (decision.turn === 'ask') {
        asked = await this.#ask(flush, place, signal);
        continue;
      }
      this.#doing.delete(key);
      await this.#changeOr(place, decision.untilMs, signal);
      if (decision.reason !== 'another answered') asked = undefined;
    }
  };

  /** For a peer that asks; its question's tick is on this node's clock already. Treats it as sending from now on if it may. */
  answer(asker: string, question: Question): Answer {
    const { system, peers } = this.#dependencies;
    const nowMs = system.now().monotonicMs;
    const key = keyOf(question);
    const doing = this.#doing.get(key);
    const verdict = answerAsk({
      self: peers.self,
      asker,
      askerRank: question.rank,
      tickMs: question.tickMs,
      groupIntervalMs: question.groupIntervalMs,
      nowMs,
      claims: this.#claims(question, nowMs),
      own: doing && {
        ...doing,
        untilMs: nowMs + (doing.doing === 'sending' ? this.#peerTimeoutMs : ANSWER_WITHIN_MS),
      },
    });
    if (verdict.verdict === 'wait') return { answer: 'wait', untilMs: verdict.untilMs };
    this.#grants.set(key, {
      node: asker,
      madeMs: nowMs,
      tickMs: question.tickMs,
      // Its claim follows at once if it sends at all; longer would hold this node up for a peer that had second thoughts.
      untilMs: nowMs + 2 * ANSWER_WITHIN_MS,
    });
    return { answer: 'go' };
  }

  #wasDeferred(flush: Flush, key: string): boolean {
    return (this.#deferredMs.get(key) ?? flush.now.monotonicMs) < flush.now.monotonicMs;
  }

  #decide(flush: Flush, place: TurnPlace, known: Pick<TurnInput, 'asked' | 'wasDeferred'>): TurnDecision {
    const { system, peers } = this.#dependencies;
    const nowMs = system.now().monotonicMs;
    return decideTurn({
      self: peers.self,
      line: peers.line(place.groupKey),
      claims: this.#claims(place, nowMs),
      tickMs: flush.now.monotonicMs,
      nowMs,
      groupIntervalMs: flush.route.groupIntervalMs,
      peerTimeoutMs: this.#peerTimeoutMs,
      isUndisturbed: peers.undisturbedSinceMs() <= flush.quietSinceMs,
      ...known,
    });
  }

  #claims(place: TurnPlace, nowMs: number): readonly Claim[] {
    const { claims, peers } = this.#dependencies;
    const made: Claim[] = claims(place).map((claim) => ({
      ...claim,
      isAlive: peers.isAlive(claim.node, claim.writer),
    }));
    const key = keyOf(place);
    const grant = this.#grants.get(key);
    if (!grant) return made;
    const isReplaced = made.some(({ node, madeMs }) => node === grant.node && madeMs >= grant.madeMs);
    if (!isReplaced && grant.untilMs > nowMs)
      return [...made, { ...grant, state: 'intent', isAlive: peers.isAlive(grant.node) }];
    this.#grants.delete(key);
    return made;
  }

  async #ask(flush: Flush, place: TurnPlace, signal: AbortSignal): Promise<Answer> {
    const { system, peers } = this.#dependencies;
    const tickMs = flush.now.monotonicMs;
    for (let asks = 1; ; asks += 1) {
      const rank = this.#rank(place);
      this.#doing.set(keyOf(place), { doing: 'asking', rank, tickMs });
      const question = { ...place, tickMs, groupIntervalMs: flush.route.groupIntervalMs, rank };
      const latestMs = system.now().monotonicMs + ANSWER_WITHIN_MS + LATE_MS;
      using limit = deadline(system, ANSWER_WITHIN_MS, signal);
      const answer = await peers.ask(question, { signal: limit.signal });
      // Timers run before sockets are read: the answers may have been there, so this silence is no consent.
      const stoodStill = system.now().monotonicMs > latestMs;
      if (answer.answer === 'wait' || !stoodStill || signal.aborted || asks === MOST_ASKS) return answer;
    }
  }

  #rank(place: TurnPlace): number {
    const { peers, system } = this.#dependencies;
    const line = lineAfterRefusals(peers.line(place.groupKey), this.#claims(place, system.now().monotonicMs));
    const rank = line.indexOf(peers.self);
    return rank < 0 ? line.length : rank;
  }

  /** Resolves at the instant, at a change, or when the signal aborts; never rejects. */
  async #changeOr(place: TurnPlace, untilMs: number, signal: AbortSignal): Promise<void> {
    const { system, peers } = this.#dependencies;
    const changed = new AbortController();
    const stopListening = peers.onChange(place, () => changed.abort());
    try {
      await sleep(system, untilMs - system.now().monotonicMs, AbortSignal.any([changed.signal, signal]));
    } catch {
      // Either of them is a reason to look again.
    } finally {
      stopListening();
    }
  }
}

/** Somebody else speaks about it, or has. A line that changed takes nothing away from who was let go. */
function isTaken(decision: TurnDecision): boolean {
  return decision.turn === 'defer' || (decision.turn === 'wait' && decision.reason === 'another is sending');
}

function keyOf({ groupKey, receiverKey }: TurnPlace): string {
  return `${groupKey}\u0000${receiverKey}`;
}
