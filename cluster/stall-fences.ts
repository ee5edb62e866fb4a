/**
 * What waited for a node while its process stood still seems younger than it is, since ages are as of when they were sent.
 * So it is held back: each peer is asked for a word that can only come after all that waited, and then for what was missed,
 * which comes with its true age. Only if a peer cannot be asked is what waited heard after all: it is worth more than nothing.
 */
import type { Now } from '../src/model/now.ts';
import { deadline, type System } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** Whose word has not come by then is out of reach. */
const PASSED_WITHIN_MS = 1_000;

/** Of at most 64 KiB each; beyond that only anti-entropy helps. */
const MOST_HELD_BACK = 256;

export interface HeldBack {
  readonly from: NodeId;
  readonly body: Readonly<Record<string, unknown>>;
  /** When it was read. */
  readonly now: Now;
}

export interface StallFencesDependencies {
  readonly system: System;
  readonly peers: () => readonly NodeId[];
  /** A question that every peer answers with anything. */
  readonly ask: (peer: NodeId, options: { signal: AbortSignal }) => Promise<unknown>;
  /** To ask the peer for what it has otherwise. */
  readonly catchUp: (peer: NodeId) => void;
  readonly hear: (held: HeldBack) => void;
}

export class StallFences {
  readonly #dependencies: StallFencesDependencies;
  readonly #fenced = new Set<NodeId>();
  readonly #heldBack: HeldBack[] = [];
  #stalls = 0;
  #areAllPassed = true;

  constructor(dependencies: StallFencesDependencies) {
    this.#dependencies = dependencies;
  }

  /** How often this process stood still. Whoever waited for an answer meanwhile cannot tell how old it is. */
  get stalls(): number {
    return this.#stalls;
  }

  /** Whether what this peer sends may have waited. */
  isFenced(peer: NodeId): boolean {
    return this.#fenced.has(peer);
  }

  noteStall(): void {
    this.#stalls += 1;
    this.#areAllPassed = true;
    for (const peer of this.#dependencies.peers()) {
      this.#fenced.add(peer);
      void this.#pass(peer, this.#stalls);
    }
  }

  /** Whether it is held back: anybody may have handed on what was broadcast. Otherwise the caller hears it now. */
  holdsBack(held: HeldBack): boolean {
    if (this.#fenced.size === 0) return false;
    if (this.#heldBack.length < MOST_HELD_BACK) this.#heldBack.push(held);
    return true;
  }

  async #pass(peer: NodeId, stall: number): Promise<void> {
    const { system, ask, catchUp, hear } = this.#dependencies;
    using limit = deadline(system, PASSED_WITHIN_MS);
    try {
      await ask(peer, { signal: limit.signal });
    } catch {
      this.#areAllPassed = false;
    }
    if (stall !== this.#stalls) return;
    this.#fenced.delete(peer);
    catchUp(peer);
    if (this.#fenced.size > 0) return;
    const heldBack = this.#heldBack.splice(0);
    if (!this.#areAllPassed) for (const held of heldBack) hear(held);
  }
}
