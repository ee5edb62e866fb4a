/**
 * Which node a connection of a stand-in comes from: each node tells the ports from which it connects to anything (see
 * tell-ports.ts), since nothing in a message on a phone or in a mail names its sender.
 */

export class ConnectionPorts {
  /** A port that is used again belongs to its last user; there are no more than 65 535. */
  readonly #numbers = new Map<number, number>();

  add(port: number, number: number): void {
    this.#numbers.set(port, number);
  }

  /** The node's number; undefined if it was none of ours, or has not told yet. */
  nodeOf(port: number | undefined): number | undefined {
    return port === undefined ? undefined : this.#numbers.get(port);
  }
}
