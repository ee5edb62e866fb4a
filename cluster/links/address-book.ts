/**
 * Who is known and where each may be reached: by its own word, and by that of others, who know better when it has moved
 * while it was out of reach. Bounded, and whoever has been out of reach for long is forgotten. It believes nobody: an
 * address is where to ask, not who answers.
 */
import type { NodeId } from '../transport.ts';
import { MOST_ADDRESSES, MOST_PEERS } from './link-message.ts';

export interface AddressBookOptions {
  readonly self: NodeId;
  /** How long a peer may be out of reach before it is forgotten. */
  readonly forgetAfterMs: number;
}

interface Entry {
  own: readonly string[];
  told: readonly string[];
  isLinked: boolean;
  /** Monotonic: when it was linked last, or learned of if it never was. */
  sinceMs: number;
}

export class AddressBook {
  readonly #self: NodeId;
  readonly #forgetAfterMs: number;
  readonly #entries = new Map<NodeId, Entry>();

  constructor({ self, forgetAfterMs }: AddressBookOptions) {
    this.#self = self;
    this.#forgetAfterMs = forgetAfterMs;
  }

  get peers(): readonly NodeId[] {
    return [...this.#entries.keys()];
  }

  /** The peer's own addresses first. */
  addressesOf(peer: NodeId): readonly string[] {
    const entry = this.#entries.get(peer);
    return entry ? [...new Set([...entry.own, ...entry.told])] : [];
  }

  /** What is passed on to others: only what the peer itself says. */
  ownAddressesOf(peer: NodeId): readonly string[] {
    return this.#entries.get(peer)?.own ?? [];
  }

  /** False if there is no room for it: everyone known is linked. */
  linked(peer: NodeId, nowMs: number): boolean {
    const entry = this.#entries.get(peer) ?? this.#add(peer, nowMs, { mayReplace: true });
    if (!entry) return false;
    entry.isLinked = true;
    return true;
  }

  closed(peer: NodeId, nowMs: number): void {
    const entry = this.#entries.get(peer);
    if (!entry) return;
    entry.isLinked = false;
    entry.sinceMs = nowMs;
  }

  /** By the peer itself, over a link that proved who it is. */
  toldOwn(peer: NodeId, addresses: readonly string[]): void {
    const entry = this.#entries.get(peer);
    if (entry) entry.own = addresses.slice(0, MOST_ADDRESSES);
  }

  /** By somebody who says to be linked to it. True if it is one to dial: not self, and there is room. */
  toldOf(peer: NodeId, addresses: readonly string[], nowMs: number): boolean {
    if (peer === this.#self) return false;
    const entry = this.#entries.get(peer) ?? this.#add(peer, nowMs, { mayReplace: false });
    if (!entry) return false;
    if (addresses.length > 0) entry.told = addresses.slice(0, MOST_ADDRESSES);
    return true;
  }

  /** Gives those it has forgotten. */
  forget(nowMs: number): NodeId[] {
    const forgotten = [...this.#entries].filter(
      ([, { isLinked, sinceMs }]) => !isLinked && nowMs - sinceMs > this.#forgetAfterMs,
    );
    for (const [peer] of forgotten) this.#entries.delete(peer);
    return forgotten.map(([peer]) => peer);
  }

  /** Somebody who is there is worth more than somebody who is not, and hearsay is worth least. */
  #add(peer: NodeId, nowMs: number, { mayReplace }: { mayReplace: boolean }): Entry | undefined {
    if (this.#entries.size >= MOST_PEERS) {
      const [longestGone] = [...this.#entries]
        .filter(([, { isLinked }]) => !isLinked)
        .toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs);
      if (!mayReplace || !longestGone) return undefined;
      this.#entries.delete(longestGone[0]);
    }
    const entry: Entry = { own: [], told: [], isLinked: false, sinceMs: nowMs };
    this.#entries.set(peer, entry);
    return entry;
  }
}
