/** What happened in a world, in order: read as a trace by people, and as events by the promises. */
import { eventText, type Happening, type WorldEvent } from './world-event.ts';

type Entry = { readonly event: WorldEvent } | { readonly remark: string };

export class History {
  readonly #nowMs: () => number;
  readonly #entries: Entry[] = [];

  /** @param nowMs since the world began */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(happening: Happening): void {
    this.#entries.push({ event: { ...happening, atMs: this.#nowMs() } });
  }

  /** A line of the trace that proves nothing: what the world was made of, what a node logged. */
  remark(text: string): void {
    this.#entries.push({ remark: `${this.#nowMs().toFixed(3).padStart(12)} ${text}` });
  }

  get events(): readonly WorldEvent[] {
    return this.#entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
  }

  /** One line an event; the same world gives the same text, byte for byte. */
  text(): string {
    return this.#entries.map((entry) => `${'event' in entry ? eventText(entry.event) : entry.remark}\n`).join('');
  }
}
