/**
 * Tells everyone at once what changed here. Changes of one turn of the event loop leave together, each record once and as
 * it then stands; a burst leaves in batches with room for other messages between them. Nothing is told twice: what is lost
 * on the way or finds no room in the queue is left to anti-entropy, and counted.
 */
import { z } from 'zod';
import type { Now } from '../src/model/now.ts';
import type { System, Timer } from '../src/system.ts';
import type { Receipts } from './receipts.ts';
import { jsonBytes, key } from './record-limits.ts';
import { RecordPassage } from './record-passage.ts';
import { byName, type OnRefused, type SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

/** Of a whole message. */
const BATCH_BYTES = 64 * 1024;
/** The rest is for the fields around the records and the envelope. */
const BATCH_ROOM_BYTES = BATCH_BYTES - 512;
/** 256 KiB each 20 ms are 13 MB a second at most. */
const BATCHES_AT_A_TIME = 4;
const PAUSE_MS = 20;
/** Of each map, so that a burst of one does not crowd out another. Only keys wait. */
const MOST_QUEUED = 16_384;

/** More would not fit into a message. */
const MOST_RECORDS = 8_192;

const deltas = z.object({
  records: z.array(z.tuple([z.string().max(64), key, z.unknown()])).max(MOST_RECORDS),
  batch: z.int().min(1).optional(),
});

export interface DeltaCounts {
  readonly batches: number;
  /** Records in them. */
  readonly sent: number;
  /** Left to anti-entropy: the queue was full, or the record alone is larger than a batch. */
  readonly dropped: number;
  readonly tooLarge: number;
  /** Changes that were already waiting, and went out once. */
  readonly joined: number;
  /** Records that came in, by what became of them. */
  readonly changed: number;
  readonly nothingNew: number;
  readonly refused: number;
  /** Of a map this node does not have. */
  readonly unknownMap: number;
  /** Batches that came in and could not be read. */
  readonly malformed: number;
}

export const NO_DELTAS: DeltaCounts = {
  ...{ batches: 0, sent: 0, dropped: 0, tooLarge: 0, joined: 0 },
  ...{ changed: 0, nothingNew: 0, refused: 0, unknownMap: 0, malformed: 0 },
};

export interface DeltaBroadcastDependencies {
  readonly system: System;
  /** Sends the body of one message to everyone; Transport.broadcast with an envelope. */
  readonly broadcast: (body: object) => void;
  /** In this order they take turns. */
  readonly maps: readonly SyncedMap[];
  /** Told what leaves; says under which number somebody waits for a receipt. */
  readonly receipts?: Pick<Receipts, 'leaving'>;
  readonly onRefused?: OnRefused;
}

interface Lane {
  readonly map: SyncedMap;
  /** Keys in the order in which they changed first. */
  readonly queue: Set<string>;
}

export class DeltaBroadcast {
  readonly #system: System;
  readonly #broadcast: (body: object) => void;
  readonly #receipts: Pick<Receipts, 'leaving'> | undefined;
  readonly #onRefused: OnRefused;
  readonly #outward: RecordPassage;
  /** By the name of the map. */
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #counts = { ...NO_DELTAS };
  #timer: Timer | undefined;
  #isStopped = false;

  constructor({ system, broadcast, maps, receipts, onRefused = () => {} }: DeltaBroadcastDependencies) {
    this.#receipts = receipts;
    this.#system = system;
    this.#broadcast = broadcast;
    this.#onRefused = onRefused;
    this.#outward = new RecordPassage(undefined, onRefused);
    this.#lanes = new Map([...byName(maps)].map(([name, map]) => [name, { map, queue: new Set() }]));
  }

  /** Since the start; for metrics. */
  get counts(): DeltaCounts {
    return { ...this.#counts };
  }

  /** Keys that wait to be told. */
  get queued(): number {
    return [...this.#lanes.values()].reduce((sum, { queue }) => sum + queue.size, 0);
  }

  /**
   * This node wrote the record. Not to be called for what came from a peer, or changes would echo for ever.
   * @throws RangeError for a map it was not given: a programming error
   */
  changed(map: string, key: string): void {
    const queue = this.#lanes.get(map)?.queue;
    if (!queue) throw new RangeError(`there is no map ${map} to tell changes of`);
    if (this.#isStopped) return;
    if (queue.has(key)) this.#counts.joined += 1;
    else if (queue.size >= MOST_QUEUED) this.#counts.dropped += 1;
    else queue.add(key);
    this.#timer ??= this.#system.setTimer(0, () => this.#send());
  }

  /**
   * What a peer's broadcast brought; `from` is who sent it first. Never throws. Returns the number under which `from` wants
   * a receipt, if all in it was understood.
   */
  receive(body: unknown, { from, now }: { from: NodeId; now: Now }): number | undefined {
    const parsed = deltas.safeParse(body);
    if (!parsed.success) {
      this.#counts.malformed += 1;
      return undefined;
    }
    const inward = new RecordPassage(from, this.#onRefused);
    let isMerged = true;
    for (const [name, key, record] of parsed.data.records) {
      const map = this.#lanes.get(name)?.map;
      const outcome = map ? inward.receive(map, [key, record], { from, now }) : 'unknown map';
      this.#counts[COUNTED_AS[outcome]] += 1;
      isMerged &&= outcome === 'changed' || outcome === 'nothing new';
    }
    return isMerged ? parsed.data.batch : undefined;
  }

  /** Sends all that waits, however much; nothing is sent afterwards. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.cancel();
    while (this.#sendBatch());
  }

  #send(): void {
    this.#timer = undefined;
    for (let batch = 0; batch < BATCHES_AT_A_TIME; batch += 1) if (!this.#sendBatch()) return;
    if (this.queued > 0) this.#timer = this.#system.setTimer(PAUSE_MS, () => this.#send());
  }

  /** One message, of a record of each map in turn, so that a few of one map do not wait behind thousands of another. */
  #sendBatch(): boolean {
    const now = this.#system.now();
    const records: [map: string, key: string, record: unknown][] = [];
    let room = BATCH_ROOM_BYTES;
    let open = [...this.#lanes.values()].map(({ map, queue }) => ({ map, queue, waiting: queue.values() }));
    while (open.length > 0) {
      open = open.filter(({ map, queue, waiting }) => {
        const { value: key } = waiting.next();
        if (key === undefined) return false;
        const encoded = this.#outward.encode(map, key, now);
        const bytes = typeof encoded === 'object' ? encoded.bytes + jsonBytes(map.name) + 2 : 0;
        const isTooLarge = encoded === 'refused' || bytes > BATCH_ROOM_BYTES;
        // What finds no room now is the first of the next batch.
        if (!isTooLarge && bytes > room) return false;
        queue.delete(key);
        if (isTooLarge) this.#counts.tooLarge += 1;
        else if (typeof encoded === 'object') records.push([map.name, key, encoded.record]);
        room -= isTooLarge ? 0 : bytes;
        return true;
      });
    }
    if (records.length === 0) return false;
    const batch = this.#receipts?.leaving(records);
    this.#broadcast(batch === undefined ? { records } : { records, batch });
    this.#counts.batches += 1;
    this.#counts.sent += records.length;
    return true;
  }
}

const COUNTED_AS = {
  changed: 'changed',
  'nothing new': 'nothingNew',
  refused: 'refused',
  'unknown map': 'unknownMap',
} as const;
