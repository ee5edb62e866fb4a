/**
 * The answering side of anti-entropy. It remembers nothing between two questions, so that any number of peers may ask, stop
 * and come again; and no question makes it work or say more than a bounded amount.
 */
import type { Now } from '../src/model/now.ts';
import {
  type Answer,
  type Ask,
  CHUNK_ROOM_BYTES,
  MOST_ENTRIES,
  PART_BYTES,
  ProtocolError,
  type Question,
  readQuestion,
} from './anti-entropy-messages.ts';
import { formatHash, hash64 } from './record-hash.ts';
import { isSendableKey, jsonBytes } from './record-limits.ts';
import { RecordPassage } from './record-passage.ts';
import { byName, type OnRefused, type SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';
import { encodeMessage } from './wire.ts';

export const RECORD_KIND = 'record';

/** Records that are too large for a chunk are encoded all the same, to see that. */
const MOST_ENCODED_BYTES = 512 * 1024;
/** An instant a peer names must be one it was told, or records would be encoded with whatever ages it likes. */
const LONGEST_PARTS_MS = 60_000;

interface Context {
  readonly from: NodeId;
  readonly now: Now;
  readonly passage: RecordPassage;
}

/** @throws ProtocolError if it cannot be read, or is about a map this node does not have */
export function answerTo(
  body: unknown,
  maps: readonly SyncedMap[],
  { from, now, onRefused }: { from: NodeId; now: Now; onRefused?: OnRefused },
): Answer<Ask> {
  const question = readQuestion(body);
  const named = byName(maps);
  // A newer node may well have maps that this one does not know.
  if (question.ask === 'buckets') return differingMaps(question, named);
  const map = named.get(question.map);
  if (!map) throw new ProtocolError('a map was asked for that this node does not have');
  const context = { from, now, passage: new RecordPassage(from, onRefused) };
  switch (question.ask) {
    case 'keys':
      return keysIn(map, question, context);
    case 'records':
      return recordsOf(map, question, context);
    case 'part':
      return partOf(map, question, context);
    case 'merge':
      return mergeInto(map, question, context);
  }
}

type QuestionOf<Kind extends Ask> = Extract<Question, { ask: Kind }>;

function differingMaps({ roots }: QuestionOf<'buckets'>, maps: ReadonlyMap<string, SyncedMap>): Answer<'buckets'> {
  const differing = new Map<string, string>();
  for (const [name, root] of roots) {
    const map = maps.get(name);
    if (map && map.hashes.rootHash() !== root) differing.set(name, map.hashes.bucketHashes());
  }
  return { maps: [...differing] };
}

function keysIn(map: SyncedMap, { buckets, after }: QuestionOf<'keys'>, { now, passage }: Context): Answer<'keys'> {
  const keys: [string, string][] = [];
  let room = CHUNK_ROOM_BYTES;
  for (const bucket of buckets) {
    for (const key of map.hashes.keysOf(bucket)) {
      if (bucket === buckets[0] && after !== undefined && key <= after) continue;
      const hash = map.hashes.hashOf(key, now);
      if (hash === undefined) continue;
      if (!isSendableKey(key)) {
        passage.refuse(map, key, 'key too long');
        continue;
      }
      room -= jsonBytes([key, hash]) + 1;
      if (room < 0 || keys.length === MOST_ENTRIES) return { keys, more: true };
      keys.push([key, hash]);
    }
  }
  return { keys, more: false };
}

function recordsOf(map: SyncedMap, { keys }: QuestionOf<'records'>, { now, passage }: Context): Answer<'records'> {
  const records: [string, unknown][] = [];
  const large: string[] = [];
  const tooLarge: string[] = [];
  let answered = 0;
  let room = CHUNK_ROOM_BYTES;
  let encodedBytes = 0;
  for (const key of keys) {
    const encoded = passage.encode(map, key, now);
    const isRecord = typeof encoded === 'object' && encoded.bytes < CHUNK_ROOM_BYTES;
    if (encoded !== 'gone') room -= (isRecord ? encoded.bytes : jsonBytes(key)) + 1;
    if (room < 0) break;
    if (isRecord) records.push([key, encoded.record]);
    else if (encoded === 'refused') tooLarge.push(key);
    else if (encoded !== 'gone') large.push(key);
    answered += 1;
    encodedBytes += typeof encoded === 'object' ? encoded.bytes : encoded === 'refused' ? MOST_ENCODED_BYTES / 4 : 0;
    if (encodedBytes > MOST_ENCODED_BYTES) break;
  }
  return { answered, records, large, tooLarge };
}

/**
 * A large record is one message of its own, told in parts. Each part is encoded anew as of the instant of the first, or
 * the record's age would differ from part to part.
 */
function partOf(map: SyncedMap, { key, offset, asOf }: QuestionOf<'part'>, { now, passage }: Context): Answer<'part'> {
  const [wallMs, monotonicMs] = asOf ?? [now.wallMs, now.monotonicMs];
  const sinceMs = now.monotonicMs - monotonicMs;
  if (!(sinceMs >= 0 && sinceMs <= LONGEST_PARTS_MS)) return { part: null };
  const encoded = passage.encode(map, key, { wallMs, monotonicMs });
  if (typeof encoded !== 'object') return { part: null };
  const message = Buffer.from(encodeMessage(RECORD_KIND, { record: encoded.record }));
  return {
    part: {
      data: message.subarray(offset, offset + PART_BYTES).toString('base64'),
      bytes: message.length,
      hash: formatHash(hash64(message.toString('latin1'))),
      asOf: [wallMs, monotonicMs],
    },
  };
}

function mergeInto(map: SyncedMap, { records }: QuestionOf<'merge'>, { from, now, passage }: Context): Answer<'merge'> {
  let changed = 0;
  let refused = 0;
  for (const record of records) {
    const outcome = passage.receive(map, record, { from, now });
    if (outcome === 'changed') changed += 1;
    if (outcome === 'refused') refused += 1;
  }
  return { changed, refused };
}
