/**
 * Reads this node's record, the latest first, a page at a time. It stands aside often and never reads longer than it may: a
 * page can be short, or empty, and still say where to go on.
 */
import type { HistoryQuery } from '../model/history-query.ts';
import type { HappenedEvent } from '../shapes/events.ts';
import type { System } from '../system.ts';
import { eventMatch, isOfKind } from './event-match.ts';
import type { HistoryRecorder, RecordHead } from './history-recorder.ts';
import type { Pace } from './pace.ts';
import { recordKey } from './segments.ts';

/** Of an event in a node's record, as text; what is before it is older. */
export type Position = string;

export interface PlacedEvent {
  readonly position: Position;
  readonly event: HappenedEvent;
}

export interface HistoryPage {
  /** The latest first. */
  readonly events: readonly PlacedEvent[];
  /** Undefined at the end. */
  readonly next: Position | undefined;
  /** Of the oldest event that is kept, by the cluster's clock; undefined if nothing is. */
  readonly keptSinceMs: number | undefined;
}

export interface PageOptions {
  readonly before: Position | undefined;
  readonly limit: number;
  /** Of all events together. */
  readonly mostBytes: number;
  readonly pace: Pace;
}

export interface HistoryReaderDependencies {
  readonly system: System;
  /** By the cluster's clock. */
  readonly wallMs: () => number;
  readonly recorder: HistoryRecorder;
}

interface ReadRecord {
  readonly number: number;
  readonly head: RecordHead;
  readonly body: string;
}

/** Records read at a time: some hundred kilobytes mostly, four megabytes at most. */
const READ_AT_ONCE = 128;
/** A node that has just started opens its store; a peer that asks waits a little longer. */
const LONGEST_OPENING_MS = 1_000;
/** What was noted last is shown if the disk takes it so fast. */
const LONGEST_FLUSH_MS = 300;
/** A disk that hangs makes this node's part missing; it holds up nobody who asks. Peers wait little longer than both. */
const LONGEST_DISK_READ_MS = 1_500;
/** A page that finds nothing says so after this. */
const LONGEST_READ_MS = 1_000;
/** A look through all for a chart, while a peer waits. */
const LONGEST_LOOK_MS = 1_500;

export class HistoryReader {
  readonly #dependencies: HistoryReaderDependencies;
  readonly #retentionMs: number;

  constructor(dependencies: HistoryReaderDependencies, { retentionMs }: { retentionMs: number }) {
    this.#dependencies = dependencies;
    this.#retentionMs = retentionMs;
  }

  /** Rejects if the record cannot be read now, or as the pace does. */
  async page(query: HistoryQuery, { before, limit, mostBytes, pace }: PageOptions): Promise<HistoryPage> {
    const from = before === undefined ? undefined : placeBefore(before);
    const matches = eventMatch(query);
    const kinds = new Set(query.kinds);
    const events: PlacedEvent[] = [];
    let bytes = 0;
    const endMs = this.#dependencies.system.now().monotonicMs + LONGEST_READ_MS;
    let looked = 0;
    for await (const record of this.#records(query, from, pace)) {
      const { number, head } = record;
      // At least one is looked at, however slow the disk is: each page comes further than the one before.
      if (looked++ > 0 && this.#dependencies.system.now().monotonicMs >= endMs)
        return this.#page(events, `${number + 1}.0`);
      if (!head.kinds.some((kind) => isOfKind(kind, kinds))) continue;
      const all = eventsOf(record);
      for (
        let index = from?.record === number ? Math.min(from.index, all.length) - 1 : all.length - 1;
        index >= 0;
        index--
      ) {
        if (pace.isDue(8)) await pace.pause();
        const event = all[index];
        const atMs = Date.parse(event?.at ?? '');
        if (!event || !this.#isKept(atMs) || !matches(event, atMs)) continue;
        const size = Buffer.byteLength(JSON.stringify(event));
        if (events.length > 0 && bytes + size > mostBytes) return this.#page(events, events.at(-1)?.position);
        bytes += size;
        events.push({ position: `${number}.${index}`, event });
        if (events.length >= limit) return this.#page(events, events.at(-1)?.position);
      }
    }
    return this.#page(events, undefined);
  }

  /**
   * Calls with each record within the query's time, the latest first. Resolves with whether there was time for all.
   * Rejects as {@link page} does.
   */
  async eachRecord(
    query: HistoryQuery,
    { pace, onRecord }: { pace: Pace; onRecord: (head: RecordHead, events: () => readonly HappenedEvent[]) => void },
  ): Promise<boolean> {
    const endMs = this.#dependencies.system.now().monotonicMs + LONGEST_LOOK_MS;
    for await (const record of this.#records(query, undefined, pace)) {
      if (this.#dependencies.system.now().monotonicMs >= endMs) return false;
      if (this.#isKept(record.head.toMs)) onRecord(record.head, () => eventsOf(record));
    }
    return true;
  }

  #page(events: readonly PlacedEvent[], next: Position | undefined): HistoryPage {
    return { events, next, keptSinceMs: this.keptSinceMs };
  }

  get keptSinceMs(): number | undefined {
    const sinceMs = this.#dependencies.recorder.kept?.segments.keptSinceMs;
    return sinceMs === undefined ? undefined : Math.max(sinceMs, this.#dependencies.wallMs() - this.#retentionMs);
  }

  #isKept(atMs: number): boolean {
    return atMs >= this.#dependencies.wallMs() - this.#retentionMs;
  }

  async #inTime<Value>(read: Promise<Value>): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const timer = this.#dependencies.system.setTimer(LONGEST_DISK_READ_MS, () =>
      late.reject(new Error('its disk does not answer')),
    );
    try {
      return await Promise.race([read, late.promise]);
    } finally {
      timer.cancel();
    }
  }

  /** Those that may hold something of the query, the newest first. */
  async *#records(query: HistoryQuery, from: Place | undefined, pace: Pace): AsyncGenerator<ReadRecord> {
    const { recorder } = this.#dependencies;
    await recorder.opened(LONGEST_OPENING_MS);
    await recorder.flushed(LONGEST_FLUSH_MS);
    const { kept } = recorder;
    if (!kept) throw new Error('the history of this node is not open yet');
    for (const segment of kept.segments.newestFirst()) {
      if (!mayHold(segment, query)) continue;
      const newest = Math.min(
        segment.first + segment.records - 1,
        from === undefined ? Number.POSITIVE_INFINITY : from.record,
      );
      for (let last = newest; last >= segment.first; last -= READ_AT_ONCE) {
        const first = Math.max(segment.first, last - READ_AT_ONCE + 1);
        const numbers = Array.from({ length: last - first + 1 }, (_, index) => last - index);
        const texts = await this.#inTime(kept.shelf.read(numbers.map(recordKey)));
        for (const [index, number] of numbers.entries()) {
          if (pace.isDue()) await pace.pause();
          const record = recordOf(number, texts[index]);
          if (record && mayHold(record.head, query)) yield record;
        }
      }
    }
  }
}

interface Place {
  readonly record: number;
  readonly index: number;
}

/** Where to look for what is before a position: nothing in a record is before its first event. */
function placeBefore(position: Position): Place {
  const { record, index } = readPosition(position);
  return index > 0 ? { record, index } : { record: record - 1, index: Number.POSITIVE_INFINITY };
}

/** Negative if `a` is older. */
export function comparePositions(a: Position, b: Position): number {
  const [older, newer] = [readPosition(a), readPosition(b)];
  return older.record - newer.record || older.index - newer.index;
}

/** @throws RangeError if it is no position */
export function readPosition(text: Position): Place {
  const match = /^(\d{1,15})\.(\d{1,9})$/.exec(text);
  if (!match) throw new RangeError('no position in a history');
  return { record: Number(match[1]), index: Number(match[2]) };
}

function mayHold({ fromMs, toMs }: { fromMs: number; toMs: number }, query: HistoryQuery): boolean {
  return toMs >= (query.fromMs ?? Number.NEGATIVE_INFINITY) && fromMs <= (query.toMs ?? Number.POSITIVE_INFINITY);
}

/** Undefined if nothing that can be read stands there. */
function recordOf(number: number, text: string | undefined): ReadRecord | undefined {
  const end = text?.indexOf('\n') ?? -1;
  if (text === undefined || end < 0) return undefined;
  try {
    return { number, head: JSON.parse(text.slice(0, end)), body: text.slice(end + 1) };
  } catch {
    return undefined;
  }
}

function eventsOf({ body }: ReadRecord): readonly HappenedEvent[] {
  try {
    return JSON.parse(body);
  } catch {
    return [];
  }
}
