/**
 * Keeps events: gathers them off everybody's way, writes them in batches, and forgets the oldest. What waits is bounded; what
 * is beyond the bound is counted as a gap. A disk that is slow, full or broken costs history and nothing else.
 */
import type { Logger } from 'pino';
import type { HappenedEvent } from '../shapes/events.ts';
import type { System, Timer } from '../system.ts';
import { EventBudget } from './event-budget.ts';
import type { EventTaker } from './event-hub.ts';
import { recordKey, type Segment, type Segments, segmentKey } from './segments.ts';
import type { Shelf } from './shelf.ts';

export interface HistoryRecorderDependencies {
  readonly system: System;
  readonly logger: Logger;
  /** By the cluster's clock. */
  readonly wallMs: () => number;
}

/** After kill -9 the last half second is missing. */
const WRITE_AFTER_MS = 500;
const FORGET_EVERY_MS = 600_000;
const MOST_WAITING = 8_192;
const MOST_WAITING_CHARACTERS = 8 * 2 ** 20;
const LARGEST_RECORD_CHARACTERS = 32 * 2 ** 10;

interface Waiting {
  readonly text: string;
  readonly event: HappenedEvent;
  readonly atMs: number;
}

/** What stands in front of a record's events, so that whoever looks for others need not read them. */
export interface RecordHead {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kinds: readonly string[];
  /** Of its last count: urgent, important, interesting, other. */
  readonly firing?: readonly [number, number, number, number];
  /** Attempts to tell: those that arrived, and all others. */
  readonly sent?: number;
  readonly failed?: number;
}

export class HistoryRecorder implements EventTaker {
  readonly budget = new EventBudget({ countless: 1_000, others: 1_000 });
  readonly gapMessage = 'too many at once to be kept one by one';
  readonly #dependencies: HistoryRecorderDependencies;
  #waiting: Waiting[] = [];
  #waitingCharacters = 0;
  #kept: { readonly shelf: Shelf; readonly segments: Segments } | undefined;
  readonly #opened = Promise.withResolvers<void>();
  #timer: Timer | undefined;
  #forgetTimer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #isStopped = false;

  constructor(dependencies: HistoryRecorderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Once the shelf is open; until then events wait. */
  useShelf(shelf: Shelf, segments: Segments): void {
    this.#kept = { shelf, segments };
    this.#opened.resolve();
    this.#armForget();
    if (this.#waiting.length > 0) this.#arm();
  }

  /** Undefined until the shelf is open. */
  get kept(): { readonly shelf: Shelf; readonly segments: Segments } | undefined {
    return this.#kept;
  }

  take(event: HappenedEvent, text: string): void {
    if (this.#isStopped) return;
    if (this.#waiting.length >= MOST_WAITING || this.#waitingCharacters + text.length > MOST_WAITING_CHARACTERS) {
      this.budget.drop(event.kind === 'gap' ? event.events : 1);
      return;
    }
    this.#waiting.push({ text, event, atMs: Date.parse(event.at) });
    this.#waitingCharacters += text.length;
    this.#arm();
  }

  /** Resolves once the shelf is open, or after so long. */
  async opened(withinMs: number): Promise<void> {
    if (!this.#kept) await this.#within(withinMs, this.#opened.promise);
  }

  /** Resolves once all that was taken before is written or could not be, or after so long: a disk may hang. */
  async flushed(withinMs: number): Promise<void> {
    if (this.#kept?.shelf.isReady === false) return;
    await this.#within(withinMs, this.#flush());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#forgetTimer?.cancel();
    await this.#within(WRITE_AFTER_MS, this.#flush());
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#kept?.shelf.close();
  }

  async #within(ms: number, done: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#dependencies.system.setTimer(ms, late.resolve);
    await Promise.race([done, late.promise]);
    timer.cancel();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#waiting.length > 0) await this.#write();
  }

  #arm(): void {
    if (!this.#kept || this.#isStopped) return;
    this.#timer ??= this.#dependencies.system.setTimer(WRITE_AFTER_MS, () => {
      this.#timer = undefined;
      if (!this.#writing) void this.#write();
    });
  }

  /** One at a time. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#arm();
    });
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    const kept = this.#kept;
    // The disk tries again by itself what it could not write; until then nothing more is given to it.
    if (!kept?.shelf.isReady) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    const entries = new Map<string, string | undefined>();
    for (const batch of batchesOf(waiting)) {
      const head = headOf(batch);
      const text = `${JSON.stringify(head)}\n[${batch.map((event) => event.text).join(',')}]`;
      const { number, segment } = kept.segments.add({ ...head, bytes: Buffer.byteLength(text) });
      entries.set(recordKey(number), text);
      entries.set(segmentKey(segment), JSON.stringify(segment));
    }
    for (const segment of kept.segments.takeBeyondSize()) addRemoval(entries, segment);
    await kept.shelf.write(entries);
  }

  #armForget(): void {
    this.#forgetTimer = this.#dependencies.system.setTimer(FORGET_EVERY_MS, () => {
      void this.#forget().finally(() => {
        if (!this.#isStopped) this.#armForget();
      });
    });
  }

  async #forget(): Promise<void> {
    const kept = this.#kept;
    const old = kept?.segments.takeTooOld(this.#dependencies.wallMs());
    if (!kept || !old) return;
    const entries = new Map<string, string | undefined>();
    addRemoval(entries, old);
    await kept.shelf.write(entries);
    this.#dependencies.logger.debug({ records: old.records, bytes: old.bytes }, 'History forgets what is too old');
  }
}

function addRemoval(entries: Map<string, string | undefined>, segment: Segment): void {
  for (let number = segment.first; number < segment.first + segment.records; number++) {
    entries.set(recordKey(number), undefined);
  }
  entries.set(segmentKey(segment), undefined);
}

/** With what a chart needs: it would have to read everything otherwise. */
function headOf(batch: readonly Waiting[]): RecordHead {
  const times = batch.map(({ atMs }) => atMs);
  const events = batch.map(({ event }) => event);
  const told = events.filter((event) => event.kind === 'notification');
  const sent = told.filter(({ outcome }) => outcome === 'sent').length;
  const count = events.findLast((event) => event.kind === 'count');
  return {
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
    kinds: [...new Set(events.map(({ kind }) => kind))],
    ...(count && {
      firing: [count.firing.urgent, count.firing.important, count.firing.interesting, count.firing.other] as const,
    }),
    ...(told.length > 0 && { sent, failed: told.length - sent }),
  };
}

function* batchesOf(waiting: readonly Waiting[]): Iterable<readonly Waiting[]> {
  let batch: Waiting[] = [];
  let characters = 0;
  for (const event of waiting) {
    if (batch.length > 0 && characters + event.text.length > LARGEST_RECORD_CHARACTERS) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(event);
    characters += event.text.length;
  }
  if (batch.length > 0) yield batch;
}
