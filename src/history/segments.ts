/**
 * The record in stretches: of each the shelf has a summary, so that a node knows after a start what it keeps without reading
 * it, and forgets the oldest whole. Pure but for what it remembers.
 */
import { z } from 'zod';

export interface Segment {
  /** The number of its first record. */
  readonly first: number;
  records: number;
  bytes: number;
  /** Of its events, by the cluster's clock. */
  fromMs: number;
  toMs: number;
}

const summary = z.object({
  first: z.int().min(0),
  records: z.int().min(0),
  bytes: z.int().min(0),
  fromMs: z.number(),
  toMs: z.number(),
});

export interface SegmentLimits {
  readonly retentionMs: number;
  readonly maxBytes: number;
}

/** So many stretches make up the whole; forgetting goes by these. */
const PARTS = 32;
const DIGITS = 12;

export const SEGMENT_PREFIX = 's/';

export function recordKey(number: number): string {
  return `r/${String(number).padStart(DIGITS, '0')}`;
}

export function segmentKey({ first }: Pick<Segment, 'first'>): string {
  return `${SEGMENT_PREFIX}${String(first).padStart(DIGITS, '0')}`;
}

export class Segments {
  readonly #limits: SegmentLimits;
  /** The oldest first. */
  readonly #segments: Segment[];

  /** @throws if the summaries cannot be understood */
  constructor(limits: SegmentLimits, texts: readonly string[] = []) {
    this.#limits = limits;
    this.#segments = texts.map((text) => summary.parse(JSON.parse(text))).sort((a, b) => a.first - b.first);
  }

  /** The newest first. */
  newestFirst(): readonly Segment[] {
    return this.#segments.toReversed();
  }

  /** Of the oldest event; undefined if there is none. */
  get keptSinceMs(): number | undefined {
    return this.#segments[0]?.fromMs;
  }

  /** Of all records together. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Counts a record in and gives its number and its segment. */
  add(record: { readonly bytes: number; readonly fromMs: number; readonly toMs: number }): {
    readonly number: number;
    readonly segment: Segment;
  } {
    const { bytes, fromMs, toMs } = record;
    let segment = this.#segments.at(-1);
    const next = segment ? segment.first + segment.records : 0;
    if (!segment || this.#isFull(segment, toMs)) {
      segment = { first: next, records: 0, bytes: 0, fromMs, toMs };
      this.#segments.push(segment);
    }
    segment.records += 1;
    segment.bytes += bytes;
    segment.fromMs = Math.min(segment.fromMs, fromMs);
    segment.toMs = Math.max(segment.toMs, toMs);
    return { number: next, segment };
  }

  /** Takes out what there is no room for, the oldest first, never the newest. */
  takeBeyondSize(): readonly Segment[] {
    const gone: Segment[] = [];
    let { bytes } = this;
    while (bytes > this.#limits.maxBytes && this.#segments.length > 1) {
      const oldest = this.#segments.shift();
      if (!oldest) break;
      bytes -= oldest.bytes;
      gone.push(oldest);
    }
    return gone;
  }

  /** Takes out the oldest if it is too old. One at a time: a clock that is set wrong for a moment must not take all. */
  takeTooOld(wallMs: number): Segment | undefined {
    const [oldest] = this.#segments;
    return oldest && oldest.toMs + this.#limits.retentionMs < wallMs ? this.#segments.shift() : undefined;
  }

  #isFull({ bytes, fromMs }: Segment, nowMs: number): boolean {
    return bytes >= this.#limits.maxBytes / PARTS || nowMs - fromMs >= this.#limits.retentionMs / PARTS;
  }
}
