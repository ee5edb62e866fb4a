/** Two ends of a stream in memory: what one sends the other reads at once; either end can be made to take no more. */
import type { ByteStream, StreamReader } from '../../cluster/links/byte-stream.ts';

export class ByteStreamEnd implements ByteStream {
  readonly #waiting: Uint8Array[] = [];
  #other: ByteStreamEnd | undefined;
  #reader: StreamReader | undefined;
  #hasEnded = false;
  #abortedWith: Error | undefined;
  /** False from `send` while it is set; nobody is ever drained. */
  isFull = false;

  static pair(): [ByteStreamEnd, ByteStreamEnd] {
    const [one, two] = [new ByteStreamEnd(), new ByteStreamEnd()];
    one.#other = two;
    two.#other = one;
    return [one, two];
  }

  get isAborted(): boolean {
    return this.#abortedWith !== undefined;
  }

  read(reader: StreamReader): void {
    this.#reader = reader;
    for (const bytes of this.#waiting.splice(0)) reader.onBytes(bytes);
  }

  send(bytes: Uint8Array): boolean {
    if (this.#abortedWith) throw this.#abortedWith;
    this.#other?.hear(bytes);
    return !this.isFull;
  }

  drained(signal: AbortSignal): Promise<void> {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  async end(): Promise<void> {
    this.#other?.finish();
  }

  abort(cause: Error): void {
    if (this.#abortedWith) return;
    this.#abortedWith = cause;
    this.finish(cause);
    this.#other?.abort(new Error('reset by the peer'));
  }

  private hear(bytes: Uint8Array): void {
    if (this.#reader) this.#reader.onBytes(bytes);
    else this.#waiting.push(bytes);
  }

  private finish(cause?: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (cause) this.#reader?.onEnd(cause);
    else this.#reader?.onEnd();
  }
}
