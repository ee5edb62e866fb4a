/**
 * Messages on a stream: four bytes of length, most significant first, then the message. A reader holds at most one
 * message of the largest size, and throws as soon as a length says that there is more to come.
 */

export const FRAME_HEADER_BYTES = 4;

/** The other end does not keep to the protocol. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function frame(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + message.length);
  new DataView(bytes.buffer).setUint32(0, message.length);
  bytes.set(message, FRAME_HEADER_BYTES);
  return bytes;
}

export class FrameReader {
  readonly #largestBytes: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #message: Uint8Array | undefined;
  #messageBytes = 0;

  constructor({ largestBytes }: { largestBytes: number }) {
    this.#largestBytes = largestBytes;
  }

  /** Whether a message has begun and is not complete. */
  get isWithinFrame(): boolean {
    return this.#headerBytes > 0;
  }

  /**
   * Gives the messages that these bytes complete.
   * @throws FrameError above the largest message
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (offset < bytes.length) {
      offset += this.#message === undefined ? this.#takeHeader(bytes, offset) : this.#takeMessage(bytes, offset);
      if (this.#message !== undefined && this.#messageBytes === this.#message.length) {
        messages.push(this.#message);
        this.#message = undefined;
        this.#headerBytes = 0;
      }
    }
    return messages;
  }

  #takeHeader(bytes: Uint8Array, offset: number): number {
    const part = bytes.subarray(offset, offset + FRAME_HEADER_BYTES - this.#headerBytes);
    this.#header.set(part, this.#headerBytes);
    this.#headerBytes += part.length;
    if (this.#headerBytes === FRAME_HEADER_BYTES) {
      const length = new DataView(this.#header.buffer).getUint32(0);
      if (length > this.#largestBytes) throw new FrameError(`a message of ${length} bytes is too large`);
      this.#message = new Uint8Array(length);
      this.#messageBytes = 0;
    }
    return part.length;
  }

  #takeMessage(bytes: Uint8Array, offset: number): number {
    const message = this.#message as Uint8Array;
    const part = bytes.subarray(offset, offset + message.length - this.#messageBytes);
    message.set(part, this.#messageBytes);
    this.#messageBytes += part.length;
    return part.length;
  }
}
