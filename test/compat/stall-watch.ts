/**
 * Watches whether this machine keeps up: how late this process's own timers are, and how long the servers under test take to
 * answer the simplest question. A timed story that fails without such a stall has no excuse.
 */
import type { RealServer } from '../support/real-servers.ts';

const BEAT_MS = 25;
/** How much later than asked, or slower than at once, is a stall. Half of what a message may be late. */
const STALL_MS = 100;

export interface Stall {
  readonly where: string;
  readonly atMs: number;
  readonly lengthMs: number;
}

export class StallWatch implements Disposable {
  readonly stalls: Stall[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #asking = new Set<RealServer>();
  #lastBeatMs: number = performance.now();

  constructor(servers: Readonly<Record<string, RealServer>>) {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#note('the test', nowMs - this.#lastBeatMs - BEAT_MS);
      this.#lastBeatMs = nowMs;
      for (const [name, server] of Object.entries(servers)) void this.#ask(name, server);
    }, BEAT_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  get summary(): string {
    const shown = this.stalls.map(({ where, lengthMs }) => `${where} ${Math.round(lengthMs)} ms`);
    return shown.length === 0 ? 'no stall was noticed' : `stalls: ${shown.join(', ')}`;
  }

  async #ask(name: string, server: RealServer): Promise<void> {
    if (this.#asking.has(server)) return;
    this.#asking.add(server);
    const askedMs = performance.now();
    try {
      await (await fetch(`${server.url}/-/healthy`)).text();
      this.#note(name, performance.now() - askedMs);
    } catch {
      // The server ends; whoever needs it will say so.
    } finally {
      this.#asking.delete(server);
    }
  }

  #note(where: string, lengthMs: number): void {
    if (lengthMs >= STALL_MS) this.stalls.push({ where, atMs: Date.now(), lengthMs });
  }
}
