/** The record of one node as it is gone through, the latest event first: what was read ahead, and where to read on. */
import type { HistoryPage, PlacedEvent, Position } from './history-reader.ts';

export interface HistoryMember {
  readonly node: string;
  readonly name: string;
  readonly isSelf: boolean;
  /** Why it cannot be asked; '' if it can. */
  readonly whyNot: string;
}

export type FetchPage = (before: Position | undefined) => Promise<HistoryPage>;

export class NodeRecord {
  readonly member: HistoryMember;
  readonly #fetch: FetchPage;
  #ahead: PlacedEvent[] = [];
  /** What comes after what was read ahead; null: nothing does. */
  #next: Position | undefined | null;
  #before: Position | undefined | null;
  #missing: string;

  /** @param from null: it is at its end */
  constructor(member: HistoryMember, { from, fetch }: { from: Position | undefined | null; fetch: FetchPage }) {
    this.member = member;
    this.#fetch = fetch;
    this.#next = from;
    this.#before = from;
    this.#missing = member.whyNot;
  }

  /** Why nothing more comes from it; '' if it answers. */
  get missing(): string {
    return this.#missing;
  }

  /** Where to go on; null at its end, undefined if nothing was taken from it yet. */
  get position(): Position | undefined | null {
    return this.#before;
  }

  get head(): PlacedEvent | undefined {
    return this.#ahead[0];
  }

  get isOver(): boolean {
    return this.#missing !== '' || (this.head === undefined && this.#next === null);
  }

  /** It may have more, but what comes next is not read yet. */
  get isWanting(): boolean {
    return !this.isOver && this.head === undefined;
  }

  take(): void {
    const taken = this.#ahead.shift();
    if (taken) this.#before = this.#ahead.length === 0 ? this.#next : taken.position;
  }

  /** Reads ahead. Never rejects: a node that does not answer is missing. */
  async read(): Promise<void> {
    if (!this.isWanting || this.#next === null) return;
    try {
      const page = await this.#fetch(this.#next);
      this.#ahead = [...page.events];
      this.#next = page.next ?? null;
      if (this.#ahead.length === 0) this.#before = this.#next;
    } catch (cause) {
      this.#missing = reasonOf(cause);
    }
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'DeadlineError') return 'it did not answer in time';
  return `it did not answer: ${cause instanceof Error ? cause.message : String(cause)}`.slice(0, 200);
}
