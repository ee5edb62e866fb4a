/**
 * The cluster as its users see it: shared maps that end alike on all nodes, questions to peers, and who is alive. It ties
 * transport, membership, deltas and anti-entropy together: what comes in is decoded, merged and answered here, and nothing
 * is decided.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Now } from '../src/model/now.ts';
import { deadline, type System } from '../src/system.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { BEAT_KIND } from './beat.ts';
import type {
  AnswerQuestion,
  AnswerQuestionLater,
  ClusterCounts,
  ClusterDependencies,
  ClusterOptions,
} from './cluster-options.ts';
import { ClusterTime } from './cluster-time.ts';
import { DeltaBroadcast, NO_DELTAS } from './delta-broadcast.ts';
import { type ExchangeOutcome, ExchangeRounds, type PeerLag } from './exchange-rounds.ts';
import { tellLastWord } from './last-word.ts';
import { LinkPatience } from './link-patience.ts';
import type { MemberChange } from './member-changes.ts';
import type { MemberView } from './member-view.ts';
import { Membership } from './membership.ts';
import { answerBatch, BATCH_KIND, type Body, QuestionBatches } from './question-batches.ts';
import { Readiness } from './readiness.ts';
import { MOST_RECEIPTS, ReceiptSender } from './receipt-sender.ts';
import { Receipts } from './receipts.ts';
import type { ReplicaPeers } from './shared-replica.ts';
import { type HeldBack, StallFences } from './stall-fences.ts';
import type { Refusal, SyncedMap } from './synced-map.ts';
import { type NodeId, RequestError, type Transport } from './transport.ts';
import { writerOf } from './version.ts';
import { decodeMessage, encodeMessage, WireError } from './wire.ts';

const DELTA_KIND = 'delta';
const EXCHANGE_KIND = 'exchange';
const ANSWER_KIND = 'answer';
const FENCE_KIND = 'fence';
const RECEIPT_KIND = 'receipt';

const receipt = z.object({ batches: z.array(z.int().min(1)).max(MOST_RECEIPTS) });

export class Cluster implements ReplicaPeers {
  readonly membership: Membership;
  /** What maps and questions are given as `now`, and whoever reads absolute times must ask. */
  readonly time: ClusterTime;
  readonly #system: System;
  readonly #logger: Logger;
  readonly #onMemberChange: ClusterDependencies['onMemberChange'];
  readonly #transport: Transport;
  readonly #options: ClusterOptions;
  readonly #antiEntropy: AntiEntropy;
  readonly #maps: SyncedMap[] = [];
  readonly #questions = new Map<string, AnswerQuestion>();
  readonly #slowQuestions = new Map<string, AnswerQuestionLater>();
  readonly #questionBatches = new QuestionBatches({ ask: (...question) => this.ask(...question) });
  readonly #listeners = new Set<() => void>();
  readonly #receipts: Receipts;
  readonly #receiptSender: ReceiptSender;
  readonly #readiness: Readiness;
  readonly #links: LinkPatience;
  #deltas: DeltaBroadcast | undefined;
  #rounds: ExchangeRounds | undefined;
  #undisturbedSinceMs: number;
  readonly #fences: StallFences;
  #messagesRefused = 0;
  #recordsRefused = 0;
  #peersJoined = 0;
  #peersLost = 0;
  #isStopped = false;

  constructor(dependencies: ClusterDependencies, options: ClusterOptions) {
    const { system, logger, transport, describe } = dependencies;
    this.#onMemberChange = dependencies.onMemberChange;
    this.#system = system;
    this.#logger = logger;
    this.#transport = transport;
    this.#options = options;
    this.#undisturbedSinceMs = system.now().monotonicMs;
    this.time = new ClusterTime({ system, toClusterTime: (now) => this.membership.clusterNow(now) });
    this.#antiEntropy = new AntiEntropy({ system: this.time, onRefused: (refusal) => this.#onRefused(refusal) });
    const peers = () => transport.peers();
    this.#links = new LinkPatience({ system, peers });
    this.#readiness = new Readiness(
      {
        system,
        onTimeKnown: () => this.#onTimeKnown(),
        onSettled: () => this.#onSettled(),
        isLooking: () => transport.isLooking ?? false,
      },
      options,
    );
    this.#fences = new StallFences({
      system,
      peers,
      ask: (peer, options) => this.ask(peer, FENCE_KIND, {}, options),
      catchUp: (peer) => this.#rounds?.hurry(peer),
      hear: (held) => this.#hearDelta(held),
    });
    this.#receipts = new Receipts({
      system,
      peers: () => transport.peers().filter((peer) => this.membership.isAlive(peer)),
    });
    this.#receiptSender = new ReceiptSender({
      system,
      send: (peer, batches, { signal }) => this.ask(peer, RECEIPT_KIND, { batches }, { signal }),
      onLost: (peer, cause) => logger.debug({ peer, err: cause }, 'A receipt did not reach a peer'),
    });
    const { boot, reconnectTimeoutMs } = options;
    this.membership = new Membership(
      {
        system,
        transport,
        describe,
        onStall: (now) => this.#onStall(now),
        onChange: (changes, now) => this.#onMemberChanges(changes, now),
      },
      reconnectTimeoutMs === undefined ? { boot } : { boot, reconnectTimeoutMs },
    );
  }

  get self(): NodeId {
    return this.#transport.self;
  }

  /** Before {@link start}. */
  share(map: SyncedMap): void {
    // A store that was repaired is loaded anew.
    const former = this.#maps.findIndex(({ name }) => name === map.name);
    if (former >= 0) this.#maps[former] = map;
    else this.#maps.push(map);
  }

  announce(map: SyncedMap, key: string): void {
    this.#deltas?.changed(map.name, key);
  }

  /**
   * In the same turn as {@link announce}. Resolves with whether a peer has merged all that was told under the keys, or at
   * once if there is none to wait for. Never rejects.
   */
  acknowledged(map: SyncedMap, keys: readonly string[], options: { withinMs: number }): Promise<boolean> {
    return this.#receipts.wait(map.name, keys, options);
  }

  /** Before {@link start}. */
  answerQuestions(kind: string, answer: AnswerQuestion): void {
    this.#questions.set(kind, answer);
  }

  /** Before {@link start}. For questions put by {@link ask}. */
  answerQuestionsLater(kind: string, answer: AnswerQuestionLater): void {
    this.#slowQuestions.set(kind, answer);
  }

  /** Resolves when this node has the state of everyone it can reach, or has found nobody. */
  async start(): Promise<void> {
    const system = this.time;
    const maps = this.#maps;
    this.#deltas = new DeltaBroadcast({
      system,
      maps,
      receipts: this.#receipts,
      broadcast: (body) => this.#transport.broadcast(encodeMessage(DELTA_KIND, body)),
      onRefused: (refusal) => this.#onRefused(refusal),
    });
    this.#rounds = new ExchangeRounds(
      {
        system,
        antiEntropy: this.#antiEntropy,
        maps,
        request: (peer, body, options) => this.ask(peer, EXCHANGE_KIND, body, options),
        onExchanged: (outcome) => this.#onExchanged(outcome),
      },
      { intervalMs: this.#options.peerTimeoutMs / 2 },
    );
    await this.#transport.start({
      onBroadcast: (origin, bytes) => this.#onBroadcast(origin, bytes),
      onRequest: (from, bytes) => this.#onRequest(from, bytes),
      onLinkChange: (peer, change) => this.#onLinkChange(peer, change),
    });
    this.membership.start();
    this.#readiness.start();
    await this.#readiness.settled;
  }

  /** Tells what waits to be told, says goodbye once the peers have all of it, and closes all links. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#deltas?.stop();
    this.#receipts.stop();
    await this.#receiptSender.stop();
    await this.#rounds?.stop();
    await tellLastWord(
      {
        ...{ system: this.#system, logger: this.#logger, antiEntropy: this.#antiEntropy, maps: this.#maps },
        request: (peer, body, options) => this.ask(peer, EXCHANGE_KIND, body, options),
      },
      this.#transport.peers().filter((peer) => this.membership.isAlive(peer)),
    );
    this.membership.leave();
    await this.#transport.stop();
    this.#readiness.stop();
  }

  /** Undefined if this node knows what time it is, see {@link Readiness.isTimeKnown}; else a promise of that. */
  untilTimeKnown(): Promise<void> | undefined {
    return this.#readiness.isTimeKnown ? undefined : this.#readiness.timeKnown;
  }

  /** Asks a direct peer. Rejects as Transport.request does, or with a WireError. */
  async ask(
    peer: NodeId,
    kind: string,
    body: object,
    options: { signal: AbortSignal },
  ): Promise<Readonly<Record<string, unknown>>> {
    const { stalls } = this.#fences;
    const bytes = await this.#transport.request(peer, encodeMessage(kind, body), options);
    if (stalls !== this.#fences.stalls) throw new RequestError('this node stood still while the answer was on its way');
    const answer = decodeMessage(bytes);
    if (answer instanceof WireError) {
      this.#messagesRefused += 1;
      throw answer;
    }
    this.membership.heard(peer, this.#system.now());
    return answer.body;
  }

  /** Asks every direct peer at once and resolves with those that answered in time, never rejects. */
  async askAll(
    kind: string,
    body: object,
    { signal, withinMs }: { signal: AbortSignal; withinMs: number },
  ): Promise<readonly { readonly from: NodeId; readonly body: Readonly<Record<string, unknown>> }[]> {
    using limit = deadline(this.#system, withinMs, signal);
    await this.#links.untilAnyLink(limit.signal);
    const asked = this.#transport.peers().map(async (from) => {
      try {
        const ask = () => this.#questionBatches.ask(from, kind, body, { signal: limit.signal });
        return [{ from, body: await this.#links.ask(from, ask, limit.signal) }];
      } catch {
        // Who does not answer in time counts as out of reach.
        return [];
      }
    });
    return (await Promise.all(asked)).flat();
  }

  /** The members that are alive and settled, best rank for the key first. */
  line(key: string): readonly NodeId[] {
    return this.membership.rankedFor(key);
  }

  /** Whether the very process lives that wrote something; see writerOf. */
  isWriterAlive(node: NodeId, writer: string): boolean {
    if (!this.membership.isAlive(node)) return false;
    const boot = node === this.self ? this.#options.boot : this.membership.bootOf(node);
    return boot === undefined || writer === writerOf(node, boot);
  }

  /** Since when this node has run without a stall, a lost or regained link, or a change of who is alive. */
  get undisturbedSinceMs(): number {
    return this.#undisturbedSinceMs;
  }

  get isSettled(): boolean {
    return this.#readiness.isSettled;
  }

  /** This node's event loop stood still, or its clock was set. */
  noteStall(now: Now): void {
    this.membership.noteStall(now);
  }

  #onStall(now: Now): void {
    this.#undisturbedSinceMs = now.monotonicMs;
    this.#links.noteCutOff();
    this.#fences.noteStall();
  }

  /** Called when the line or the life of somebody may have changed. Returns the way to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  members(): MemberView[] {
    return this.membership.members(this.#system.now());
  }

  lags(now: Now): readonly PeerLag[] {
    return this.#rounds?.lags(now) ?? [];
  }

  /** How long the last delta that asked for a receipt took to the peer and its receipt back. */
  deltaRoundTripMs(peer: NodeId): number | undefined {
    return this.#receipts.roundTripMs(peer);
  }

  get counts(): ClusterCounts {
    return {
      deltas: this.#deltas?.counts ?? NO_DELTAS,
      queued: this.#deltas?.queued ?? 0,
      messagesRefused: this.#messagesRefused,
      bytesSent: this.#transport.counts?.bytesSent ?? 0,
      bytesReceived: this.#transport.counts?.bytesReceived ?? 0,
      recordsRefused: this.#recordsRefused,
      peersJoined: this.#peersJoined,
      peersLost: this.#peersLost,
    };
  }

  #onBroadcast(origin: NodeId, bytes: Uint8Array): void {
    const now = this.#system.now();
    const message = decodeMessage(bytes);
    if (message instanceof WireError) {
      this.#refuse(origin, message.fault);
      return;
    }
    if (message.kind === BEAT_KIND) {
      const outcome = this.membership.receiveBeat(origin, message.body, now);
      if (outcome === 'malformed' || outcome === 'too many members') this.#refuse(origin, outcome);
      this.time.refresh();
      this.#readiness.clocksHeard(this.membership.clocksHeard);
      return;
    }
    this.membership.heard(origin, now);
    if (message.kind === DELTA_KIND) this.#onDelta({ from: origin, body: message.body, now: this.time.now() });
    else this.#refuse(origin, 'unknown kind');
  }

  #onDelta(held: HeldBack): void {
    // Anti-entropy, which begins then, finds it: by now its age could be mistaken.
    if (!this.#readiness.isTimeKnown || this.#fences.holdsBack(held)) return;
    this.#hearDelta(held);
  }

  #hearDelta({ from, body, now }: HeldBack): void {
    const batch = this.#deltas?.receive(body, { from, now });
    if (batch !== undefined && this.#transport.peers().includes(from)) this.#receiptSender.owe(from, batch);
  }

  async #onRequest(from: NodeId, bytes: Uint8Array): Promise<Uint8Array> {
    const message = decodeMessage(bytes);
    if (message instanceof WireError) {
      this.#refuse(from, message.fault);
      throw message;
    }
    this.membership.heard(from, this.#system.now());
    const { kind, body } = message;
    if (kind === FENCE_KIND) return encodeMessage(ANSWER_KIND, {});
    if (this.#fences.isFenced(from)) throw new Error('this node stood still and may have read this late');
    await this.untilTimeKnown();
    const now = this.time.now();
    if (kind === EXCHANGE_KIND) {
      return encodeMessage(ANSWER_KIND, this.#antiEntropy.answer(body, this.#maps, { from, now }));
    }
    const slowly = this.#slowQuestions.get(kind);
    if (slowly) return encodeMessage(ANSWER_KIND, await slowly(body, { from, now }));
    const answer = (asked: string, question: Body) => this.#answerQuestion(asked, question, { from, now });
    return encodeMessage(ANSWER_KIND, kind === BATCH_KIND ? answerBatch(body, answer) : answer(kind, body));
  }

  #answerQuestion(kind: string, body: Body, context: { from: NodeId; now: Now }): object {
    const answer = kind === RECEIPT_KIND ? this.#takeReceipt : this.#questions.get(kind);
    if (answer) return answer(body, context);
    this.#refuse(context.from, 'unknown kind');
    throw new Error(`there is no answer to questions of kind ${kind}`);
  }

  readonly #takeReceipt: AnswerQuestion = (body, { from }) => {
    this.#receipts.received(from, receipt.parse(body).batches);
    return {};
  };

  #onLinkChange(peer: NodeId, change: 'up' | 'closed'): void {
    const now = this.#system.now();
    this.#undisturbedSinceMs = now.monotonicMs;
    this.membership.linkChanged(peer, change, now);
    this.#receipts.linkChanged(peer);
    this.#links.linkChanged();
    if (change === 'up') {
      this.#readiness.linkUp(peer);
      if (this.#readiness.isTimeKnown) this.#rounds?.linkUp(peer);
      return;
    }
    this.#rounds?.linkClosed(peer);
    this.#readiness.linkClosed(peer);
  }

  #onExchanged(outcome: ExchangeOutcome): void {
    if ('cause' in outcome) this.#logger.debug({ peer: outcome.peer, err: outcome.cause }, 'An exchange broke off');
    else {
      const { behind, refused } = outcome.result;
      if (behind + refused > 0) this.#logger.debug({ peer: outcome.peer, ...outcome.result }, 'Caught up with a peer');
    }
    this.#readiness.exchanged(outcome.peer, { isComplete: 'result' in outcome });
  }

  #onTimeKnown(): void {
    if (this.#isStopped) return;
    for (const peer of this.#transport.peers()) this.#rounds?.linkUp(peer);
  }

  #onSettled(): void {
    this.#undisturbedSinceMs = this.#system.now().monotonicMs;
    this.membership.setSettled(true);
  }

  #onMemberChanges(changes: readonly MemberChange[], now: Now): void {
    for (const change of changes) {
      const name = this.membership.nameOf(change.node);
      this.#logger.info({ name, ...change }, 'A member changed');
      this.#onMemberChange?.(change, name);
      // Whoever moves up because another fell silent may be wrong about it, and asks first.
      if (change.change !== 'alive' && change.change !== 'dead') continue;
      this.#undisturbedSinceMs = now.monotonicMs;
      if (change.change === 'alive') this.#peersJoined += 1;
      else this.#peersLost += 1;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #onRefused(refusal: Refusal): void {
    this.#recordsRefused += 1;
    const { cause, ...fields } = refusal;
    this.#logger.warn(
      { ...fields, ...(cause !== undefined && { err: cause }) },
      'A record could not pass between peers',
    );
  }

  #refuse(peer: NodeId, reason: string): void {
    this.#messagesRefused += 1;
    this.#logger.debug({ peer, reason }, 'A message of a peer is dropped');
  }
}
