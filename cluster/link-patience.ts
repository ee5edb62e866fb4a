/**
 * Patience with links: whoever finds a peer out of reach, just after it lost a link or stood still, is more likely cut off
 * for a moment than the peer is dead. So it waits that moment before it takes silence for consent.
 */
import { type System, sleep } from '../src/system.ts';
import type { NodeId } from './transport.ts';

/** Less than the second in which a dead sender is to be replaced. */
const WAIT_FOR_LINK_MS = 700;

export interface LinkPatienceDependencies {
  readonly system: System;
  /** Those with a direct link. */
  readonly peers: () => readonly NodeId[];
}

export class LinkPatience {
  readonly #dependencies: LinkPatienceDependencies;
  readonly #listeners = new Set<() => void>();
  #perhapsCutOffMs = Number.NEGATIVE_INFINITY;

  constructor(dependencies: LinkPatienceDependencies) {
    this.#dependencies = dependencies;
  }

  /** This node stood still, or lost its last link. */
  noteCutOff(): void {
    this.#perhapsCutOffMs = this.#dependencies.system.now().monotonicMs;
  }

  linkChanged(): void {
    if (this.#dependencies.peers().length === 0) this.noteCutOff();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Resolves at once if there is a link, or has been none for a while; never rejects. */
  async untilAnyLink(signal: AbortSignal): Promise<void> {
    const { system, peers } = this.#dependencies;
    const leftMs = this.#perhapsCutOffMs + WAIT_FOR_LINK_MS - system.now().monotonicMs;
    if (leftMs > 0) await this.#until(() => peers().length > 0, leftMs, signal);
  }

  /**
   * Asks a peer that had a link. The link may turn out to be long closed only when it is used: then the peer gets a moment
   * to link up again, and is asked once more.
   */
  async ask<Answer>(peer: NodeId, ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    const isLinked = () => this.#dependencies.peers().includes(peer);
    try {
      return await ask();
    } catch (cause) {
      if (signal.aborted || isLinked()) throw cause;
    }
    await this.#until(isLinked, WAIT_FOR_LINK_MS, signal);
    return ask();
  }

  async #until(isSo: () => boolean, withinMs: number, signal: AbortSignal): Promise<void> {
    if (isSo()) return;
    const found = new AbortController();
    const onChange = () => {
      if (isSo()) found.abort();
    };
    this.#listeners.add(onChange);
    try {
      await sleep(this.#dependencies.system, withinMs, AbortSignal.any([signal, found.signal]));
    } catch {
      // Found, or no time left: either way it goes on.
    } finally {
      this.#listeners.delete(onChange);
    }
  }
}
