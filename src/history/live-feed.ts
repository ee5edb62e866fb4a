/**
 * Those who watch: every event as server-sent events to as many as there may be. Each has a place in the ring of the last
 * events and takes from there what it can take, so whoever reads slowly costs nothing; who falls out of the ring is cut off,
 * and may come back and say where it was.
 */
import type { HappenedEvent, Topic } from '../shapes/events.ts';
import { topic } from '../shapes/events.ts';
import type { System, Timer } from '../system.ts';
import { EventBudget } from './event-budget.ts';
import type { EventTaker } from './event-hub.ts';
import { EventRing } from './event-ring.ts';

export interface LiveFeedDependencies {
  readonly system: System;
  /** By the cluster's clock. */
  readonly wallMs: () => number;
}

export interface LiveFeedOptions {
  readonly node: string;
  readonly version: string;
  readonly boot: string;
  readonly mostStreams?: number;
  readonly ring?: { readonly mostFrames?: number; readonly mostBytes?: number };
}

const MOST_STREAMS = 256;
const BEAT_MS = 5_000;
/** Events of one moment travel together. */
const GATHER_MS = 25;
const CHANGED_EVERY_MS = 250;
/** Who takes nothing for so long does not read. */
const PATIENCE_MS = 60_000;
const LARGEST_PIECE = 64 * 2 ** 10;
const ALL_TOPICS = topic.options;
/** So long a browser waits before it comes back. */
const COME_BACK_AFTER_MS = 2_000;

interface Stream {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** What goes out before anything else. */
  greeting: string;
  /** The newest event it was sent. */
  sequence: number;
  readonly topics: Set<Topic>;
  isBeatDue: boolean;
  /** It would take more. */
  isHungry: boolean;
  hungryMs: number;
}

export class LiveFeed implements EventTaker {
  readonly budget = new EventBudget({ countless: 200, others: 200 });
  readonly gapMessage = 'too many at once to be shown one by one';
  readonly #dependencies: LiveFeedDependencies;
  readonly #options: LiveFeedOptions;
  readonly #ring: EventRing;
  readonly #streams = new Set<Stream>();
  readonly #topics = new Set<Topic>();
  readonly #encoder = new TextEncoder();
  #gatherTimer: Timer | undefined;
  #changedTimer: Timer | undefined;
  #changedMs = Number.NEGATIVE_INFINITY;
  #beatTimer: Timer | undefined;
  #isStopped = false;

  constructor(dependencies: LiveFeedDependencies, options: LiveFeedOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#ring = new EventRing(options.ring);
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  take(event: HappenedEvent, text: string, sequence: number): void {
    this.#ring.add(sequence, `id: ${event.id}\nevent: happened\ndata: ${text}\n\n`);
    if (this.#streams.size === 0) return;
    this.#gatherTimer ??= this.#dependencies.system.setTimer(GATHER_MS, () => {
      this.#gatherTimer = undefined;
      for (const stream of [...this.#streams]) this.#feed(stream);
    });
  }

  changed(topics: readonly Topic[]): void {
    if (this.#streams.size === 0) return;
    for (const each of topics) this.#topics.add(each);
    if (this.#changedTimer) return;
    const { system } = this.#dependencies;
    const sinceMs = system.now().monotonicMs - this.#changedMs;
    this.#changedTimer = system.setTimer(Math.max(GATHER_MS, CHANGED_EVERY_MS - sinceMs), () => this.#tellChanged());
  }

  /**
   * A stream of server-sent events in UTF-8, from what came after `lastEventId` if that is known and still here. A word says
   * why there is none: `full`, there are as many as there may be; `stopping`, the node stops.
   */
  open(lastEventId: string | undefined): ReadableStream<Uint8Array> | 'full' | 'stopping' {
    if (this.#isStopped) return 'stopping';
    if (this.#streams.size >= (this.#options.mostStreams ?? MOST_STREAMS)) return 'full';
    let stream: Stream | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = this.#begin(controller, lastEventId);
      },
      pull: () => {
        if (!stream) return;
        this.#hungry(stream);
        this.#feed(stream);
      },
      cancel: () => {
        if (stream) this.#forget(stream);
      },
    });
  }

  /** Ends every stream; none can be opened any more. */
  stop(): void {
    this.#isStopped = true;
    this.#gatherTimer?.cancel();
    this.#changedTimer?.cancel();
    for (const stream of [...this.#streams]) {
      // What it has not been told yet, such as that the node stops.
      this.#feed(stream);
      // It may have been cut just now.
      if (!this.#streams.has(stream)) continue;
      this.#forget(stream);
      stream.controller.close();
    }
  }

  #begin(controller: Stream['controller'], lastEventId: string | undefined): Stream {
    const { node, version, boot } = this.#options;
    const known = lastEventId === undefined ? undefined : this.#sequenceOf(lastEventId);
    const stream: Stream = {
      controller,
      greeting: '',
      sequence: known ?? this.#ring.newest,
      // What changed meanwhile besides the events is not known.
      topics: new Set(known === undefined ? [] : ALL_TOPICS),
      isBeatDue: false,
      isHungry: false,
      hungryMs: this.#dependencies.system.now().monotonicMs,
    };
    const hello = this.#frame(stream, 'hello', { now: this.#now(), node, version, boot });
    const reset = known === undefined && lastEventId !== undefined;
    stream.greeting = `retry: ${COME_BACK_AFTER_MS}\n${hello}${reset ? this.#frame(stream, 'reset', { now: this.#now() }) : ''}`;
    this.#streams.add(stream);
    this.#armBeat();
    return stream;
  }

  /** Undefined if it is no id of this process, or something after it is forgotten. */
  #sequenceOf(id: string): number | undefined {
    const dash = id.lastIndexOf('-');
    if (id.slice(0, dash) !== this.#options.boot || !/^\d{1,15}$/.test(id.slice(dash + 1))) return undefined;
    const sequence = Number(id.slice(dash + 1));
    return sequence < this.#ring.forgotten || sequence > this.#ring.newest ? undefined : sequence;
  }

  #hungry(stream: Stream): void {
    stream.isHungry = true;
    stream.hungryMs = this.#dependencies.system.now().monotonicMs;
  }

  /** Hands out one piece of what there is, if it would take one. */
  #feed(stream: Stream): void {
    if (stream.sequence < this.#ring.forgotten) this.#cut(stream);
    if (!stream.isHungry || !this.#streams.has(stream)) return;
    const piece = this.#piece(stream);
    if (piece === '') return;
    stream.isHungry = false;
    stream.controller.enqueue(this.#encoder.encode(piece));
  }

  #piece(stream: Stream): string {
    let piece = stream.greeting;
    stream.greeting = '';
    const { text, sequence } = this.#ring.after(stream.sequence, LARGEST_PIECE);
    piece += text;
    stream.sequence = sequence;
    if (stream.topics.size > 0) {
      piece += this.#frame(stream, 'changed', { now: this.#now(), topics: [...stream.topics] });
      stream.topics.clear();
    }
    if (stream.isBeatDue) {
      piece += this.#frame(stream, 'beat', { now: this.#now() });
      stream.isBeatDue = false;
    }
    return piece;
  }

  #frame(stream: Stream, event: string, data: object): string {
    return `id: ${this.#options.boot}-${stream.sequence}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #now(): string {
    return new Date(this.#dependencies.wallMs()).toISOString();
  }

  #tellChanged(): void {
    this.#changedTimer = undefined;
    this.#changedMs = this.#dependencies.system.now().monotonicMs;
    for (const stream of [...this.#streams]) {
      for (const each of this.#topics) stream.topics.add(each);
      this.#feed(stream);
    }
    this.#topics.clear();
  }

  #armBeat(): void {
    this.#beatTimer ??= this.#dependencies.system.setTimer(BEAT_MS, () => {
      this.#beatTimer = undefined;
      const { monotonicMs } = this.#dependencies.system.now();
      for (const stream of [...this.#streams]) {
        if (!stream.isHungry && monotonicMs - stream.hungryMs > PATIENCE_MS) this.#cut(stream);
        stream.isBeatDue = true;
        if (this.#streams.has(stream)) this.#feed(stream);
      }
      if (this.#streams.size > 0) this.#armBeat();
    });
  }

  #cut(stream: Stream): void {
    this.#forget(stream);
    stream.controller.error(new Error('the client does not read'));
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#beatTimer?.cancel();
    this.#beatTimer = undefined;
    this.#topics.clear();
  }
}
