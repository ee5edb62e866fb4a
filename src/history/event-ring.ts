/** The last events, ready to be sent, so that whoever was cut off gets what it missed. Bounded by number and by bytes. */

const MOST_FRAMES = 4_096;
const MOST_BYTES = 8 * 2 ** 20;

interface Frame {
  readonly sequence: number;
  readonly text: string;
}

export class EventRing {
  readonly #mostFrames: number;
  readonly #mostBytes: number;
  /** In the order of their sequence; those before `#first` are gone. */
  #frames: Frame[] = [];
  #first = 0;
  #length = 0;
  #forgotten = 0;

  constructor({ mostFrames = MOST_FRAMES, mostBytes = MOST_BYTES }: { mostFrames?: number; mostBytes?: number } = {}) {
    this.#mostFrames = mostFrames;
    this.#mostBytes = mostBytes;
  }

  add(sequence: number, text: string): void {
    this.#frames.push({ sequence, text });
    this.#length += text.length;
    while (this.#frames.length - this.#first > this.#mostFrames || this.#length > this.#mostBytes) {
      const oldest = this.#frames[this.#first];
      if (!oldest) break;
      this.#first++;
      this.#length -= oldest.text.length;
      this.#forgotten = oldest.sequence;
    }
    if (this.#first < this.#mostFrames) return;
    this.#frames = this.#frames.slice(this.#first);
    this.#first = 0;
  }

  /** All that came after this sequence is still here, if it is at least this. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get newest(): number {
    return this.#frames.at(-1)?.sequence ?? this.#forgotten;
  }

  /** What came after `sequence`, the oldest first, until it is `characters` long; at least one if there is one. */
  after(sequence: number, characters: number): { readonly text: string; readonly sequence: number } {
    let text = '';
    let last = sequence;
    for (let index = this.#indexAfter(sequence); index < this.#frames.length; index++) {
      const frame = this.#frames[index];
      if (!frame || (text !== '' && text.length + frame.text.length > characters)) break;
      text += frame.text;
      last = frame.sequence;
    }
    return { text, sequence: last };
  }

  #indexAfter(sequence: number): number {
    let low = this.#first;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#frames[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
