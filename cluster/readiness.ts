/**
 * The first seconds of a node: when it knows what time it is, and when it has settled, which is to have the state of
 * everyone it can reach or to have found nobody. Each happens once and is never taken back.
 */
import type { System, Timer } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** Links are looked for so long before a node takes itself for alone, */
const LOOK_FOR_PEERS_MS = 1_000;
/** and so long if somebody has not even refused yet: a busy machine needs longer for a handshake. */
const LOOK_AT_MOST_MS = 5_000;
const LOOK_AGAIN_MS = 100;

export interface ReadinessDependencies {
  readonly system: System;
  /** Whether somebody was neither found nor found out of reach yet. */
  readonly isLooking: () => boolean;
  readonly onTimeKnown: () => void;
  readonly onSettled: () => void;
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
  #lookTimer: Timer | undefined;
  #settleTimer: Timer | undefined;
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
      this.#knowTime();
      this.#settleIfDone();
    };
    if (this.#options.expectedPeers === 0) {
      hasLooked();
      return;
    }
    const { system, isLooking } = this.#dependencies;
    const lookAfter = (delayMs: number, passedMs: number) => {
      this.#lookTimer = system.setTimer(delayMs, () => {
        if (isLooking() && passedMs + delayMs < LOOK_AT_MOST_MS) lookAfter(LOOK_AGAIN_MS, passedMs + delayMs);
        else hasLooked();
      });
    };
    lookAfter(LOOK_FOR_PEERS_MS, 0);
    this.#settleTimer = system.setTimer(this.#options.settleTimeoutMs, () => this.#settle());
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

  #cancelTimers(): void {
    this.#lookTimer?.cancel();
    this.#settleTimer?.cancel();
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
