/**
 * Waits for a peer's word that it has what this node just told, so that whoever was answered here may die at once and
 * nothing is lost. The first receipt of any direct peer counts. Nobody waits longer than it said, and nobody waits for
 * peers that gave no receipt for a while, such as those of an older version, until one gives one again.
 */
import type { System, Timer } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** So many batches in a row without a receipt in time, and a peer is not waited for any more. */
const MOST_MISSED = 3;
/** A receipt that comes later says nothing about the next one. */
const IN_TIME_MS = 250;
/** Batches of which the time is known at which they left; older receipts are too late anyway. */
const MOST_REMEMBERED = 256;
/** Far more than there are requests under way; whoever comes beyond does not wait. */
const MOST_WAITING = 4_096;

export interface ReceiptsDependencies {
  readonly system: System;
  /** Direct peers that are alive. */
  readonly peers: () => readonly NodeId[];
}

interface Waiting {
  /** Told by no batch yet. */
  readonly untold: Set<string>;
  /** Batches that told something of it, and have no receipt yet. */
  readonly batches: Set<number>;
  readonly resolve: (isReceived: boolean) => void;
  readonly timer: Timer;
}

export class Receipts {
  readonly #dependencies: ReceiptsDependencies;
  readonly #waiting = new Set<Waiting>();
  /** By map and key, until a batch has told it. */
  readonly #untold = new Map<string, Set<Waiting>>();
  /** By batch, until the first receipt. */
  readonly #told = new Map<number, Set<Waiting>>();
  readonly #leftMs = new Map<number, number>();
  readonly #missed = new Map<NodeId, number>();
  readonly #tookMs = new Map<NodeId, number>();
  /** Counts up from the wall clock: a receipt for a batch of a former process is one for none of this. */
  #lastBatch: number;
  #isStopped = false;

  constructor(dependencies: ReceiptsDependencies) {
    this.#dependencies = dependencies;
    this.#lastBatch = Math.max(0, Math.round(dependencies.system.now().wallMs));
  }

  /**
   * Called in the same turn in which the keys were said to have changed. Resolves with whether a peer has all of them; at
   * once if there is none to wait for. Never rejects.
   */
  wait(map: string, keys: readonly string[], { withinMs }: { withinMs: number }): Promise<boolean> {
    const peers = this.#dependencies.peers();
    if (this.#isStopped || keys.length === 0 || peers.length === 0 || this.#waiting.size >= MOST_WAITING) {
      return Promise.resolve(false);
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting: Waiting = {
      untold: new Set(keys.map((key) => placeOf(map, key))),
      batches: new Set(),
      resolve,
      timer: this.#dependencies.system.setTimer(withinMs, () => this.#giveUp(waiting)),
    };
    this.#waiting.add(waiting);
    for (const place of waiting.untold) {
      const others = this.#untold.get(place);
      if (others) others.add(waiting);
      else this.#untold.set(place, new Set([waiting]));
    }
    // Receipts are asked for all the same: that is how a peer comes to be waited for again.
    if (peers.every((peer) => (this.#missed.get(peer) ?? 0) >= MOST_MISSED)) resolve(false);
    return promise;
  }

  /** These leave now, together. The number under which a receipt for them is wanted; undefined if nobody waits. */
  leaving(records: readonly (readonly [map: string, key: string, ...unknown[]])[]): number | undefined {
    if (this.#untold.size === 0) return undefined;
    const told = new Set<Waiting>();
    const batch = this.#lastBatch + 1;
    for (const [map, key] of records) {
      const place = placeOf(map, key);
      for (const waiting of this.#untold.get(place) ?? []) {
        waiting.untold.delete(place);
        waiting.batches.add(batch);
        told.add(waiting);
      }
      this.#untold.delete(place);
    }
    if (told.size === 0) return undefined;
    this.#lastBatch = batch;
    this.#told.set(batch, told);
    this.#leftMs.set(batch, this.#dependencies.system.now().monotonicMs);
    if (this.#leftMs.size > MOST_REMEMBERED) this.#leftMs.delete(this.#leftMs.keys().next().value ?? 0);
    return batch;
  }

  /** A direct peer has merged these batches. */
  received(peer: NodeId, batches: readonly number[]): void {
    const nowMs = this.#dependencies.system.now().monotonicMs;
    for (const batch of batches) {
      const leftMs = this.#leftMs.get(batch);
      if (leftMs === undefined) continue;
      this.#tookMs.set(peer, nowMs - leftMs);
      if (nowMs - leftMs <= IN_TIME_MS) this.#missed.delete(peer);
      const told = this.#told.get(batch);
      this.#told.delete(batch);
      for (const waiting of told ?? []) {
        waiting.batches.delete(batch);
        if (waiting.batches.size + waiting.untold.size === 0) this.#end(waiting, true);
      }
    }
  }

  /** What was known of the peer does not hold for whoever comes next under its name. */
  linkChanged(peer: NodeId): void {
    this.#missed.delete(peer);
    this.#tookMs.delete(peer);
  }

  /** From the last batch that asked for a receipt to the peer's; undefined if there was none on this link. */
  roundTripMs(peer: NodeId): number | undefined {
    return this.#tookMs.get(peer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const waiting of [...this.#waiting]) this.#end(waiting, false);
  }

  #giveUp(waiting: Waiting): void {
    // Each batch counts once, however many wait for it.
    const missed = [...waiting.batches].filter((batch) => this.#told.delete(batch)).length;
    for (const peer of missed > 0 ? this.#dependencies.peers() : []) {
      this.#missed.set(peer, (this.#missed.get(peer) ?? 0) + missed);
    }
    this.#end(waiting, false);
  }

  #end(waiting: Waiting, isReceived: boolean): void {
    if (!this.#waiting.delete(waiting)) return;
    waiting.timer.cancel();
    for (const place of waiting.untold) {
      const others = this.#untold.get(place);
      others?.delete(waiting);
      if (others?.size === 0) this.#untold.delete(place);
    }
    for (const batch of waiting.batches) {
      const others = this.#told.get(batch);
      others?.delete(waiting);
      if (others?.size === 0) this.#told.delete(batch);
    }
    waiting.resolve(isReceived);
  }
}

/** No name of a map has a NUL. */
function placeOf(map: string, key: string): string {
  return `${map}\0${key}`;
}
