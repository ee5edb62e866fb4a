/** The last messages of one column of the inbox: bounded in number and bytes, the oldest go first. */

export interface RecentLimits {
  readonly most: number;
  /** Of all messages together, as `bytesOf` counts them. The newest is kept even if it alone is larger. */
  readonly mostBytes: number;
}

export class RecentMessages<Message extends { readonly id: number }> {
  readonly #limits: RecentLimits;
  readonly #bytesOf: (message: Message) => number;
  #messages: readonly Message[] = [];
  #bytes = 0;

  constructor(bytesOf: (message: Message) => number, limits: RecentLimits) {
    this.#bytesOf = bytesOf;
    this.#limits = limits;
  }

  /** Oldest first. The array is never changed. */
  get all(): readonly Message[] {
    return this.#messages;
  }

  add(message: Message): void {
    const { most, mostBytes } = this.#limits;
    const messages = [...this.#messages, message];
    this.#bytes += this.#bytesOf(message);
    let dropped = 0;
    for (const oldest of messages) {
      const isWithin = messages.length - dropped <= most && this.#bytes <= mostBytes;
      if (isWithin || oldest === message) break;
      this.#bytes -= this.#bytesOf(oldest);
      dropped += 1;
    }
    this.#messages = messages.slice(dropped);
  }

  find(id: number): Message | undefined {
    return this.#messages.find((message) => message.id === id);
  }
}
