/**
 * The instants of a timed story: when its scenarios begin and how long each is observed. They begin one after the other, so
 * that no more than a few groups tick in the same instant.
 */
import type { Scenario } from './timed-scenario.ts';

const BEGIN_APART_SECONDS = 0.04;
/** From a scenario's beginning: long enough for a first message and two repeats. */
export const OBSERVED_SECONDS = 14.5;
/** The grid of all expectations. */
const GRID_SECONDS = 0.5;
/** How far from the grid a message may arrive, and from the other server's. */
export const TOLERANCE_MS = 200;

export class StoryClock {
  readonly #beginsMs: ReadonlyMap<string, number>;
  readonly endsMs: number;

  /** `nowMs`: on the wall clock, as the servers know no other. */
  constructor(scenarios: readonly Scenario[], nowMs: number) {
    const zeroMs = Math.ceil(nowMs / 1000) * 1000;
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

  /** On the grid if close enough to it, so that a deviation shows. */
  shownSeconds(scenario: Scenario, instantMs: number): string {
    const seconds = (instantMs - this.instantMs(scenario, 0)) / 1000;
    const onGrid = Math.round(seconds / GRID_SECONDS) * GRID_SECONDS;
    return Math.abs(seconds - onGrid) * 1000 <= TOLERANCE_MS ? String(onGrid) : seconds.toFixed(3);
  }
}
