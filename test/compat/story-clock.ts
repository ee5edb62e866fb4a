/**
 * The instants of a timed story: when its scenarios begin and how long each is observed. They begin one after the other, so
 * that no more than a few groups tick in the same instant.
 */
import type { Scenario } from './timed-scenario.ts';

const BEGIN_APART_SECONDS = 0.04;
/** Before the first one begins. */
const WARM_UP_SECONDS = 1.5;
/** From a scenario's beginning: long enough for a first message and two repeats. */
export const OBSERVED_SECONDS = 14.5;
/** The grid of all expectations. */
const GRID_SECONDS = 0.5;
/** How far from the grid a message may arrive, and from the other server's. */
export const TOLERANCE_MS = 200;

export interface Expectation {
  /** Seconds of the scenario. */
  readonly expected: readonly number[];
  readonly mayBeLateMs: number;
}

export class StoryClock {
  readonly #beginsMs: ReadonlyMap<string, number>;
  readonly endsMs: number;

  /** `nowMs`: on the wall clock, as the servers know no other. */
  constructor(scenarios: readonly Scenario[], nowMs: number) {
    const zeroMs = Math.ceil(nowMs / 1000 + WARM_UP_SECONDS) * 1000;
    const begins = scenarios.map(({ name, beginsAt }, index): [string, number] => {
      const seconds = beginsAt ?? index * BEGIN_APART_SECONDS;
      return [name, zeroMs + seconds * 1000];
    });
    this.#beginsMs = new Map(begins);
    if (this.#beginsMs.size < scenarios.length) throw new Error('two scenarios have the same name');
    this.endsMs = Math.max(...begins.map(([, beginMs]) => beginMs)) + OBSERVED_SECONDS * 1000;
  }

  /** On the wall clock. */
  instantMs({ name }: Scenario, seconds: number): number {
    const beginMs = this.#beginsMs.get(name);
    if (beginMs === undefined) throw new Error(`no scenario ${name}`);
    return Math.round(beginMs + seconds * 1000);
  }

  /**
   * The nearest of the expected seconds if the instant is close enough to it; else the grid's, else the very second, so
   * that a deviation shows. `mayBeLateMs` is what the machine has to answer for.
   */
  shownSeconds(scenario: Scenario, instantMs: number, { expected, mayBeLateMs }: Expectation): string {
    const seconds = (instantMs - this.instantMs(scenario, 0)) / 1000;
    const lateMs = (second: number) => (seconds - second) * 1000;
    const [nearest] = expected
      .filter((second) => lateMs(second) >= -TOLERANCE_MS && lateMs(second) <= TOLERANCE_MS + mayBeLateMs)
      .toSorted((a, b) => Math.abs(lateMs(a)) - Math.abs(lateMs(b)));
    if (nearest !== undefined) return String(nearest);
    const onGrid = Math.round(seconds / GRID_SECONDS) * GRID_SECONDS;
    return Math.abs(lateMs(onGrid)) <= TOLERANCE_MS ? String(onGrid) : seconds.toFixed(3);
  }
}
