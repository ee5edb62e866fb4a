/**
 * When to exchange with whom: with each direct peer as soon as its link is up and then in every interval, one exchange at a
 * time with each. It knows how far this node lags behind its peers, and tells whoever waits to have caught up.
 */
import type { Now } from '../src/model/now.ts';
import { deadline, type System, type Timer } from '../src/system.ts';
import type { AntiEntropy } from './anti-entropy.ts';
import type { ExchangeResult } from './anti-entropy-exchange.ts';
import type { SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

export type ExchangeOutcome =
  | { readonly peer: NodeId; readonly result: ExchangeResult }
  /** An ExchangeError, or that it took too long altogether. */
  | { readonly peer: NodeId; readonly cause: unknown };

export interface ExchangeRoundsDependencies {
  readonly system: System;
  readonly antiEntropy: Pick<AntiEntropy, 'exchange'>;
  readonly maps: readonly SyncedMap[];
  /** Transport.request with an envelope. */
  readonly request: (peer: NodeId, body: object, options: { signal: AbortSignal }) => Promise<unknown>;
  /** Called after each exchange that was not cut short by a closed link or {@link ExchangeRounds.stop}. Must not throw. */
  readonly onExchanged?: (outcome: ExchangeOutcome) => void;
}

export interface ExchangeRoundsOptions {
  /** From the beginning of one exchange with a peer to that of the next, at most; half of peer_timeout. */
  readonly intervalMs: number;
}

export interface PeerLag {
  readonly peer: NodeId;
  /** Since the begin of the last exchange that was completed; undefined if there was none on this link. */
  readonly exchangedAgoMs: number | undefined;
  /** Of that exchange. */
  readonly result: ExchangeResult | undefined;
  readonly isExchanging: boolean;
}

/** Spread, so that nodes that started together do not all ask together for ever. Only ever sooner than the interval. */
const SPREAD = 0.2;
/** An exchange that took longer than the interval is not followed by the next without a breath. */
const SHORTEST_PAUSE_MS = 500;
/** A million records take a minute on a slow disk; this one hangs. */
const EXCHANGE_WITHIN_MS = 10 * 60_000;

interface Link {
  readonly controller: AbortController;
  timer: Timer | undefined;
  running: Promise<void> | undefined;
  /** What runs began too early to find what is to be found. */
  isHurried: boolean;
  completed: { readonly beganMs: number; readonly result: ExchangeResult } | undefined;
}

export class ExchangeRounds {
  readonly #dependencies: ExchangeRoundsDependencies;
  readonly #intervalMs: number;
  readonly #links = new Map<NodeId, Link>();
  /** Cut short, but perhaps not yet at their end. */
  readonly #ending = new Set<Promise<void>>();
  #isStopped = false;

  constructor(dependencies: ExchangeRoundsDependencies, { intervalMs }: ExchangeRoundsOptions) {
    this.#dependencies = dependencies;
    this.#intervalMs = intervalMs;
  }

  /** Begins at once. A link that is up already goes on as it is. */
  linkUp(peer: NodeId): void {
    if (this.#isStopped || this.#links.has(peer)) return;
    const link: Link = {
      controller: new AbortController(),
      timer: undefined,
      running: undefined,
      isHurried: false,
      completed: undefined,
    };
    this.#links.set(peer, link);
    this.#begin(peer, link);
  }

  /** Something may have been missed: the next one begins now, or as soon as that ends which is under way. */
  hurry(peer: NodeId): void {
    const link = this.#links.get(peer);
    if (!link) return;
    if (link.running !== undefined) link.isHurried = true;
    else {
      link.timer?.cancel();
      this.#begin(peer, link);
    }
  }

  /** What is under way with the peer breaks off. */
  linkClosed(peer: NodeId): void {
    const link = this.#links.get(peer);
    if (!link) return;
    this.#links.delete(peer);
    link.timer?.cancel();
    link.controller.abort(new Error('the link to the peer closed'));
    if (link.running !== undefined) {
      const ending = link.running.finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }

  /** Of each direct peer, sorted by its id. */
  lags(now: Now): PeerLag[] {
    return [...this.#links]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([peer, { completed, running }]) => ({
        peer,
        exchangedAgoMs: completed && now.monotonicMs - completed.beganMs,
        result: completed?.result,
        isExchanging: running !== undefined,
      }));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const peer of [...this.#links.keys()]) this.linkClosed(peer);
    await Promise.all(this.#ending);
  }

  #begin(peer: NodeId, link: Link): void {
    const { system } = this.#dependencies;
    const beganMs = system.now().monotonicMs;
    link.timer = undefined;
    link.running = this.#exchange(peer, link).then((outcome) => {
      link.running = undefined;
      if (link.controller.signal.aborted) return;
      if ('result' in outcome) link.completed = { beganMs, result: outcome.result };
      const tookMs = system.now().monotonicMs - beganMs;
      const nextMs = this.#intervalMs * (1 - SPREAD * system.random());
      const pauseMs = link.isHurried ? 0 : Math.max(SHORTEST_PAUSE_MS, nextMs - tookMs);
      link.isHurried = false;
      link.timer = system.setTimer(pauseMs, () => this.#begin(peer, link));
      this.#dependencies.onExchanged?.(outcome);
    });
  }

  async #exchange(peer: NodeId, { controller }: Link): Promise<ExchangeOutcome> {
    const { system, antiEntropy, maps, request } = this.#dependencies;
    using limit = deadline(system, EXCHANGE_WITHIN_MS, controller.signal);
    try {
      const ask = (body: object, options: { signal: AbortSignal }) => request(peer, body, options);
      return { peer, result: await antiEntropy.exchange(ask, maps, { peer, signal: limit.signal }) };
    } catch (cause) {
      return { peer, cause };
    }
  }
}
