/**
 * How much one rendering may cost. Rendering is synchronous: a template that loops, recurses or doubles a text, by
 * accident or through a hostile label, must end with an error within a second or two.
 */
import { ValueError } from './template-error.ts';

/** UTF-16 units, of the output and of every text made on the way. Far above what any channel takes. */
export const MAX_TEXT_LENGTH = 1024 * 1024;

/**
 * One step is one statement or one turn of a loop, some 200 ns; calls cost more, by what they touch. All of it takes less
 * than a second, with the dearest functions two. Ten thousand alerts at fifty actions each still fit.
 */
const MAX_STEPS = 2_000_000;

/**
 * Blocks, parentheses and template calls inside one another. Go allows 100 000 template calls on its growing stacks; Node's
 * default stack overflows at some 630 levels, and whoever renders needs a part of it, too.
 */
const MAX_DEPTH = 300;

export class Budget {
  #stepsLeft = MAX_STEPS;
  #depth = 0;

  /** Throws {@link ValueError} when used up. */
  spend(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) {
      throw new ValueError(`rendering takes more than ${MAX_STEPS} steps; make its loops shorter`);
    }
  }

  /** Runs `body` one level deeper. Throws {@link ValueError} beyond the deepest. */
  nested<T>(body: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      throw new ValueError(`exceeded maximum template depth (${MAX_DEPTH}); does a template call itself?`);
    }
    this.#depth++;
    try {
      return body();
    } finally {
      this.#depth--;
    }
  }
}

/** A text put together piece by piece that never outgrows {@link MAX_TEXT_LENGTH}. */
export class TextBuilder {
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** Throws {@link ValueError} instead of growing too long. */
  append(piece: string): void {
    if (this.#text.length + piece.length > MAX_TEXT_LENGTH) {
      throw new ValueError(
        `the text grows longer than ${MAX_TEXT_LENGTH} characters; show fewer alerts or less of each`,
      );
    }
    this.#text += piece;
  }
}
