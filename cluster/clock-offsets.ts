/**
 * How far the other nodes' wall clocks stand from this one's, and what time the cluster therefore has: the median of all
 * clocks, so that a minority may be wrong by any amount; this node's own if they are even. Offsets of nodes that are away are kept: clocks seldom change,
 * and a wrong clock must not win because a right one's node went down.
 */
import type { Now } from '../src/model/now.ts';
import type { NodeId } from './transport.ts';

/** A message may be late and never early, so the largest of a few is the best; a few, so that a clock that is set is followed. */
const SAMPLES = 5;
/** The two clocks are read to the millisecond and a little apart. */
const SMALLEST_JUMP_MS = 2;

export class ClockOffsets {
  readonly #isAlive: (node: NodeId) => boolean;
  /** Their wall clock minus ours, newest last. */
  readonly #samples = new Map<NodeId, number[]>();
  #wallMinusMonotonicMs: number | undefined;

  constructor(dependencies: { isAlive: (node: NodeId) => boolean }) {
    this.#isAlive = dependencies.isAlive;
  }

  /** Of so many nodes it is known. */
  get size(): number {
    return this.#samples.size;
  }

  /** A beat of `node` that was sent when its wall clock showed `wallMs` has just come in. */
  note(node: NodeId, wallMs: number, now: Now): void {
    this.#followOwnClock(now);
    const samples = this.#samples.get(node) ?? [];
    this.#samples.set(node, [...samples, wallMs - now.wallMs].slice(-SAMPLES));
  }

  /** Positive if its clock is ahead of ours; too small by the time its fastest message took. */
  offsetMs(node: NodeId, now: Now): number | undefined {
    this.#followOwnClock(now);
    const samples = this.#samples.get(node);
    return samples && Math.max(...samples);
  }

  /** The same instant with the wall clock of the cluster: of this node, and of those of `nodes` that were ever heard. */
  clusterNow(now: Now, nodes: Iterable<NodeId>): Now {
    const offsets = [0];
    for (const node of nodes) {
      const offset = this.offsetMs(node, now);
      if (offset !== undefined) offsets.push(offset);
    }
    return { wallMs: now.wallMs + median(offsets), monotonicMs: now.monotonicMs };
  }

  forget(node: NodeId): void {
    this.#samples.delete(node);
  }

  /**
   * When our own wall clock is set, the others stay where they are: the cluster's time does not move, not even until their
   * next beats. If we are alone, our clock is the best there is, and the others' last known offsets go with it: it may
   * have been the machine that slept, monotonic clock and all.
   */
  #followOwnClock(now: Now): void {
    const here = now.wallMs - now.monotonicMs;
    const jumpedMs = here - (this.#wallMinusMonotonicMs ?? here);
    if (this.#wallMinusMonotonicMs !== undefined && Math.abs(jumpedMs) < SMALLEST_JUMP_MS) return;
    this.#wallMinusMonotonicMs = here;
    if (jumpedMs === 0 || ![...this.#samples.keys()].some(this.#isAlive)) return;
    for (const [node, samples] of this.#samples) {
      this.#samples.set(
        node,
        samples.map((sample) => sample - jumpedMs),
      );
    }
  }
}

/** Of an even number nobody is in the middle: then as little as most of them leave open, which of two is nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return Math.min(Math.max(0, low), high);
}
