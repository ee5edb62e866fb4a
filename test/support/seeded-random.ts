/** A small, fast, seeded generator (sfc32), so that a run can be replayed from its seed. Not for secrets. */

export class SeededRandom {
  readonly #state: Uint32Array<ArrayBuffer>;

  constructor(seed: number) {
    // 64 bits of the seed's own double representation, so that fractions and large seeds differ too.
    const [low = 0, high = 0] = new Uint32Array(new Float64Array([seed]).buffer);
    this.#state = new Uint32Array([low, high, 0x9e3779b9, 1]);
    // The generator's author asks for a dozen rounds before the state of close seeds has come apart.
    for (let round = 0; round < 15; round += 1) this.uint32();
  }

  uint32(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const result = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    state[3] = counter + 1;
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  fraction(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** Of the shape of RFC 9562 version 4. */
  uuid(): string {
    const hex = [0, 1, 2, 3].map(() => this.uint32().toString(16).padStart(8, '0')).join('');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
