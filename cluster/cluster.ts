/**
 * The cluster as its users see it: shared maps that end alike on all nodes, questions to peers, and who is alive. It ties
 * transport, membership, deltas and anti-entropy together: what comes in is decoded, merged and answered here, and nothing
 * is decided.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Now } from '../src/model/now.ts';
import { deadline, type System, sleep, type Timer } from '../src/system.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { BEAT_KIND } from './beat.ts';
import { DeltaBroadcast, type DeltaCounts, NO_DELTAS } from './delta-broadcast.ts';
import { type ExchangeOutcome, ExchangeRounds, type PeerLag } from './exchange-rounds.ts';
import type { MemberChange } from './member-changes.ts';
import type { MemberView } from './member-view.ts';
import { Membership, type SelfDescription } from './membership.ts';
import { MOST_RECEIPTS, ReceiptSender } from './receipt-sender.ts';
import { Receipts } from './receipts.ts';
import type { ReplicaPeers } from './shared-replica.ts';
import type { Refusal, SyncedMap } from './synced-map.ts';
import type { NodeId, Transport } from './transport.ts';
import { writerOf } from './version.ts';
import { decodeMessage, encodeMessage, WireError } from './wire.ts';

const DELTA_KIND = 'delta';
const EXCHANGE_KIND = 'exchange';
const ANSWER_KIND = 'answer';
const RECEIPT_KIND = 'receipt';

const receipt = z.object({ batches: z.array(z.int().min(1)).max(MOST_RECEIPTS) });

/** An open link is looked for so long before a node takes itself for alone. */
const LOOK_FOR_PEERS_MS = 1_000;

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
  /** A node that expects nobody is ready at once. */
  readonly expectsPeers: boolean;
  /** After so long it is ready whoever has not answered. */
  readonly settleTimeoutMs: number;
}

/** Since the start, but for what is queued now. */
export interface ClusterCounts {
  readonly deltas: DeltaCounts;
  /** Changed keys that wait to be told. */
  readonly queued: number;
  /** Messages that could not be read or were of no known kind. */
  readonly messagesRefused: number;
  readonly recordsRefused: number;
  /** Times a peer was found alive, or no longer. */
  readonly peersJoined: number;
  readonly peersLost: number;
}

export class Cluster implements ReplicaPeers {
  readonly membership: Membership;
  readonly #system: System;
  readonly #logger: Logger;
  readonly #transport: Transport;
  readonly #options: ClusterOptions;
  readonly #antiEntropy: AntiEntropy;
  readonly #maps: SyncedMap[] = [];
  readonly #questions = new Map<string, AnswerQuestion>();
  readonly #listeners = new Set<() => void>();
  readonly #receipts: Receipts;
  readonly #receiptSender: ReceiptSender;
  readonly #settled = Promise.withResolvers<void>();
  /** Links that came up before this node was settled and whose state it has not got yet. */
  readonly #awaited = new Set<NodeId>();
  #deltas: DeltaBroadcast | undefined;
  #rounds: ExchangeRounds | undefined;
  #settleTimers: Timer[] = [];
  #isSettled = false;
  #hasLooked = false;
  #undisturbedSinceMs: number;
  readonly #linkListeners = new Set<() => void>();
  #lostLastLinkMs = Number.NEGATIVE_INFINITY;
  #messagesRefused = 0;
  #recordsRefused = 0;
  #peersJoined = 0;
  #peersLost = 0;
  #isStopped = false;

  constructor({ system, logger, transport, describe }: ClusterDependencies, options: ClusterOptions) {
    this.#system = system;
    this.#logger = logger;
    this.#transport = transport;
    this.#options = options;
    this.#undisturbedSinceMs = system.now().monotonicMs;
    this.#antiEntropy = new AntiEntropy({ system, onRefused: (refusal) => this.#onRefused(refusal) });
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
      { system, transport, describe, onChange: (changes, now) => this.#onMemberChanges(changes, now) },
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

  /** Resolves when this node has the state of everyone it can reach, or has found nobody. */
  async start(): Promise<void> {
    const system = this.#system;
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
    if (!this.#options.expectsPeers) this.#hasLooked = true;
    else {
      this.#settleTimers.push(
        system.setTimer(LOOK_FOR_PEERS_MS, () => {
          this.#hasLooked = true;
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
    this.#receipts.stop();
    await this.#receiptSender.stop();
    this.membership.leave();
    await this.#rounds?.stop();
    await this.#transport.stop();
    this.#settled.resolve();
  }

  /** Asks a direct peer. Rejects as Transport.request does, or with a WireError. */
  async ask(
    peer: NodeId,
    kind: string,
    body: object,
    options: { signal: AbortSignal },
  ): Promise<Readonly<Record<string, unknown>>> {
    const bytes = await this.#transport.request(peer, encodeMessage(kind, body), options);
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
        return [{ from, body: await this.ask(from, kind, body, { signal: limit.signal }) }];
      } catch {
        // Who does not answer in time counts as out of reach.
        return [];
      }
    });
    return (await Promise.all(asked)).flat();
  }

  /**
   * Whoever has just lost its last link is more likely cut off than everybody else is dead: it waits a moment for one to
   * come up again before it takes silence for consent.
   */
  async #linkOr(signal: AbortSignal): Promise<void> {
    const leftMs = this.#lostLastLinkMs + WAIT_FOR_LINK_MS - this.#system.now().monotonicMs;
    if (this.#transport.peers().length > 0 || !(leftMs > 0)) return;
    const isLinked = new AbortController();
    const onLink = () => isLinked.abort();
    this.#linkListeners.add(onLink);
    try {
      await sleep(this.#system, leftMs, AbortSignal.any([signal, isLinked.signal]));
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
    this.#undisturbedSinceMs = now.monotonicMs;
    this.membership.noteStall(now);
  }

  /** Called when the line or the life of somebody may have changed. Returns the way to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  members(now: Now): MemberView[] {
    return this.membership.members(now);
  }

  lags(now: Now): readonly PeerLag[] {
    return this.#rounds?.lags(now) ?? [];
  }

  /** Of the direct link to a peer, where the network knows it. */
  addressOf(peer: NodeId): string | undefined {
    return this.#transport.addressOf?.(peer);
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
      return;
    }
    this.membership.heard(origin, now);
    if (message.kind !== DELTA_KIND) {
      this.#refuse(origin, 'unknown kind');
      return;
    }
    const batch = this.#deltas?.receive(message.body, { from: origin, now });
    if (batch !== undefined && this.#transport.peers().includes(origin)) this.#receiptSender.owe(origin, batch);
  }

  async #onRequest(from: NodeId, bytes: Uint8Array): Promise<Uint8Array> {
    const now = this.#system.now();
    const message = decodeMessage(bytes);
    if (message instanceof WireError) {
      this.#refuse(from, message.fault);
      throw message;
    }
    this.membership.heard(from, now);
    const { kind, body } = message;
    if (kind === EXCHANGE_KIND) {
      return encodeMessage(ANSWER_KIND, this.#antiEntropy.answer(body, this.#maps, { from, now }));
    }
    const answer = kind === RECEIPT_KIND ? this.#takeReceipt : this.#questions.get(kind);
    if (!answer) {
      this.#refuse(from, 'unknown kind');
      throw new Error(`there is no answer to questions of kind ${kind}`);
    }
    return encodeMessage(ANSWER_KIND, answer(body, { from, now }));
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
    if (this.#transport.peers().length === 0) this.#lostLastLinkMs = now.monotonicMs;
    if (change === 'up') {
      for (const listener of [...this.#linkListeners]) listener();
      if (!this.#isSettled) this.#awaited.add(peer);
      this.#rounds?.linkUp(peer);
      return;
    }
    this.#rounds?.linkClosed(peer);
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
