/**
 * A network in memory, in virtual time: nodes join it and get a Transport; whoever holds the network makes its links slow,
 * lossy, silent or closed, partitions and heals it, and freezes and kills nodes. Everything passes by the world's one
 * clock and depends on nothing but the calls made and the randomness given in.
 *
 * Everything is named by place, which is the node's id unless two nodes of one id are wanted. Nodes that were connected
 * dial each other for ever: a link that closed comes up again as soon as nothing is in its way.
 */
import type { System } from '../../src/system.ts';
import type { NodeId, Transport } from '../transport.ts';
import { MemoryDeliveries } from './memory-deliveries.ts';
import { GOOD_LINK, Lane, type LinkConditions, LinkEnd } from './memory-link.ts';
import { MemoryNode } from './memory-node.ts';

export type { LinkConditions } from './memory-link.ts';

export interface MemoryNetworkOptions {
  /** Of every direction, unless set otherwise; what is left out is that of a good local network. */
  readonly conditions?: Partial<LinkConditions>;
  /** How long a lost link stays lost, if nothing else is in its way. */
  readonly redialAfterMs?: number;
}

export interface Traffic {
  readonly messages: number;
  /** Of messages, without what a real network adds. */
  readonly bytes: number;
}

/** Two places and all that is between them. */
interface Pair {
  readonly places: readonly [string, string];
  /** From the first to the second, and back. */
  readonly lanes: readonly [Lane, Lane];
  isConnected: boolean;
  isCut: boolean;
  isDialling: boolean;
  ends: readonly [LinkEnd, LinkEnd] | undefined;
}

export class MemoryNetwork {
  readonly #random: () => number;
  readonly #deliveries: MemoryDeliveries;
  readonly #conditions: LinkConditions;
  readonly #redialAfterMs: number;
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #pairs = new Map<string, Pair>();
  readonly #traffic = new Map<string, Traffic>();
  #lastMessageId = 0;

  /** The system is the world's, not a node's; `random` is uniform in [0, 1) and the network's own. */
  constructor(
    dependencies: { system: System; random: () => number },
    { conditions = {}, redialAfterMs = 500 }: MemoryNetworkOptions = {},
  ) {
    this.#random = dependencies.random;
    this.#deliveries = new MemoryDeliveries({ system: dependencies.system });
    this.#conditions = { ...GOOD_LINK, ...conditions };
    this.#redialAfterMs = redialAfterMs;
  }

  /** A new process at the place, whose former one must have ended. Its links come up when it starts. */
  join(self: NodeId, { place = self }: { place?: string } = {}): Transport {
    if (this.#nodes.get(place)?.isEnded === false) throw new Error(`at ${place} there is a node already: end it first`);
    const node = new MemoryNode(
      {
        world: {
          nextMessageId: () => ++this.#lastMessageId,
          onStarted: () => this.#dialAll(0),
          onSent: ({ place: sender }, bytes) => this.#count(sender, bytes),
        },
      },
      { self, place },
    );
    this.#nodes.set(place, node);
    return node;
  }

  /** From now on the two dial each other. Ends a cut. */
  connect(one: string, two: string): void {
    const pair = this.#pair(one, two);
    pair.isConnected = true;
    pair.isCut = false;
    this.#dial(pair, 0);
  }

  /** Everyone dials everyone. */
  connectAll(...places: readonly string[]): void {
    for (const [index, one] of places.entries()) for (const two of places.slice(index + 1)) this.connect(one, two);
  }

  /** Of messages sent from now on. */
  setConditions({ from, to }: { from: string; to: string }, conditions: Partial<LinkConditions>): void {
    const lane = this.#lane(from, to);
    lane.conditions = { ...lane.conditions, ...conditions };
  }

  /** Closes the link, which both see, and lets no other come up until it is healed or connected. */
  cut(one: string, two: string): void {
    const pair = this.#pair(one, two);
    pair.isCut = true;
    pair.ends?.[0].sever();
  }

  /** Closes the link, which both see; they dial again. As a TCP reset. */
  reset(one: string, two: string): void {
    this.#pair(one, two).ends?.[0].sever();
  }

  /** From now on everything sent in this direction is lost, and neither sees why. */
  blackHole({ from, to }: { from: string; to: string }): void {
    this.#lane(from, to).isBlackHole = true;
  }

  /** Nothing comes from or reaches the place any more, and nobody sees why: a pulled plug. */
  isolate(place: string): void {
    this.partition([[place], [...this.#nodes.keys()].filter((other) => other !== place)], { how: 'silent' });
  }

  /** Between nodes of different groups links close, or fall silent with nobody told. */
  partition(groups: readonly (readonly string[])[], { how }: { how: 'closed' | 'silent' }): void {
    for (const [index, group] of groups.entries()) {
      for (const one of group) {
        for (const two of groups.slice(index + 1).flat()) {
          if (how === 'closed') this.cut(one, two);
          else for (const lane of this.#pair(one, two).lanes) lane.isBlackHole = true;
        }
      }
    }
  }

  /** Ends every cut, black hole and partition. Slow and lossy links stay as they are. */
  heal(): void {
    for (const pair of this.#sortedPairs()) {
      pair.isCut = false;
      for (const lane of pair.lanes) lane.isBlackHole = false;
      // Who sends to a process that is gone is told so by its machine, now that it can be reached.
      if (pair.ends?.some((end) => !end.isUp)) pair.ends[0].sever();
    }
    this.#dialAll(this.#redialAfterMs);
  }

  /** As SIGSTOP: it neither hears nor says anything; its links stay up. Freeze its timers too. */
  freeze(place: string): void {
    this.#node(place).freeze();
  }

  /** As SIGCONT. It hears what waited for it after everything that happens at this instant: let its timers run first. */
  thaw(place: string): void {
    const node = this.#node(place);
    const nowMs = this.#deliveries.nowMs();
    for (const action of node.thaw()) this.#deliveries.add(nowMs, { arrive: () => node.hear(action) });
    this.#dialAll(this.#redialAfterMs);
  }

  /** As kill -9: the process is gone and its kernel closes the links. */
  kill(place: string): void {
    this.#node(place).end();
  }

  /** What the place has sent so far, relayed messages included. */
  traffic(place: string): Traffic {
    return this.#traffic.get(place) ?? { messages: 0, bytes: 0 };
  }

  #dialAll(afterMs: number): void {
    for (const pair of this.#sortedPairs()) this.#dial(pair, afterMs);
  }

  /** If something is in the way when the dial is due, whatever takes it away dials again. */
  #dial(pair: Pair, afterMs: number): void {
    if (pair.isDialling || !this.#canLink(pair)) return;
    pair.isDialling = true;
    const roundTripMs = pair.lanes[0].conditions.delayMs + pair.lanes[1].conditions.delayMs;
    this.#deliveries.add(this.#deliveries.nowMs() + afterMs + roundTripMs, {
      arrive: () => {
        pair.isDialling = false;
        if (this.#canLink(pair)) this.#link(pair);
      },
    });
  }

  #canLink(pair: Pair): boolean {
    if (!pair.isConnected || pair.isCut || pair.lanes.some((lane) => lane.isBlackHole)) return false;
    if (pair.ends?.every((end) => end.isUp)) return false;
    return pair.places.every((place) => this.#nodes.get(place)?.isReachable);
  }

  #link(pair: Pair): void {
    const [one, two] = [this.#node(pair.places[0]), this.#node(pair.places[1])];
    // What is left of a link whose other end is gone gives way to the new one.
    for (const end of pair.ends ?? []) end.close();
    const dependencies = { deliveries: this.#deliveries, onClosed: () => this.#onClosed(pair, ends) };
    const ends = LinkEnd.pair(dependencies, [
      { owner: one, lane: pair.lanes[0] },
      { owner: two, lane: pair.lanes[1] },
    ]);
    pair.ends = ends;
    one.opened(ends[0]);
    two.opened(ends[1]);
  }

  #onClosed(pair: Pair, ends: readonly LinkEnd[]): void {
    if (pair.ends !== ends || ends.some((end) => end.isUp)) return;
    pair.ends = undefined;
    this.#dial(pair, this.#redialAfterMs);
  }

  #count(place: string, bytes: number): void {
    const before = this.traffic(place);
    this.#traffic.set(place, { messages: before.messages + 1, bytes: before.bytes + bytes });
  }

  #node(place: string): MemoryNode {
    const node = this.#nodes.get(place);
    if (!node) throw new Error(`nobody has joined at ${place}`);
    return node;
  }

  #lane(from: string, to: string): Lane {
    const { places, lanes } = this.#pair(from, to);
    return places[0] === from ? lanes[0] : lanes[1];
  }

  #pair(one: string, two: string): Pair {
    if (one === two) throw new Error(`${one} has no link to itself`);
    const places = one < two ? ([one, two] as const) : ([two, one] as const);
    const key = places.join(' ');
    let pair = this.#pairs.get(key);
    if (!pair) {
      const lane = () => new Lane({ random: this.#random }, this.#conditions);
      const lanes = [lane(), lane()] as const;
      pair = { places, lanes, isConnected: false, isCut: false, isDialling: false, ends: undefined };
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  /** In the same order whatever was asked for first. */
  #sortedPairs(): Pair[] {
    return [...this.#pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  }
}
