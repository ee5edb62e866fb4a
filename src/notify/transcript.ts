/** What was said and answered during one attempt, for whoever tries a receiver out. Bounded in lines and in their length. */
import { stripUnprintable } from '../model/printable-text.ts';

const MOST_LINES = 200;
const LONGEST_LINE = 400;

export class Transcript {
  readonly #lines: string[] = [];
  #isClosed = false;

  /** A line that comes after the attempt was given up is not taken. */
  readonly add = (text: string): void => {
    if (this.#isClosed || this.#lines.length > MOST_LINES) return;
    if (this.#lines.length === MOST_LINES) {
      this.#lines.push('* and so on');
      return;
    }
    const line = stripUnprintable(text.slice(0, LONGEST_LINE).toWellFormed());
    this.#lines.push(text.length > LONGEST_LINE ? `${line}…` : line);
  };

  close(): readonly string[] {
    this.#isClosed = true;
    return this.#lines;
  }
}
