/**
 * A link of a memory network: two ends, and a lane for each direction that delays, loses, doubles and reorders as its
 * conditions say. A connection closes; its lanes stay, so that a redialled link is as bad as the one before.
 */

import type { NodeId } from '../transport.ts';
import type { Delivery, MemoryDeliveries } from './memory-deliveries.ts';
import type { MemoryNode } from './memory-node.ts';

/** Of one direction. Rates are probabilities between 0 and 1. */
export interface LinkConditions {
  readonly delayMs: number;
  /** Up to so much is added to the delay, uniformly. */
  readonly jitterMs: number;
  readonly lossRate: number;
  /** Of broadcasts; requests and answers travel on a stream, which doubles nothing. */
  readonly duplicationRate: number;
  /** Of messages held back so that others may overtake them; all others arrive in the order they were sent in. */
  readonly reorderRate: number;
}

export const GOOD_LINK: LinkConditions = { delayMs: 1, jitterMs: 0, lossRate: 0, duplicationRate: 0, reorderRate: 0 };

export type LinkMessage =
  | {
      readonly kind: 'broadcast';
      readonly id: number;
      readonly origin: NodeId;
      readonly bytes: Uint8Array;
      /** Doubled on its way, past everyone who would have noticed. */
      readonly isRepeat?: boolean;
    }
  | { readonly kind: 'request' | 'answer'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'failure'; readonly id: number };

/** What a connection holds before it drops: far more than a socket's buffers do, far less than would hurt. */
const MOST_WAITING_BYTES = 16 * 2 ** 20;
const MOST_WAITING_MESSAGES = 10_000;

export class Lane {
  conditions: LinkConditions;
  /** Swallows everything without either end noticing. */
  isBlackHole = false;
  readonly #random: () => number;
  #lastDueMs = 0;

  constructor(dependencies: { random: () => number }, conditions: LinkConditions) {
    this.#random = dependencies.random;
    this.conditions = conditions;
  }

  /** When a message sent now arrives: never if it is lost, twice if it is doubled. */
  arrivalsMs(nowMs: number, message: LinkMessage): number[] {
    const { delayMs, jitterMs, duplicationRate, lossRate, reorderRate } = this.conditions;
    if (this.isBlackHole || this.#happens(lossRate)) return [];
    const heldBackMs = this.#happens(reorderRate) ? this.#upTo(2 * (delayMs + jitterMs) + 10) : undefined;
    const arrivals = [
      heldBackMs === undefined ? this.#inOrderMs(nowMs) : nowMs + delayMs + this.#upTo(jitterMs) + heldBackMs,
    ];
    if (message.kind === 'broadcast' && this.#happens(duplicationRate)) {
      arrivals.push(nowMs + delayMs + this.#upTo(jitterMs + delayMs + 10));
    }
    return arrivals;
  }

  /** The last word of a connection comes after everything else on it and is repeated until it arrives. */
  closingArrivalMs(nowMs: number): number | undefined {
    return this.isBlackHole ? undefined : this.#inOrderMs(nowMs);
  }

  #inOrderMs(nowMs: number): number {
    const { delayMs, jitterMs } = this.conditions;
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs + delayMs + this.#upTo(jitterMs));
    return this.#lastDueMs;
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }

  #upTo(mostMs: number): number {
    return mostMs > 0 ? this.#random() * mostMs : 0;
  }
}

/** One node's end of one connection. */
export class LinkEnd {
  readonly owner: MemoryNode;
  /** As its owner sees it: an end stays up for as long as nobody tells it that the other is gone. */
  isUp = true;
  /** Nothing passes any more, though the ends may not have heard of it. */
  isSevered = false;
  readonly #lane: Lane;
  readonly #deliveries: MemoryDeliveries;
  readonly #onClosed: () => void;
  #other: LinkEnd = this;
  #waitingBytes = 0;
  #waitingMessages = 0;

  private constructor(
    dependencies: { deliveries: MemoryDeliveries; onClosed: () => void },
    { owner, lane }: { owner: MemoryNode; lane: Lane },
  ) {
    this.#deliveries = dependencies.deliveries;
    this.#onClosed = dependencies.onClosed;
    this.owner = owner;
    this.#lane = lane;
  }

  static pair(
    dependencies: { deliveries: MemoryDeliveries; onClosed: () => void },
    [one, two]: readonly [{ owner: MemoryNode; lane: Lane }, { owner: MemoryNode; lane: Lane }],
  ): readonly [LinkEnd, LinkEnd] {
    const ends = [new LinkEnd(dependencies, one), new LinkEnd(dependencies, two)] as const;
    ends[0].#other = ends[1];
    ends[1].#other = ends[0];
    return ends;
  }

  get other(): LinkEnd {
    return this.#other;
  }

  get peer(): NodeId {
    return this.#other.owner.self;
  }

  /** False if the connection holds as much as it can; then the message is dropped. */
  send(message: LinkMessage): boolean {
    const size = message.kind === 'failure' ? 0 : message.bytes.length;
    const isFull = this.#waitingBytes + size > MOST_WAITING_BYTES || this.#waitingMessages >= MOST_WAITING_MESSAGES;
    if (isFull) return false;
    if (this.isSevered || this.#isKnown(message)) return true;
    const [first, second] = this.#lane.arrivalsMs(this.#deliveries.nowMs(), message);
    if (first !== undefined) this.#carry(message, { size, dueMs: first });
    if (second !== undefined && message.kind === 'broadcast') {
      this.#carry({ ...message, isRepeat: true }, { size, dueMs: second });
    }
    return true;
  }

  #carry(message: LinkMessage, { size, dueMs }: { size: number; dueMs: number }): void {
    const other = this.#other;
    this.#waitingBytes += size;
    this.#waitingMessages += 1;
    const arrive = () => {
      this.#waitingBytes -= size;
      this.#waitingMessages -= 1;
      if (other.isUp && !other.isSevered) other.owner.receive(other, message);
    };
    this.#deliveries.add(dueMs, {
      arrive: () => other.owner.hear(arrive),
      isMoot: () => this.#isKnown(message),
    });
  }

  /** Everybody relays to everybody, so most copies of a broadcast find it there already: those need not travel. */
  #isKnown(message: LinkMessage): boolean {
    return message.kind === 'broadcast' && !message.isRepeat && this.#other.owner.hasSeen(message.id);
  }

  /** Its owner is gone: the other end hears so after all that was sent before, unless it is out of reach. */
  end(): void {
    this.isUp = false;
    const dueMs = this.#lane.closingArrivalMs(this.#deliveries.nowMs());
    if (dueMs !== undefined && this.#other.isUp) this.#other.closeAt(dueMs);
    this.#onClosed();
  }

  /** Something between the nodes closed the connection: both see it at once, and what was under way is lost. */
  sever(): void {
    for (const end of [this, this.#other]) {
      end.isSevered = true;
      if (end.isUp) end.closeAt(this.#deliveries.nowMs());
    }
  }

  closeAt(dueMs: number): void {
    const closing: Delivery = { arrive: () => this.owner.hear(() => this.close()) };
    this.#deliveries.add(dueMs, closing);
  }

  close(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.owner.closed(this);
    this.#onClosed();
  }
}
