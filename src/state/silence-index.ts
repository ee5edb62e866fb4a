/**
 * Which silences may match an alert: all but those that ask for a label value which it does not have. Thousands of silences
 * name one host each, and an alert need not be held against every one of them.
 */
import type { Labels } from '../model/labels.ts';
import type { Silence } from '../model/silence.ts';

export class SilenceIndex {
  /** Ids by one label pair that the silence demands. */
  readonly #byPair = new Map<string, Set<string>>();
  /** Of those that demand no pair. */
  readonly #unbound = new Set<string>();
  readonly #pairs = new Map<string, string>();

  set(silence: Pick<Silence, 'id' | 'matchers'>): void {
    this.delete(silence.id);
    const pair = this.#pairFor(silence);
    if (pair === undefined) {
      this.#unbound.add(silence.id);
      return;
    }
    const ids = this.#byPair.get(pair) ?? new Set();
    this.#byPair.set(pair, ids.add(silence.id));
    this.#pairs.set(silence.id, pair);
  }

  delete(id: string): void {
    this.#unbound.delete(id);
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    this.#pairs.delete(id);
    const ids = this.#byPair.get(pair);
    ids?.delete(id);
    if (ids?.size === 0) this.#byPair.delete(pair);
  }

  /** Every silence that matches is among them. */
  *candidates(labels: Labels): IterableIterator<string> {
    yield* this.#unbound;
    if (this.#byPair.size === 0) return;
    for (const [name, value] of Object.entries(labels)) {
      const ids = this.#byPair.get(pairOf(name, value));
      if (ids !== undefined) yield* ids;
    }
  }

  /** Of several pairs the one that the fewest others are found by. */
  #pairFor({ matchers }: Pick<Silence, 'matchers'>): string | undefined {
    let best: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const { name, type, value } of matchers) {
      // An empty value asks for a label that is not there.
      if (type !== '=' || value === '') continue;
      const pair = pairOf(name, value);
      const shared = this.#byPair.get(pair)?.size ?? 0;
      if (shared >= fewest) continue;
      best = pair;
      fewest = shared;
    }
    return best;
  }
}

function pairOf(name: string, value: string): string {
  return `${name}\u0000${value}`;
}
