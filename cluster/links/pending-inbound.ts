/**
 * Connections that have come in and have not yet shown that they know the secret. There is room for a few; when it is
 * full the oldest is cut, never the newest refused: a peer is through in milliseconds, and whoever only holds sockets open
 * keeps nobody out.
 */

export interface Pending {
  abort(cause: Error): void;
}

export class PendingInbound<Connection extends Pending> {
  readonly #most: number;
  /** In the order they came. */
  readonly #pending = new Set<Connection>();
  #refused = 0;

  constructor({ most }: { most: number }) {
    this.#most = most;
  }

  /** Those that never got through. */
  get refused(): number {
    return this.#refused;
  }

  came(connection: Connection): void {
    const [oldest] = this.#pending;
    if (oldest && this.#pending.size >= this.#most) {
      this.closed(oldest);
      oldest.abort(new Error('others wait to come in'));
    }
    this.#pending.add(connection);
  }

  gotThrough(connection: Connection): void {
    this.#pending.delete(connection);
  }

  /** Also called for those that got through before. */
  closed(connection: Connection): void {
    if (this.#pending.delete(connection)) this.#refused += 1;
  }
}
