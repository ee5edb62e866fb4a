/** Text put together from very many pieces and handed out as bytes, without ever being one string. */

const CHUNK_LENGTH = 256 * 1024;

export class ChunkedText {
  readonly #chunks: Uint8Array[] = [];
  #open = '';

  append(piece: string): void {
    this.#open += piece;
    if (this.#open.length >= CHUNK_LENGTH) this.#close();
  }

  /** UTF-8. Nothing may be appended afterwards. */
  bytes(): readonly Uint8Array[] {
    this.#close();
    return this.#chunks;
  }

  #close(): void {
    this.#chunks.push(Buffer.from(this.#open));
    this.#open = '';
  }
}
