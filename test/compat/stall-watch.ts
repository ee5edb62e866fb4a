/**
 * Watches whether this machine keeps up: how late this process's own timers are, and how long the servers under test take to
 * answer the simplest question. A timed story that fails without such a stall has no excuse.
 */
import type { RealServer } from '../support/real-servers.ts';

const BEAT_MS = 50;
/** How much later than asked, or slower than at once, is a stall. */
const STALL_MS = 50;

export interface Stall {
  /** A server's name, or {@link HERE}. */
  readonly where: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const HERE = 'the test';

export class StallWatch implements Disposable {
  readonly stalls: Stall[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #asking = new Set<RealServer>();
  #lastBeatMs = Date.now();

  constructor(servers: Readonly<Record<string, RealServer>>) {
    this.#timer = setInterval(() => {
      this.#note(HERE, this.#lastBeatMs + BEAT_MS);
      this.#lastBeatMs = Date.now();
      for (const [name, server] of Object.entries(servers)) void this.#ask(name, server);
    }, BEAT_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  get summary(): string {
    const shown = this.stalls.map(({ where, fromMs, toMs }) => `${where} ${toMs - fromMs} ms`);
    return shown.length === 0 ? 'no stall was noticed' : `stalls: ${shown.join(', ')}`;
  }

  /** How long the server, or the test that listens to it, stood still between two instants of the wall clock. */
  stalledMs(server: string, fromMs: number, toMs: number): number {
    return this.stalls
      .filter(({ where }) => where === server || where === HERE)
      .reduce((sum, stall) => sum + Math.max(0, Math.min(stall.toMs, toMs) - Math.max(stall.fromMs, fromMs)), 0);
  }

  async #ask(name: string, server: RealServer): Promise<void> {
    if (this.#asking.has(server)) return;
    this.#asking.add(server);
    const askedMs = Date.now();
    try {
      await (await fetch(`${server.url}/-/healthy`)).text();
      this.#note(name, askedMs);
    } catch {
      // The server ends; whoever needs it will say so.
    } finally {
      this.#asking.delete(server);
    }
  }

  #note(where: string, fromMs: number): void {
    const toMs = Date.now();
    if (toMs - fromMs >= STALL_MS) this.stalls.push({ where, fromMs, toMs });
  }
}
