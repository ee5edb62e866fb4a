/**
 * The first seconds of a node: when it knows what time it is, and when it has settled, which is to have the state of
 * everyone it can reach or to have found nobody. Each happens once and is never taken back.
 */
import type { System, Timer } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** An open link is looked for so long before a node takes itself for alone. */
const LOOK_FOR_PEERS_MS = 1_000;
/**
 * And so long while somebody has neither answered nor been found missing: on a busy machine a handshake takes longer, and
 * who takes itself for alone then speaks from what its disk knew when it stopped.
 */
const LOOK_LONGER_MS = 5_000;
const LOOK_AGAIN_MS = 100;

export interface ReadinessDependencies {
  readonly system: System;
  readonly onTimeKnown: () => void;
  readonly onSettled: () => void;
  /** See Transport. */
  readonly isLooking: () => boolean;
}

export interface ReadinessOptions {
  /** How many peers it is told to find. A node that expects nobody is ready at once. */
  readonly expectedPeers: number;
  /** After so long it is settled whoever has not answered. */
  readonly settleTimeoutMs: number;
}

export class Readiness {
  readonly #dependencies: ReadinessDependencies;
  readonly #options: ReadinessOptions;
  readonly #settled = Promise.withResolvers<void>();
  readonly #timeKnown = Promise.withResolvers<void>();
  /** Links that came up before and whose state has not come yet. */
  readonly #awaited = new Set<NodeId>();
  #timers: Timer[] = [];
  #lookTimer: Timer | undefined;
  #hasLooked = false;
  #isTimeKnown = false;
  #isSettled = false;

  constructor(dependencies: ReadinessDependencies, options: ReadinessOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  start(): void {
    const hasLooked = () => {
      this.#hasLooked = true;
      this.#settleIfDone();
    };
    if (this.#options.expectedPeers === 0) {
      this.#knowTime();
      hasLooked();
      return;
    }
    const { system } = this.#dependencies;
    this.#timers = [
      system.setTimer(LOOK_LONGER_MS, hasLooked),
      system.setTimer(this.#options.settleTimeoutMs, () => this.#settle()),
    ];
    const look = () => {
      if (!this.#dependencies.isLooking()) hasLooked();
      else this.#lookTimer = system.setTimer(LOOK_AGAIN_MS, look);
    };
    this.#lookTimer = system.setTimer(LOOK_FOR_PEERS_MS, () => {
      // Whoever posts has waited for it, and waits no longer.
      this.#knowTime();
      look();
    });
  }

  /** Nobody is kept waiting any more, though nothing has come of it. */
  stop(): void {
    this.#cancelTimers();
    this.#settled.resolve();
    this.#timeKnown.resolve();
  }

  /**
   * Whether this node has compared its clock with those of all peers it is told to find, or has looked for them for a
   * second. Before, whatever ends at an absolute time may be taken for over by a wrong clock.
   */
  get isTimeKnown(): boolean {
    return this.#isTimeKnown;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Also resolves at a stop. */
  get timeKnown(): Promise<void> {
    return this.#timeKnown.promise;
  }

  /** Also resolves at a stop. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  clocksHeard(ofPeers: number): void {
    if (ofPeers >= this.#options.expectedPeers) this.#knowTime();
  }

  linkUp(peer: NodeId): void {
    if (!this.#isSettled) this.#awaited.add(peer);
  }

  /** Whatever came of it. */
  exchanged(peer: NodeId, { isComplete }: { isComplete: boolean }): void {
    if (isComplete) this.#hasLooked = true;
    this.#awaited.delete(peer);
    this.#settleIfDone();
  }

  linkClosed(peer: NodeId): void {
    this.#awaited.delete(peer);
    this.#settleIfDone();
  }

  #knowTime(): void {
    if (this.#isTimeKnown) return;
    this.#isTimeKnown = true;
    this.#timeKnown.resolve();
    this.#dependencies.onTimeKnown();
  }

  #settleIfDone(): void {
    if (this.#hasLooked && this.#awaited.size === 0) this.#settle();
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#lookTimer?.cancel();
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#awaited.clear();
    this.#cancelTimers();
    this.#knowTime();
    this.#settled.resolve();
    this.#dependencies.onSettled();
  }
}
