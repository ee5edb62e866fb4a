/**
 * How many connections there may be, together and from one client, and no longer than they move: a flood from one place
 * leaves room for checkers, and who never reads what was answered is shown out.
 */
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { System, Timer } from '../system.ts';
import { clientOf } from '../web-config/client-address.ts';

export interface ConnectionLimits {
  /** On all listen addresses together. */
  readonly mostConnections: number;
  /** From one IPv4 address or one /64 of IPv6; a proxy in front is one client. */
  readonly mostConnectionsPerClient: number;
  /** A client that has taken nothing of what waits for it for so long does not read. */
  readonly stalledAfterMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  mostConnections: 2048,
  mostConnectionsPerClient: 512,
  stalledAfterMs: 30_000,
};

/** So often a stall is looked for, within the time it may last. */
const LOOKS_PER_STALL = 3;

interface Waiting {
  /** Bytes not yet taken, when last they became fewer. */
  readonly bytes: number;
  readonly sinceMs: number;
}

export class ConnectionGate {
  readonly #dependencies: { readonly system: System; readonly logger: Logger; readonly metrics: Metrics };
  readonly #limits: ConnectionLimits;
  readonly #open = new Set<Socket>();
  readonly #perClient = new Map<string, number>();
  readonly #watched = new Map<Socket, Waiting | undefined>();
  #timer: Timer | undefined;
  #isTurningAway = false;

  constructor(dependencies: { system: System; logger: Logger; metrics: Metrics }, limits: ConnectionLimits) {
    this.#dependencies = dependencies;
    this.#limits = limits;
    this.#armLook();
  }

  /**
   * False: it was one too many, and is closed. At once rather than left in the queue: a checker that is refused goes on
   * to the next node, one that hangs waits for its timeout.
   */
  admit(socket: Socket): boolean {
    const client = clientOf(socket.remoteAddress);
    const fromClient = this.#perClient.get(client) ?? 0;
    const reason =
      this.#open.size >= this.#limits.mostConnections
        ? 'node'
        : fromClient >= this.#limits.mostConnectionsPerClient
          ? 'client'
          : undefined;
    if (reason !== undefined) {
      this.#turnAway(socket, reason, client);
      return false;
    }
    this.#open.add(socket);
    this.#perClient.set(client, fromClient + 1);
    this.#dependencies.metrics.httpConnections.set(this.#open.size);
    socket.once('close', () => this.#leave(socket, client));
    return true;
  }

  /** `socket` is what answers go through: the one admitted, or TLS on top of it. */
  watch(socket: Socket): void {
    this.#watched.set(socket, undefined);
    socket.once('close', () => this.#watched.delete(socket));
  }

  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #leave(socket: Socket, client: string): void {
    this.#open.delete(socket);
    const left = (this.#perClient.get(client) ?? 1) - 1;
    if (left === 0) this.#perClient.delete(client);
    else this.#perClient.set(client, left);
    this.#dependencies.metrics.httpConnections.set(this.#open.size);
    this.#isTurningAway = false;
  }

  #turnAway(socket: Socket, reason: 'node' | 'client', client: string): void {
    socket.destroy();
    const { metrics, logger } = this.#dependencies;
    metrics.httpConnectionsRefusedTotal.inc({ reason });
    // Once until somebody leaves: a flood must not flood the log.
    if (this.#isTurningAway) return;
    this.#isTurningAway = true;
    logger.warn({ client, reason, open: this.#open.size }, 'Too many connections; further ones are closed');
  }

  #armLook(): void {
    this.#timer = this.#dependencies.system.setTimer(this.#limits.stalledAfterMs / LOOKS_PER_STALL, () => {
      this.#closeStalled();
      this.#armLook();
    });
  }

  #closeStalled(): void {
    const nowMs = this.#dependencies.system.now().monotonicMs;
    for (const [socket, before] of this.#watched) {
      // In Node's own buffers; what the kernel holds for the client is not counted, and goes while it reads.
      const bytes = socket.writableLength;
      if (bytes === 0) this.#watched.set(socket, undefined);
      else if (before === undefined || bytes !== before.bytes) this.#watched.set(socket, { bytes, sinceMs: nowMs });
      else if (nowMs - before.sinceMs >= this.#limits.stalledAfterMs) {
        this.#dependencies.metrics.httpConnectionsRefusedTotal.inc({ reason: 'stalled' });
        socket.destroy();
      }
    }
  }
}
