/**
 * The cluster as its users see it: shared maps that end alike on all nodes, questions to peers, and who is alive. It ties
 * transport, membership, deltas and anti-entropy together: what comes in is decoded, merged and answered here, and nothing
 * is decided.
 */
import type { Logger } from 'pino';
import type { Now } from '../src/model/now.ts';
import { deadline, type System, sleep, type Timer } from '../src/system.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { BEAT_KIND } from './beat.ts';
import { ClusterTime } from './cluster-time.ts';
import { DeltaBroadcast, type DeltaCounts } from './delta-broadcast.ts';
import { type ExchangeOutcome, ExchangeRounds, type PeerLag } from './exchange-rounds.ts';
import type { MemberChange } from './member-changes.ts';
import type { MemberView } from './member-view.ts';
import { Membership, type SelfDescription } from './membership.ts';
import type { ReplicaPeers } from './shared-replica.ts';
import type { Refusal, SyncedMap } from './synced-map.ts';
import { type NodeId, RequestError, type Transport } from './transport.ts';
import { writerOf } from './version.ts';
import { decodeMessage, encodeMessage, WireError, type WireMessage } from './wire.ts';

const DELTA_KIND = 'delta';
const EXCHANGE_KIND = 'exchange';
const ANSWER_KIND = 'answer';
const FENCE_KIND = 'fence';

/** An open link is looked for so long before a node takes itself for alone. */
const LOOK_FOR_PEERS_MS = 1_000;

/** Whose fence has not come by then is silent, or has nothing more to say that is old. */
const FENCE_WITHIN_MS = 1_000;

/** Of 64 KiB at most; beyond it only anti-entropy helps. */
const MOST_HELD_BACK = 256;

/** Less than the second in which a dead sender is to be replaced. */
const WAIT_FOR_LINK_MS = 700;

/** Answers a question of a peer: any JSON object in, one out. A throw reaches the asker as a failed request. */
export type AnswerQuestion = (body: Readonly<Record<string, unknown>>, context: { from: NodeId; now: Now }) => object;

export interface ClusterDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly transport: Transport;
  /** What this node says of itself to the others, asked for anew for each beat. */
  readonly describe: () => SelfDescription;
}

export interface ClusterOptions {
  /** Random, of this process. */
  readonly boot: string;
  readonly peerTimeoutMs: number;
  readonly reconnectTimeoutMs?: number;
  /** How many peers it is told to find. A node that expects nobody is ready at once. */
  readonly expectedPeers: number;
  /** After so long it is ready whoever has not answered. */
  readonly settleTimeoutMs: number;
}

export interface ClusterCounts {
  readonly deltas: DeltaCounts;
  /** Messages that could not be read or were of no known kind. */
  readonly messagesRefused: number;
  readonly recordsRefused: number;
}

export class Cluster implements ReplicaPeers {
  readonly membership: Membership;
  /** What maps and questions are given as `now`, and whoever reads absolute times must ask. */
  readonly time: ClusterTime;
  readonly #system: System;
  readonly #logger: Logger;
  readonly #transport: Transport;
  readonly #options: ClusterOptions;
  readonly #antiEntropy: AntiEntropy;
  readonly #maps: SyncedMap[] = [];
  readonly #questions = new Map<string, AnswerQuestion>();
  readonly #listeners = new Set<() => void>();
  readonly #settled = Promise.withResolvers<void>();
  readonly #timeKnown = Promise.withResolvers<void>();
  #isTimeKnown = false;
  /** Links that came up before this node was settled and whose state it has not got yet. */
  readonly #awaited = new Set<NodeId>();
  #deltas: DeltaBroadcast | undefined;
  #rounds: ExchangeRounds | undefined;
  #settleTimers: Timer[] = [];
  #isSettled = false;
  #hasLooked = false;
  #undisturbedSinceMs: number;
  readonly #linkListeners = new Set<() => void>();
  /** When the last link was lost, or a stall was noticed. */
  #perhapsCutOffMs = Number.NEGATIVE_INFINITY;
  #stalls = 0;
  /** Peers of whom there may be something left to read that waited while this node stood still. */
  readonly #fenced = new Set<NodeId>();
  #areAllFencesPassed = true;
  readonly #heldBack: { readonly from: NodeId; readonly body: WireMessage['body']; readonly now: Now }[] = [];
  #messagesRefused = 0;
  #recordsRefused = 0;
  #isStopped = false;

  constructor({ system, logger, transport, describe }: ClusterDependencies, options: ClusterOptions) {
    this.#system = system;
    this.#logger = logger;
    this.#transport = transport;
    this.#options = options;
    this.#undisturbedSinceMs = system.now().monotonicMs;
    this.time = new ClusterTime({ system, toClusterTime: (now) => this.membership.clusterNow(now) });
    this.#antiEntropy = new AntiEntropy({ system: this.time, onRefused: (refusal) => this.#onRefused(refusal) });
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

  /** Before {@link start}. */
  answerQuestions(kind: string, answer: AnswerQuestion): void {
    this.#questions.set(kind, answer);
  }

  /** Resolves when this node has the state of everyone it can reach, or has found nobody. */
  async start(): Promise<void> {
    const system = this.time;
    const maps = this.#maps;
    this.#deltas = new DeltaBroadcast({
      system,
      maps,
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
    if (this.#options.expectedPeers === 0) {
      this.#hasLooked = true;
      this.#knowTime();
    } else {
      this.#settleTimers.push(
        system.setTimer(LOOK_FOR_PEERS_MS, () => {
          this.#hasLooked = true;
          this.#knowTime();
          this.#settleIfDone();
        }),
        system.setTimer(this.#options.settleTimeoutMs, () => this.#settle()),
      );
    }
    this.#settleIfDone();
    await this.#settled.promise;
  }

  /** Says goodbye, tells what waits to be told, and closes all links. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const timer of this.#settleTimers) timer.cancel();
    this.#deltas?.stop();
    this.membership.leave();
    await this.#rounds?.stop();
    await this.#transport.stop();
    this.#settled.resolve();
    this.#timeKnown.resolve();
  }

  /**
   * Undefined if this node has compared its clock with those of all peers it is told to find, or has looked for them for a
   * second; else a promise of that. Before, whatever ends at an absolute time may be taken for over by a wrong clock.
   */
  untilTimeKnown(): Promise<void> | undefined {
    return this.#isTimeKnown ? undefined : this.#timeKnown.promise;
  }

  #knowTime(): void {
    if (this.#isTimeKnown) return;
    this.#isTimeKnown = true;
    this.#timeKnown.resolve();
    if (this.#isStopped) return;
    for (const peer of this.#transport.peers()) this.#rounds?.linkUp(peer);
  }

  /** Asks a direct peer. Rejects as Transport.request does, or with a WireError. */
  async ask(
    peer: NodeId,
    kind: string,
    body: object,
    options: { signal: AbortSignal },
  ): Promise<Readonly<Record<string, unknown>>> {
    const stalls = this.#stalls;
    const bytes = await this.#transport.request(peer, encodeMessage(kind, body), options);
    if (stalls !== this.#stalls) throw new RequestError('this node stood still while the answer was on its way');
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
    await this.#linkOr(limit.signal);
    const asked = this.#transport.peers().map(async (from) => {
      try {
        return [{ from, body: await this.#askOnceLinked(from, kind, body, { signal: limit.signal }) }];
      } catch {
        // Who does not answer in time counts as out of reach.
        return [];
      }
    });
    return (await Promise.all(asked)).flat();
  }

  /**
   * A link may turn out to be long closed only when it is used, above all after a stall: before its peer counts as out of
   * reach it gets a moment to come up again.
   */
  async #askOnceLinked(
    peer: NodeId,
    kind: string,
    body: object,
    options: { signal: AbortSignal },
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.ask(peer, kind, body, options);
    } catch (cause) {
      if (options.signal.aborted || this.#transport.peers().includes(peer)) throw cause;
    }
    await this.#changeOfLinksOr(WAIT_FOR_LINK_MS, options.signal, () => this.#transport.peers().includes(peer));
    return this.ask(peer, kind, body, options);
  }

  /**
   * Whoever has no link, but has just lost its last one or stood still, is more likely cut off than everybody else is dead:
   * it waits a moment for one to come up before it takes silence for consent.
   */
  async #linkOr(signal: AbortSignal): Promise<void> {
    const leftMs = this.#perhapsCutOffMs + WAIT_FOR_LINK_MS - this.#system.now().monotonicMs;
    if (leftMs > 0) await this.#changeOfLinksOr(leftMs, signal, () => this.#transport.peers().length > 0);
  }

  /** Resolves when links are as wanted, after `withinMs`, or when the signal aborts; never rejects. */
  async #changeOfLinksOr(withinMs: number, signal: AbortSignal, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    const isLinked = new AbortController();
    const onLink = () => {
      if (isSo()) isLinked.abort();
    };
    this.#linkListeners.add(onLink);
    try {
      await sleep(this.#system, withinMs, AbortSignal.any([signal, isLinked.signal]));
    } catch {
      // A link, or no time left: either way it goes on.
    } finally {
      this.#linkListeners.delete(onLink);
    }
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
    return this.#isSettled;
  }

  /** This node's event loop stood still, or its clock was set. */
  noteStall(now: Now): void {
    this.membership.noteStall(now);
  }

  /**
   * What waited meanwhile seems younger than it is, since ages are as of when they were sent. It is held back: each peer
   * is asked for a word that can only come after all that waited, and then for what was missed, as old as it is.
   */
  #onStall(now: Now): void {
    this.#undisturbedSinceMs = now.monotonicMs;
    this.#perhapsCutOffMs = now.monotonicMs;
    this.#stalls += 1;
    this.#areAllFencesPassed = true;
    for (const peer of this.#transport.peers()) {
      this.#fenced.add(peer);
      void this.#passFence(peer, this.#stalls);
    }
  }

  async #passFence(peer: NodeId, stall: number): Promise<void> {
    using limit = deadline(this.#system, FENCE_WITHIN_MS);
    try {
      await this.ask(peer, FENCE_KIND, {}, { signal: limit.signal });
    } catch {
      // It cannot be asked what was missed: what waited is all there is.
      this.#areAllFencesPassed = false;
    }
    if (stall !== this.#stalls) return;
    this.#fenced.delete(peer);
    this.#rounds?.hurry(peer);
    if (this.#fenced.size === 0) this.#endFences();
  }

  /** What waited is worth more than nothing, although it seems younger than it is. */
  #endFences(): void {
    const heldBack = this.#heldBack.splice(0);
    if (this.#areAllFencesPassed) return;
    for (const { body, from, now } of heldBack) this.#deltas?.receive(body, { from, now });
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

  get counts(): ClusterCounts | undefined {
    return (
      this.#deltas && {
        deltas: this.#deltas.counts,
        messagesRefused: this.#messagesRefused,
        recordsRefused: this.#recordsRefused,
      }
    );
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
      if (this.membership.clocksHeard >= this.#options.expectedPeers) this.#knowTime();
      return;
    }
    this.membership.heard(origin, now);
    if (message.kind === DELTA_KIND) this.#onDelta(origin, message.body);
    else this.#refuse(origin, 'unknown kind');
  }

  #onDelta(from: NodeId, body: WireMessage['body']): void {
    const now = this.time.now();
    // Anti-entropy, which begins then, finds it: by now its age could be mistaken.
    if (!this.#isTimeKnown) return;
    // Anybody may have handed it on.
    if (this.#fenced.size === 0) this.#deltas?.receive(body, { from, now });
    else if (this.#heldBack.length < MOST_HELD_BACK) this.#heldBack.push({ from, body, now });
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
    if (this.#fenced.has(from)) throw new Error('this node stood still and may have read this late');
    await this.untilTimeKnown();
    const now = this.time.now();
    if (kind === EXCHANGE_KIND) {
      return encodeMessage(ANSWER_KIND, this.#antiEntropy.answer(body, this.#maps, { from, now }));
    }
    const answer = this.#questions.get(kind);
    if (!answer) {
      this.#refuse(from, 'unknown kind');
      throw new Error(`there is no answer to questions of kind ${kind}`);
    }
    return encodeMessage(ANSWER_KIND, answer(body, { from, now }));
  }

  #onLinkChange(peer: NodeId, change: 'up' | 'closed'): void {
    const now = this.#system.now();
    this.#undisturbedSinceMs = now.monotonicMs;
    this.membership.linkChanged(peer, change, now);
    if (this.#transport.peers().length === 0) this.#perhapsCutOffMs = now.monotonicMs;
    if (change === 'up') {
      for (const listener of [...this.#linkListeners]) listener();
      if (!this.#isSettled) this.#awaited.add(peer);
      if (this.#isTimeKnown) this.#rounds?.linkUp(peer);
      return;
    }
    this.#rounds?.linkClosed(peer);
    // Its fence fails besides, and sees to what was held back.
    this.#awaited.delete(peer);
    this.#settleIfDone();
  }

  #onExchanged(outcome: ExchangeOutcome): void {
    if ('cause' in outcome) this.#logger.debug({ peer: outcome.peer, err: outcome.cause }, 'An exchange broke off');
    else {
      const { behind, refused } = outcome.result;
      if (behind + refused > 0) this.#logger.debug({ peer: outcome.peer, ...outcome.result }, 'Caught up with a peer');
      this.#hasLooked = true;
    }
    this.#awaited.delete(outcome.peer);
    this.#settleIfDone();
  }

  #settleIfDone(): void {
    if (this.#hasLooked && this.#awaited.size === 0) this.#settle();
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#awaited.clear();
    for (const timer of this.#settleTimers) timer.cancel();
    this.#undisturbedSinceMs = this.#system.now().monotonicMs;
    this.membership.setSettled(true);
    this.#settled.resolve();
  }

  #onMemberChanges(changes: readonly MemberChange[], now: Now): void {
    for (const change of changes) {
      this.#logger.info(change, 'A member changed');
      // Whoever moves up because another fell silent may be wrong about it, and asks first.
      if (change.change === 'alive' || change.change === 'dead') this.#undisturbedSinceMs = now.monotonicMs;
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
