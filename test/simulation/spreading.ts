/**
 * How far a word must have spread: from the node that had it first, over sound links between running processes, to every
 * node that no fault kept from hearing it. What a node may have heard all the same does not count. Pure.
 */

import type { Standing } from './standing.ts';
import { common, merged, type Stretches, within } from './stretches.ts';

export interface Word {
  readonly node: string;
  readonly atMs: number;
}

/** On a link that has been sound for a while; far more than any delay a world sets. */
const HEARD_AFTER_MS = 500;
/** On a link that has come up again: whoever regained it asks before it speaks. */
const CAUGHT_UP_AFTER_MS = 1_000;

/** One disk of a node, from one loss to the next. */
interface Knower {
  readonly node: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export class Spreading {
  readonly #standing: Standing;
  readonly #knowers: readonly Knower[];
  readonly #contacts = new Map<string, Stretches>();
  readonly #known = new Map<string, ReadonlyMap<string, Stretches>>();

  constructor(standing: Standing) {
    this.#standing = standing;
    this.#knowers = standing.nodes.flatMap((node) => standing.diskLives(node).map((life) => ({ node, ...life })));
  }

  /** While a node surely knows the word, also between two processes of it. */
  knows(node: string, word: Word): Stretches {
    const key = `${word.node} ${word.atMs}`;
    let known = this.#known.get(key);
    if (!known) {
      known = this.#spread(word);
      this.#known.set(key, known);
    }
    return known.get(node) ?? [];
  }

  #spread(word: Word): ReadonlyMap<string, Stretches> {
    const heardMs = new Map<Knower, number>();
    for (const knower of this.#knowers) {
      if (knower.node === word.node && knower.fromMs <= word.atMs && word.atMs < knower.toMs)
        heardMs.set(knower, word.atMs);
    }
    const open = new Set(heardMs.keys());
    while (open.size > 0) {
      const [speaker] = [...open].sort((a, b) => (heardMs.get(a) ?? 0) - (heardMs.get(b) ?? 0));
      if (!speaker) break;
      open.delete(speaker);
      for (const hearer of this.#knowers) {
        const atMs = this.#heardAt(speaker, hearer, heardMs.get(speaker) ?? 0);
        if (atMs === undefined || atMs >= (heardMs.get(hearer) ?? Number.POSITIVE_INFINITY)) continue;
        heardMs.set(hearer, atMs);
        open.add(hearer);
      }
    }
    const known = new Map<string, Stretches>();
    for (const [{ node, toMs }, fromMs] of heardMs) {
      known.set(node, merged([...(known.get(node) ?? []), { fromMs, toMs }]));
    }
    return known;
  }

  #heardAt(speaker: Knower, hearer: Knower, knownMs: number): number | undefined {
    if (speaker.node === hearer.node) return undefined;
    const fromMs = Math.max(speaker.fromMs, hearer.fromMs);
    const toMs = Math.min(speaker.toMs, hearer.toMs);
    for (const contact of within(fromMs, toMs, this.#contact(speaker.node, hearer.node))) {
      if (contact.toMs <= knownMs) continue;
      // Who has just started must listen before it speaks.
      const isStart = this.#standing.runs(hearer.node).some(({ fromMs }) => fromMs === contact.fromMs);
      const caughtUpMs = contact.fromMs + (isStart ? 0 : CAUGHT_UP_AFTER_MS);
      const atMs = Math.max(caughtUpMs, knownMs + HEARD_AFTER_MS);
      if (atMs < contact.toMs) return atMs;
    }
    return undefined;
  }

  /** A frozen hearer's kernel hears for it, and it must listen before it speaks; a frozen speaker says nothing. */
  #contact(speaker: string, hearer: string): Stretches {
    const key = `${speaker} ${hearer}`;
    let contact = this.#contacts.get(key);
    if (!contact) {
      contact = common(this.#standing.sound(speaker, hearer), this.#standing.up(speaker));
      this.#contacts.set(key, contact);
    }
    return contact;
  }
}
