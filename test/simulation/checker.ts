/**
 * A checker as Prometheus is one: at every evaluation it posts what fires, good for four intervals, and says for a while
 * what is over. It does not try again what was not taken before its next evaluation. Redundant checkers see the same
 * truth at instants of their own, by clocks of their own.
 */
import type { Labels } from '../../src/model/labels.ts';
import type { System, Timer } from '../../src/system.ts';
import type { History } from './history.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { AlertText } from './world-event.ts';

export interface CheckerPlan {
  readonly name: string;
  readonly intervalMs: number;
  /** When it evaluates first, after the world's beginning. */
  readonly phaseMs?: number;
  /** To all nodes, unless some are named. */
  readonly to?: readonly string[];
  /** What it looks at; everything, unless some are named. */
  readonly only?: readonly AlertText[];
  readonly wallOffsetMs?: number;
  /** How long what it posts is on its way, by node. */
  readonly delayMs?: Readonly<Record<string, number>>;
  /** How long it repeats that something is over. Prometheus does for 15 minutes. */
  readonly repeatsResolvedForMs?: number;
}

/** What is the case, by the text of the alert. */
export type Truth = ReadonlyMap<AlertText, Labels>;

export interface CheckerWorld {
  readonly system: System;
  readonly history: History;
  /** Since the world began. */
  nowMs(): number;
  readonly truth: Truth;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
}

interface Seen {
  readonly labels: Labels;
  readonly sinceWallMs: number;
  /** By this checker's clock. */
  endedWallMs: number | undefined;
}

/** Of one POST, Prometheus's default. */
const POST_TIMEOUT_MS = 10_000;
const GOOD_FOR_INTERVALS = 4;
/** Of one POST, Prometheus's as well. */
const LARGEST_BATCH = 64;

export class Checker {
  readonly #world: CheckerWorld;
  readonly #plan: CheckerPlan;
  readonly #seen = new Map<AlertText, Seen>();
  #timer: Timer | undefined;

  constructor(world: CheckerWorld, plan: CheckerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.start(plan.phaseMs ?? 0);
  }

  get name(): string {
    return this.#plan.name;
  }

  /** It evaluates first after so long, with what it remembers. */
  start(phaseMs = 0): void {
    this.#timer ??= this.#world.system.setTimer(phaseMs, () => this.#evaluate());
  }

  /** Nobody hears of it any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #evaluate(): void {
    const { intervalMs, repeatsResolvedForMs = 900_000, to, only } = this.#plan;
    const { system, truth, nodes } = this.#world;
    this.#timer = system.setTimer(intervalMs, () => this.#evaluate());
    const wallMs = this.#wallMs();
    for (const [text, labels] of truth) {
      const seen = this.#seen.get(text);
      if (only?.includes(text) === false || (seen && seen.endedWallMs === undefined)) continue;
      this.#seen.set(text, { labels, sinceWallMs: wallMs, endedWallMs: undefined });
    }
    for (const [text, seen] of this.#seen) {
      if (!truth.has(text)) seen.endedWallMs ??= wallMs;
      if (seen.endedWallMs !== undefined && wallMs - seen.endedWallMs > repeatsResolvedForMs) this.#seen.delete(text);
    }
    if (this.#seen.size === 0) return;
    for (const name of to ?? nodes.keys()) {
      const node = nodes.get(name);
      if (node) this.#post(node);
    }
  }

  /** As it stands now, whenever it arrives. */
  #post(node: SimulatedNode): void {
    const posted = [...this.#seen];
    for (let start = 0; start < posted.length; start += LARGEST_BATCH) {
      this.#postBatch(node, posted.slice(start, start + LARGEST_BATCH));
    }
  }

  #postBatch(node: SimulatedNode, batch: readonly (readonly [AlertText, Seen])[]): void {
    const { system, history, nowMs } = this.#world;
    const wallMs = this.#wallMs();
    const goodForMs = GOOD_FOR_INTERVALS * this.#plan.intervalMs;
    const body = batch.map(([, { labels, sinceWallMs, endedWallMs }]) => ({
      labels,
      startsAt: rfc3339(sinceWallMs),
      endsAt: rfc3339(endedWallMs ?? wallMs + goodForMs),
    }));
    const said = { firing: texts(batch, true), resolved: texts(batch, false) };
    const sentAtMs = nowMs();
    let isOver = false;
    const hear = (answer: 'taken' | 'refused' | 'no answer') => {
      if (isOver) return;
      isOver = true;
      timeout.cancel();
      const goodUntilMs = sentAtMs + goodForMs;
      history.add({ what: 'posts', checker: this.name, node: node.name, sentAtMs, goodUntilMs, ...said, answer });
    };
    const timeout = system.setTimer(POST_TIMEOUT_MS, () => hear('no answer'));
    const arrive = () => {
      node.request('POST', '/api/v2/alerts', body).then(
        ({ status }) => hear(status === 200 ? 'taken' : 'refused'),
        () => hear('no answer'),
      );
    };
    const delayMs = this.#plan.delayMs?.[node.name] ?? 0;
    if (delayMs > 0) system.setTimer(delayMs, arrive);
    else arrive();
  }

  #wallMs(): number {
    return this.#world.system.now().wallMs + (this.#plan.wallOffsetMs ?? 0);
  }
}

function texts(batch: readonly (readonly [AlertText, Seen])[], isFiring: boolean): AlertText[] {
  return batch.flatMap(([text, { endedWallMs }]) => ((endedWallMs === undefined) === isFiring ? [text] : []));
}

function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
