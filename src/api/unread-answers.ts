/**
 * Bounds what large answers take that were made and are not read yet. Beyond the bound the oldest is cut off: whoever asks
 * for all alerts over many connections and reads none of it must not fill the memory.
 */
import type { ServerResponse } from 'node:http';

/** Several times the answer with a hundred thousand alerts. */
const MOST_BYTES = 256 * 2 ** 20;
/** Smaller ones are not worth a look; the number of connections bounds them. */
const LEAST_BYTES = 64 * 2 ** 10;

export class UnreadAnswers {
  readonly #mostBytes: number;
  readonly #onCut: () => void;
  /** In the order they were made. */
  readonly #bytes = new Map<ServerResponse, number>();
  #total = 0;

  constructor({ onCut, mostBytes = MOST_BYTES }: { onCut: () => void; mostBytes?: number }) {
    this.#onCut = onCut;
    this.#mostBytes = mostBytes;
  }

  /** The newest is never cut, however large. */
  add(answer: ServerResponse, bytes: number): void {
    if (bytes < LEAST_BYTES || answer.destroyed) return;
    for (const [oldest] of this.#bytes) {
      if (this.#total + bytes <= this.#mostBytes) break;
      this.#onCut();
      this.#forget(oldest);
      oldest.destroy();
    }
    this.#bytes.set(answer, bytes);
    this.#total += bytes;
    answer.once('close', () => this.#forget(answer));
  }

  #forget(answer: ServerResponse): void {
    this.#total -= this.#bytes.get(answer) ?? 0;
    this.#bytes.delete(answer);
  }
}
