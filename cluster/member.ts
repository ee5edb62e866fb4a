/**
 * One member as this node knows it: what was heard of it and what it said of itself, over restarts. Two processes that
 * live under one id at the same time (a cloned data directory) show as two boots that both keep speaking.
 */
import type { Beat } from './beat.ts';
import type { NodeId } from './transport.ts';
import { ALIVE_WINDOW_MS, type Evidence, type Verdict } from './verdict.ts';

/** What arrived from a former process after the next one had begun may have been on its way; who goes on for so long lives. */
const CLONE_OVERLAP_MS = 3_000;
/** A process that is restarted over and over must not be remembered for each time. */
const MOST_BOOTS = 4;

interface Boot {
  readonly firstOrder: number;
  /** The newest beat, which is not always the one that came last. */
  readonly beat: Beat;
  readonly atMs: number;
  readonly order: number;
  /** When it spoke again after a newer boot had spoken. */
  readonly returnedMs: number | undefined;
}

export interface Instant {
  /** On this node's monotonic clock. */
  readonly atMs: number;
  /** Counts all that was heard of anybody. */
  readonly order: number;
}

export class Member implements Evidence {
  readonly node: NodeId;
  heard: Instant | undefined;
  /** The direct link closed, and nothing came from it since. */
  isLinkLost = false;
  /** As far as anybody said. */
  lastHeardByAnyoneMs: number;
  readonly #ownBoot: string | undefined;
  readonly #boots = new Map<string, Boot>();
  #current: Boot | undefined;
  #verdict: Verdict;
  #forgivenUntilMs: number | undefined;
  #wasForgiven = false;
  #left: { readonly boot: string; readonly atMs: number } | undefined;

  /** `ownBoot` if it is this node itself, which knows which of the processes under its id is the right one. */
  constructor(node: NodeId, { learnedMs, ownBoot }: { learnedMs: number; ownBoot?: string }) {
    this.node = node;
    this.lastHeardByAnyoneMs = learnedMs;
    this.#ownBoot = ownBoot;
    this.#verdict =
      ownBoot === undefined ? { isAlive: false, reason: 'silent' } : { isAlive: true, reason: 'this node' };
  }

  /** As judged last. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  get hasLeft(): boolean {
    return this.#left !== undefined;
  }

  get leftMs(): number | undefined {
    return this.#left?.atMs;
  }

  /** What it says of itself; undefined if only others spoke of it. */
  get says(): Beat | undefined {
    return this.#current?.beat;
  }

  get beat(): Evidence['beat'] {
    const current = this.#current;
    return (
      current && { atMs: current.atMs, order: current.order, hears: current.beat.hears, links: current.beat.links }
    );
  }

  get forgivenUntilMs(): number | undefined {
    return this.#forgivenUntilMs;
  }

  /** Only once until it is heard again, or a node that stalls over and over would never find anybody dead. */
  forgive(untilMs: number): void {
    if (this.#wasForgiven) return;
    this.#wasForgiven = true;
    this.#forgivenUntilMs = untilMs;
  }

  judged(verdict: Verdict, nowMs: number): void {
    this.#verdict = verdict;
    // By now it is alive because somebody hears it.
    if (verdict.isAlive && (this.#forgivenUntilMs ?? nowMs) <= nowMs) this.#wasForgiven = false;
  }

  /** Something came from it. That does not call back whoever said goodbye: it may have been on its way. */
  hear(at: Instant): void {
    this.heard = at;
    this.lastHeardByAnyoneMs = at.atMs;
    this.isLinkLost = false;
    this.#wasForgiven = false;
  }

  /** `stale` if a newer beat of the process came before. */
  receive(beat: Beat, at: Instant): 'new boot' | 'newer' | 'stale' {
    const known = this.#boots.get(beat.boot);
    if (this.#left?.boot === beat.boot || (known && beat.sequence <= known.beat.sequence)) return 'stale';
    const isReturn = [...this.#boots.values()].some(({ firstOrder }) => known && firstOrder > known.firstOrder);
    const boot: Boot = {
      firstOrder: known?.firstOrder ?? at.order,
      beat,
      ...at,
      returnedMs: known?.returnedMs ?? (isReturn ? at.atMs : undefined),
    };
    this.#remember(boot);
    if (this.#isFollowed(boot)) {
      this.#current = boot;
      this.#left = beat.isLeaving ? { boot: beat.boot, atMs: at.atMs } : undefined;
    }
    this.hear(at);
    return known ? 'newer' : 'new boot';
  }

  /** Whether two processes live under its id. */
  isCloned(nowMs: number): boolean {
    const speaking = [...this.#boots.values()].filter((boot) => !this.#isSilent(boot, nowMs));
    return speaking.length > 1 && speaking.some((boot) => this.#goesOn(boot));
  }

  /** The newest process; a former one only if it lives and the newer does not. */
  #isFollowed(boot: Boot): boolean {
    if (this.#ownBoot !== undefined) return boot.beat.boot === this.#ownBoot;
    if (boot.returnedMs === undefined || this.#current?.beat.boot === boot.beat.boot) return true;
    return this.#goesOn(boot) && this.#isSilent(this.#current, boot.atMs);
  }

  /** A former process whose beats after the next one's first cannot all have been on their way. */
  #goesOn({ returnedMs, atMs }: Boot): boolean {
    return returnedMs !== undefined && atMs - returnedMs >= CLONE_OVERLAP_MS;
  }

  #isSilent(boot: Boot | undefined, nowMs: number): boolean {
    return boot === undefined || nowMs - boot.atMs >= ALIVE_WINDOW_MS;
  }

  #remember(boot: Boot): void {
    this.#boots.set(boot.beat.boot, boot);
    if (this.#boots.size <= MOST_BOOTS) return;
    const [oldest] = [...this.#boots.values()].toSorted((a, b) => a.atMs - b.atMs);
    if (oldest) this.#boots.delete(oldest.beat.boot);
  }
}
