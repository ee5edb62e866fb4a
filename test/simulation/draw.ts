/** Choices of a seeded run, in the words they are made in. */
import { SeededRandom } from '../support/seeded-random.ts';

export class Draw {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return this.#random.fraction() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random.fraction() * (most - least + 1));
  }

  /** @throws if there is nothing to choose from */
  one<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }

  /** Some of them, in their order, at most so many, at least one. */
  some<Item>(items: readonly Item[], most = items.length): Item[] {
    const left = [...items];
    const count = this.between(1, Math.min(most, left.length));
    while (left.length > count) left.splice(this.between(0, left.length - 1), 1);
    return left;
  }
}
