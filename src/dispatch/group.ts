/**
 * A group: the alerts of one route that share the group_by labels, and one timer. It knows when its next tick is due and
 * nothing of what a tick does. Ticks are whole milliseconds on the monotonic clock, so that intervals add up exactly.
 */
import type { Labels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import type { System, Timer } from '../system.ts';
import { type HeardTick, stepTo } from './rhythm.ts';
import { groupKey, type Route } from './route.ts';

export class Group {
  readonly key: string;
  readonly labels: Labels;
  /** When this node made it, on the monotonic clock. */
  readonly madeMs: number;
  /** Fingerprints; the alerts themselves are read from the store at each tick. */
  readonly members = new Set<string>();
  /** The group as the list that most alerts need, shared by all of them. */
  readonly alone: readonly Group[] = [this];
  readonly #system: System;
  readonly #onTick: (group: Group, now: Now) => void;
  #route: Route;
  #dueMs = 0;
  #lastTickMs: number | undefined;
  #quietSinceMs: number;
  #lastDecidedMs: number | undefined;
  #timer: Timer | undefined;
  #rearmedSinceTick = false;

  constructor(
    dependencies: { system: System; onTick: (group: Group, now: Now) => void },
    route: Route,
    labels: Labels,
  ) {
    this.#system = dependencies.system;
    this.#onTick = dependencies.onTick;
    this.#route = route;
    this.labels = labels;
    this.key = groupKey(route, labels);
    // What is new here may have been known, and told, elsewhere for a while.
    this.madeMs = dependencies.system.now().monotonicMs;
    this.#quietSinceMs = this.madeMs - route.groupIntervalMs;
  }

  get route(): Route {
    return this.#route;
  }

  /** When the next tick is due, on the monotonic clock. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Whether it is past its group_wait. */
  get hasTicked(): boolean {
    return this.#lastTickMs !== undefined;
  }

  /** When it ticked before its latest tick, or an interval before it was made: since then nothing was decided about it. */
  get quietSinceMs(): number {
    return this.#quietSinceMs;
  }

  /** Due in the past means at once; the tick and those after it keep to the rhythm all the same. */
  arm(dueMs: number, { notBeforeMs = dueMs }: { notBeforeMs?: number } = {}): void {
    this.#timer?.cancel();
    this.#dueMs = Math.round(dueMs);
    const firesAtMs = Math.max(this.#dueMs, Math.round(notBeforeMs));
    this.#timer = this.#system.setTimer(firesAtMs - this.#system.now().monotonicMs, () => this.#tick());
  }

  /**
   * A reload that leaves the route's place and receiver alone keeps the group. One that has spoken is re-armed to a whole
   * group_interval from now, as Alertmanager's users expect, but once between two ticks, so that frequent reloads cannot
   * keep it quiet for ever. One still in its group_wait keeps its time: a reload must not delay a first page. Whatever was
   * armed for later than the new timings ask is due earlier: a mistyped interval must not outlive its correction.
   */
  keepOnReload(route: Route, now: Now): void {
    this.#route = route;
    const dueMs = now.monotonicMs + (this.hasTicked ? route.groupIntervalMs : route.groupWaitMs);
    const mayBeLater = this.hasTicked && !this.#rearmedSinceTick;
    if (!mayBeLater && dueMs >= this.#dueMs) return;
    this.#rearmedSinceTick = true;
    this.arm(dueMs);
  }

  /** After a restart the log tells when the group had ticked before this process began. */
  markTicked(lastTickMs: number): void {
    this.#lastTickMs = lastTickMs;
  }

  /** A node, perhaps this one, speaks about a tick of this group. */
  hear(heardMs: number, known: Pick<HeardTick, 'newestMs' | 'isOver'>): void {
    const { groupIntervalMs } = this.#route;
    const step = stepTo({ ...known, heardMs, lastTickMs: this.#lastTickMs, groupIntervalMs });
    if (step.step === 'tick') this.#tickAt(step.tickMs);
    else if (step.step === 'align') {
      this.#lastTickMs = step.tickMs;
      this.arm(step.tickMs + groupIntervalMs);
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    const { monotonicMs } = this.#system.now();
    // The instant it was due, or would have been due last, not the one a busy process got round to it: the rhythm stays.
    const missed = Math.max(0, Math.floor((monotonicMs - this.#dueMs) / this.#route.groupIntervalMs));
    this.#tickAt(this.#dueMs + missed * this.#route.groupIntervalMs);
  }

  #tickAt(tickMs: number): void {
    const { wallMs, monotonicMs } = this.#system.now();
    this.#quietSinceMs = this.#lastDecidedMs ?? this.#quietSinceMs;
    this.#lastDecidedMs = monotonicMs;
    this.#lastTickMs = tickMs;
    this.#rearmedSinceTick = false;
    // Re-armed first: whatever the tick does, there is a next one.
    this.arm(tickMs + this.#route.groupIntervalMs);
    this.#onTick(this, { wallMs, monotonicMs: tickMs });
  }
}
