/**
 * The asking side of anti-entropy: one exchange with one peer, one question at a time. It narrows down from maps to
 * buckets to records, a page of keys after the other: takes what the peer has otherwise, merges, and gives back what the
 * peer then still lacks. So it costs what differs, holds no more than a page, and ends whatever the peer answers.
 */
import type { Now } from '../src/model/now.ts';
import { deadline, type System } from '../src/system.ts';
import { RECORD_KIND } from './anti-entropy-answers.ts';
import {
  type Answer,
  type Ask,
  CHUNK_ROOM_BYTES,
  MOST_ENTRIES,
  MOST_MAPS,
  ProtocolError,
  type Question,
  readAnswer,
} from './anti-entropy-messages.ts';
import { BUCKETS, bucketOf, formatHash, hash64 } from './record-hash.ts';
import { jsonBytes } from './record-limits.ts';
import type { RecordPassage } from './record-passage.ts';
import { byName, type SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';
import { decodeMessage, WireError } from './wire.ts';

/** Puts a question to the peer. Keeps to what Transport.request promises; body and answer are JSON objects. */
export type AskPeer = (body: object, options: { signal: AbortSignal }) => Promise<unknown>;

export interface ExchangeResult {
  /** Maps whose root hashes differed. */
  readonly maps: number;
  /** Records the peer had that this node lacked or had otherwise. */
  readonly behind: number;
  /** Of those, how many changed something here. */
  readonly pulled: number;
  /** Records the peer lacked, or still had otherwise after this node had merged the peer's. */
  readonly ahead: number;
  /** Of those, how many changed something at the peer, by its word. */
  readonly pushed: number;
  /** Not understood, or too large to pass, on either side: these stay different. */
  readonly refused: number;
  /** Left to a later exchange: large ones, which only ever are fetched by who lacks them, or such as changed meanwhile. */
  readonly left: number;
  readonly questions: number;
}

export type ExchangeFault = 'no answer' | 'broken answer' | 'endless';

export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly fault: ExchangeFault;
  /** What was done before; it stands. */
  readonly result: ExchangeResult;

  constructor(fault: ExchangeFault, result: ExchangeResult, options: ErrorOptions) {
    super(`an exchange with a peer broke off: ${fault}`, options);
    this.fault = fault;
    this.result = result;
  }
}

const ANSWER_WITHIN_MS = 5_000;
/** At a chunk each these are 512 MiB, more than any node holds. What is left all the same is found by the next exchange. */
const MOST_QUESTIONS = 16_384;
/** Records are asked for by so many at first, then by twice as many as found room in the last answer. */
const FIRST_RECORDS = 64;
/** A part is smaller only if it is the last one, or a record would be told byte by byte. */
const SMALLEST_PART_BYTES = 1_024;

export interface ExchangeContext {
  readonly system: System;
  readonly passage: RecordPassage;
  readonly peer: NodeId;
  readonly signal: AbortSignal;
}

/** A key and the bucket it lies in: keys are walked in the order of both. */
interface Place {
  readonly bucket: number;
  readonly key: string;
}

export class Exchange {
  readonly #askPeer: AskPeer;
  readonly #context: ExchangeContext;
  readonly #done = { maps: 0, behind: 0, pulled: 0, ahead: 0, pushed: 0, refused: 0, left: 0, questions: 0 };

  constructor(askPeer: AskPeer, context: ExchangeContext) {
    this.#askPeer = askPeer;
    this.#context = context;
  }

  /** Called once. @throws ExchangeError, or the signal's reason as soon as that aborts */
  async run(maps: readonly SyncedMap[]): Promise<ExchangeResult> {
    const named = [...byName(maps).values()];
    try {
      for (let start = 0; start < named.length; start += MOST_MAPS) {
        await this.#levelMaps(named.slice(start, start + MOST_MAPS));
      }
    } catch (cause) {
      if (cause instanceof ProtocolError) throw new ExchangeError('broken answer', { ...this.#done }, { cause });
      throw cause;
    }
    return { ...this.#done };
  }

  async #levelMaps(maps: readonly SyncedMap[]): Promise<void> {
    const roots = maps.map(({ name, hashes }): [string, string] => [name, hashes.rootHash()]);
    const differing = new Map((await this.#ask({ ask: 'buckets', roots })).maps);
    // In our order, and none that was not asked for.
    for (const map of maps) {
      const theirs = differing.get(map.name);
      if (theirs === undefined) continue;
      this.#done.maps += 1;
      await this.#level(map, differingBuckets(map.hashes.bucketHashes(), theirs));
    }
  }

  async #level(map: SyncedMap, differing: readonly number[]): Promise<void> {
    const { system } = this.#context;
    let buckets = differing;
    let after: Place | undefined;
    while (buckets.length > 0) {
      const { keys, more } = await this.#ask({
        ask: 'keys',
        map: map.name,
        buckets: [...buckets],
        ...(after && { after: after.key }),
      });
      const last = checkedEnd(keys, buckets, after);
      const until = more ? last : undefined;
      const own = ownKeys(map, { buckets, after, until });
      const { hashes } = map;
      const before = system.now();
      const wanted = keys.filter(([key, hash]) => hashes.hashOf(key, before) !== hash).map(([key]) => key);
      await this.#pull(map, wanted);
      const theirs = new Map(keys);
      const merged = system.now();
      const owed = own.filter((key) => {
        const hash = hashes.hashOf(key, merged);
        return hash !== undefined && hash !== theirs.get(key);
      });
      await this.#push(map, owed);
      if (!more) return;
      if (!last) throw new ProtocolError('there is more, but no beginning of it');
      after = last;
      buckets = buckets.filter((bucket) => bucket >= last.bucket);
    }
  }

  async #pull(map: SyncedMap, wanted: readonly string[]): Promise<void> {
    this.#done.behind += wanted.length;
    let most = FIRST_RECORDS;
    for (let start = 0; start < wanted.length; ) {
      const asked = fitting(wanted.slice(start, start + most));
      const answer = await this.#ask({ ask: 'records', map: map.name, keys: asked });
      const answered = asked.slice(0, answer.answered);
      if (answer.answered < 1 || answer.answered > asked.length) throw new ProtocolError('other keys were answered');
      checkAsked(answered, [...answer.records.map(([key]) => key), ...answer.large, ...answer.tooLarge]);
      const now = this.#context.system.now();
      for (const record of answer.records) this.#receive(map, record, now);
      for (const key of answer.large) await this.#pullInParts(map, key);
      this.#done.refused += answer.tooLarge.length;
      start += answered.length;
      most = Math.min(MOST_ENTRIES, 2 * answered.length);
    }
  }

  async #pullInParts(map: SyncedMap, key: string): Promise<void> {
    const { system } = this.#context;
    const { part: first } = await this.#ask({ ask: 'part', map: map.name, key, offset: 0 });
    // The record's age is as of the first part, however long the others take.
    const now = system.now();
    if (!first) return;
    const parts = [checkedPart(first.data, first.bytes)];
    let offset = parts[0]?.length ?? 0;
    while (offset < first.bytes) {
      const { part } = await this.#ask({ ask: 'part', map: map.name, key, offset, asOf: first.asOf });
      if (part?.hash !== first.hash || part.bytes !== first.bytes) {
        this.#done.left += 1;
        return;
      }
      const data = checkedPart(part.data, first.bytes - offset);
      parts.push(data);
      offset += data.length;
    }
    const message = Buffer.concat(parts);
    if (formatHash(hash64(message.toString('latin1'))) !== first.hash)
      throw new ProtocolError('the parts are not the whole');
    const decoded = decodeMessage(message);
    if (decoded instanceof WireError || decoded.kind !== RECORD_KIND) {
      throw new ProtocolError('the parts are no record', { cause: decoded });
    }
    this.#receive(map, [key, decoded.body.record], now);
  }

  async #push(map: SyncedMap, owed: readonly string[]): Promise<void> {
    const { passage, system } = this.#context;
    this.#done.ahead += owed.length;
    let batch: [string, unknown][] = [];
    let room = CHUNK_ROOM_BYTES;
    const send = async () => {
      if (batch.length === 0) return;
      const { changed, refused } = await this.#ask({ ask: 'merge', map: map.name, records: batch });
      if (changed + refused > batch.length) throw new ProtocolError('more was merged than was sent');
      this.#done.pushed += changed;
      this.#done.refused += refused;
      batch = [];
      room = CHUNK_ROOM_BYTES;
    };
    for (const key of owed) {
      const encoded = passage.encode(map, key, system.now());
      if (encoded === 'gone') continue;
      if (encoded === 'refused') this.#done.refused += 1;
      else if (encoded.bytes >= CHUNK_ROOM_BYTES) this.#done.left += 1;
      else {
        if (encoded.bytes + 1 > room || batch.length === MOST_ENTRIES) await send();
        batch.push([key, encoded.record]);
        room -= encoded.bytes + 1;
      }
    }
    await send();
  }

  #receive(map: SyncedMap, record: readonly [string, unknown], now: Now): void {
    const outcome = this.#context.passage.receive(map, record, { from: this.#context.peer, now });
    if (outcome === 'changed') this.#done.pulled += 1;
    if (outcome === 'refused') this.#done.refused += 1;
  }

  async #ask<Kind extends Ask>(question: Extract<Question, { ask: Kind }>): Promise<Answer<Kind>> {
    const { system, signal } = this.#context;
    signal.throwIfAborted();
    if (this.#done.questions === MOST_QUESTIONS) {
      const cause = new ProtocolError(`${MOST_QUESTIONS} questions found no end`);
      throw new ExchangeError('endless', { ...this.#done }, { cause });
    }
    this.#done.questions += 1;
    using limit = deadline(system, ANSWER_WITHIN_MS, signal);
    let body: unknown;
    try {
      body = await this.#askPeer(question, { signal: limit.signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new ExchangeError('no answer', { ...this.#done }, { cause });
    }
    signal.throwIfAborted();
    return readAnswer(question.ask as Kind, body);
  }
}

function differingBuckets(ours: string, theirs: string): number[] {
  const [here, there] = [Buffer.from(ours, 'base64url'), Buffer.from(theirs, 'base64url')];
  const differs = (bucket: number) => here.compare(there, 8 * bucket, 8 * bucket + 8, 8 * bucket, 8 * bucket + 8) !== 0;
  return Array.from({ length: BUCKETS }, (_, bucket) => bucket).filter(differs);
}

/** Where a page of keys ends. Each page must lead on, through buckets that were asked for. */
function checkedEnd(
  keys: readonly (readonly [string, string])[],
  buckets: readonly number[],
  after: Place | undefined,
): Place | undefined {
  const asked = new Set(buckets);
  let last = after;
  for (const [key] of keys) {
    const place = { bucket: bucketOf(hash64(key)), key };
    if (!asked.has(place.bucket)) throw new ProtocolError('a key was listed that was not asked for');
    if (last && !isAfter(place, last)) throw new ProtocolError('the keys are not in their order');
    last = place;
  }
  return keys.length > 0 ? last : undefined;
}

function isAfter(one: Place, other: Place): boolean {
  return one.bucket === other.bucket ? one.key > other.key : one.bucket > other.bucket;
}

/** What this node has in the stretch that a page covers. */
function ownKeys(
  { hashes }: SyncedMap,
  { buckets, after, until }: { buckets: readonly number[]; after: Place | undefined; until: Place | undefined },
): string[] {
  return buckets
    .filter((bucket) => !until || bucket <= until.bucket)
    .flatMap((bucket) =>
      hashes.keysOf(bucket).filter((key) => {
        const place = { bucket, key };
        return (!after || isAfter(place, after)) && (!until || !isAfter(place, until));
      }),
    );
}

/** The first keys that find room in one question; at least one. */
function fitting(keys: readonly string[]): string[] {
  let room = CHUNK_ROOM_BYTES;
  const tooMany = keys.findIndex((key) => {
    room -= jsonBytes(key) + 1;
    return room < 0;
  });
  return tooMany === -1 ? [...keys] : keys.slice(0, tooMany);
}

function checkAsked(asked: readonly string[], answered: readonly string[]): void {
  const open = new Set(asked);
  for (const key of answered) {
    if (!open.delete(key)) throw new ProtocolError('a key was answered that was not asked for, or twice');
  }
}

function checkedPart(base64: string, leftBytes: number): Buffer {
  const data = Buffer.from(base64, 'base64');
  if (data.length > leftBytes || data.length < Math.min(SMALLEST_PART_BYTES, leftBytes)) {
    throw new ProtocolError('a part has another size than it must have');
  }
  return data;
}
