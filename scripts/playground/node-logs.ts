/**
 * The logs of the three nodes on one terminal, each line with its node's name. Held back until told: of nodes
 * that cannot start, mostly all for the same reason, one says why.
 */

/** Of all nodes together; a node that says more before it is ready is in trouble, and its last words count. */
const MOST_HELD_LINES = 2_000;

export class NodeLogs {
  readonly #write: (text: string) => void;
  #held: { readonly number: number; readonly line: string }[] | undefined = [];
  #only: number | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(number: number, line: string): void {
    if (!this.#held) this.#show(number, line);
    else {
      this.#held.push({ number, line });
      if (this.#held.length > MOST_HELD_LINES) this.#held.shift();
    }
  }

  /** Shows what is held, and from now on each line as it comes; with `only` those of this node. */
  release({ only }: { readonly only?: number } = {}): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#only = only;
    for (const { number, line } of held) this.#show(number, line);
  }

  #show(number: number, line: string): void {
    if (this.#only === undefined || this.#only === number) this.#write(`node-${number} | ${line}\n`);
  }
}
