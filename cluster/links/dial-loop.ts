/**
 * Dials whom this node should be linked to and is not: every configured address and every learned peer, for ever, with
 * pauses that grow to a few seconds. Nobody is given up however long it is away, nobody who is linked is dialled, and no
 * peer twice at a time. It knows neither sockets nor DNS, and asks for addresses anew each time.
 */
import type { Logger } from 'pino';
import { deadline, type System, type Timer } from '../../src/system.ts';
import type { NodeId } from '../transport.ts';
import { formatHostAndPort, type PeerAddress, readPeerAddress } from './peer-address.ts';

/** Tries the addresses in order. Rejects if nobody answers; whoever was found may have been linked already. */
export type Dial = (
  addresses: readonly PeerAddress[],
  options: { signal: AbortSignal },
) => Promise<{ readonly found: NodeId } | 'self'>;

export interface DialLoopDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly dial: Dial;
  readonly isLinked: (peer: NodeId) => boolean;
  readonly addressesOf: (peer: NodeId) => readonly string[];
}

export interface DialLoopOptions {
  readonly shortestPauseMs?: number;
  /** What a peer that comes back waits at most, if it dials nobody itself and nobody tells of it. */
  readonly longestPauseMs?: number;
  readonly dialTimeoutMs?: number;
}

interface Target {
  /** How it is named in the log. */
  readonly name: string;
  readonly configured: PeerAddress | undefined;
  /** Who was found there last; of a learned one, who it is. */
  peer: NodeId | undefined;
  pauseMs: number;
  lastBeganMs: number;
  isDialling: boolean;
  isMissed: boolean;
  timer: Timer | undefined;
}

const PAUSE_GROWTH = 1.6;
/** Several who hear of a peer's return at once need not all dial at the same instant. */
const SOON_MS = 100;
/** However much word there is of a peer, it is dialled no more often than this because of it. */
const BETWEEN_WORDS_MS = 1_000;

export class DialLoop {
  readonly #dependencies: DialLoopDependencies;
  readonly #options: Required<DialLoopOptions>;
  readonly #configured = new Map<string, Target>();
  readonly #learned = new Map<NodeId, Target>();
  readonly #stopped = new AbortController();
  readonly #dials = new Set<Promise<void>>();
  #isStarted = false;
  #failed = 0;

  constructor(
    dependencies: DialLoopDependencies,
    { shortestPauseMs = 1_000, longestPauseMs = 5_000, dialTimeoutMs = 12_000 }: DialLoopOptions = {},
  ) {
    this.#dependencies = dependencies;
    this.#options = { shortestPauseMs, longestPauseMs, dialTimeoutMs };
  }

  get failed(): number {
    return this.#failed;
  }

  /** Whether there is anybody who is not linked and has not been found missing: it may be that this machine is slow. */
  get isLooking(): boolean {
    for (const { peer, isMissed } of this.#targets()) {
      if (!isMissed && !(peer !== undefined && this.#dependencies.isLinked(peer))) return true;
    }
    return false;
  }

  start(): void {
    this.#isStarted = true;
    for (const target of this.#targets()) this.#schedule(target, 0);
  }

  /** Resolves when no dial is under way any more. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the node stops'));
    for (const target of this.#targets()) target.timer?.cancel();
    await Promise.all(this.#dials);
  }

  /** From now on these, and no others; links to others stay. */
  configure(addresses: readonly PeerAddress[]): void {
    const wanted = new Map(addresses.map((address) => [addressKey(address), address]));
    for (const [key, target] of this.#configured) if (!wanted.has(key)) this.#drop(this.#configured, key, target);
    for (const [key, address] of wanted) {
      if (!this.#configured.has(key)) this.#add(this.#configured, key, address, address.peer);
    }
  }

  /** Somebody says the peer is there: it is dialled soon, unless it is linked. */
  heardOf(peer: NodeId): void {
    const target = this.#learned.get(peer);
    if (!target) {
      this.#add(this.#learned, peer, undefined, peer);
      return;
    }
    const sinceMs = this.#nowMs() - target.lastBeganMs;
    target.pauseMs = this.#options.shortestPauseMs;
    if (!target.isDialling) this.#schedule(target, Math.max(BETWEEN_WORDS_MS - sinceMs, this.#soonMs()));
  }

  forget(peer: NodeId): void {
    const target = this.#learned.get(peer);
    if (target) this.#drop(this.#learned, peer, target);
  }

  linkClosed(peer: NodeId): void {
    for (const target of this.#targets()) {
      if (target.peer !== peer || target.isDialling) continue;
      target.pauseMs = this.#options.shortestPauseMs;
      // At once: who was cut off for a moment must not be taken for dead.
      this.#schedule(target, this.#soonMs());
    }
  }

  #add(targets: Map<string, Target>, key: string, configured: PeerAddress | undefined, peer: NodeId | undefined): void {
    const target: Target = {
      name: configured ? formatHostAndPort(configured) : key,
      configured,
      peer,
      pauseMs: this.#options.shortestPauseMs,
      lastBeganMs: Number.NEGATIVE_INFINITY,
      isDialling: false,
      isMissed: false,
      timer: undefined,
    };
    targets.set(key, target);
    this.#schedule(target, configured ? 0 : this.#soonMs());
  }

  #drop(targets: Map<string, Target>, key: string, target: Target): void {
    target.timer?.cancel();
    targets.delete(key);
  }

  #schedule(target: Target, delayMs: number): void {
    target.timer?.cancel();
    if (!this.#isStarted || this.#stopped.signal.aborted) return;
    target.timer = this.#dependencies.system.setTimer(delayMs, () => this.#begin(target));
  }

  /** A linked one sleeps until its link closes. */
  #begin(target: Target): void {
    target.timer = undefined;
    if (target.peer !== undefined && this.#dependencies.isLinked(target.peer)) {
      target.isMissed = false;
      target.pauseMs = this.#options.shortestPauseMs;
      return;
    }
    const isDialledAlready = [...this.#targets()].some(({ peer, isDialling }) => isDialling && peer === target.peer);
    const addresses = this.#addressesOf(target);
    if (addresses.length === 0 || (target.peer !== undefined && isDialledAlready)) {
      this.#pause(target);
      return;
    }
    const dial = this.#dial(target, addresses);
    this.#dials.add(dial);
    void dial.finally(() => this.#dials.delete(dial));
  }

  async #dial(target: Target, addresses: readonly PeerAddress[]): Promise<void> {
    const { system, dial } = this.#dependencies;
    target.isDialling = true;
    target.lastBeganMs = this.#nowMs();
    using limit = deadline(system, this.#options.dialTimeoutMs, this.#stopped.signal);
    try {
      const outcome = await dial(addresses, { signal: limit.signal });
      if (outcome === 'self') this.#foundSelf(target);
      // Its link may not be up yet, or never come up: it is looked after once more.
      else {
        target.peer = target.configured ? outcome.found : target.peer;
        target.isMissed = false;
        target.pauseMs = this.#options.shortestPauseMs;
      }
    } catch (cause) {
      this.#noteFailure(target, cause);
    } finally {
      target.isDialling = false;
      this.#pause(target);
    }
  }

  /** It is looked at again, as a name may come to stand for others too, but at leisure. */
  #foundSelf(target: Target): void {
    if (!target.isMissed) {
      this.#dependencies.logger.debug({ address: target.name }, 'A configured peer is this node itself');
    }
    target.isMissed = true;
    target.pauseMs = this.#options.longestPauseMs;
  }

  #noteFailure(target: Target, cause: unknown): void {
    if (this.#stopped.signal.aborted) return;
    this.#failed += 1;
    const { logger } = this.#dependencies;
    const fields = { peer: target.name, err: cause };
    if (target.isMissed) logger.debug(fields, 'A peer still cannot be reached');
    else logger.warn(fields, 'A peer cannot be reached; it is dialled until it can');
    target.isMissed = true;
  }

  #pause(target: Target): void {
    if (!this.#isKnown(target)) return;
    this.#schedule(target, this.#jittered(target.pauseMs));
    target.pauseMs = Math.min(target.pauseMs * PAUSE_GROWTH, this.#options.longestPauseMs);
  }

  /** Where somebody was found before matters only for a peer that was learned of: another node may have moved in. */
  #addressesOf({ configured, peer }: Target): readonly PeerAddress[] {
    if (configured) return [configured];
    if (peer === undefined) return [];
    return this.#dependencies.addressesOf(peer).flatMap((text) => {
      const address = readPeerAddress(text);
      return address ? [{ ...address, peer }] : [];
    });
  }

  #isKnown(target: Target): boolean {
    for (const known of this.#targets()) if (known === target) return true;
    return false;
  }

  *#targets(): Iterable<Target> {
    yield* this.#configured.values();
    yield* this.#learned.values();
  }

  /** Between three quarters of it and all of it. */
  #jittered(pauseMs: number): number {
    return pauseMs * (0.75 + 0.25 * this.#dependencies.system.random());
  }

  #soonMs(): number {
    return SOON_MS * this.#dependencies.system.random();
  }

  #nowMs(): number {
    return this.#dependencies.system.now().monotonicMs;
  }
}

function addressKey(address: PeerAddress): string {
  return [formatHostAndPort(address), address.family ?? '', address.peer ?? ''].join(' ');
}
