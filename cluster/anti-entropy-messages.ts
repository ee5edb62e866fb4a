/**
 * The questions and answers of anti-entropy, and how they are checked. One that can be read holds nothing but what its
 * type says, and no more than a message can; lists of pairs stand for objects, so that no key is a property's name.
 */
import { z } from 'zod';
import { BUCKETS } from './record-hash.ts';
import { key, LARGEST_RECORD_BYTES, mapName } from './record-limits.ts';

/** Of a whole message, so that a beat never waits long behind bulk. */
export const CHUNK_BYTES = 32 * 1024;
/** What lists may take of it; the rest is for the fields around them and the envelope. */
export const CHUNK_ROOM_BYTES = CHUNK_BYTES - 512;
/** In base64 these make 30 KB. */
export const PART_BYTES = 22 * 1024;
/** Of one question; their bucket hashes are 2.7 KB each and must fit into one answer. */
export const MOST_MAPS = 8;
/** Of one list; more would not fit into a chunk. */
export const MOST_ENTRIES = 4_096;

const hash = z.string().regex(/^[\w-]{11}$/);
const keys = z.array(key).max(MOST_ENTRIES);
const records = z.array(z.tuple([key, z.unknown()])).max(MOST_ENTRIES);
const count = z.int().min(0).max(MOST_ENTRIES);
const bucket = z
  .int()
  .min(0)
  .max(BUCKETS - 1);
/** On the clocks of whoever answers; meaningless to anybody else. */
const asOf = z.tuple([z.number(), z.number()]);

const question = z.discriminatedUnion('ask', [
  /** Which maps differ? */
  z.object({ ask: z.literal('buckets'), roots: z.array(z.tuple([mapName, hash])).max(MOST_MAPS) }),
  /** What is in these buckets, of the first one only what comes after a key? */
  z.object({
    ask: z.literal('keys'),
    map: mapName,
    buckets: z
      .array(bucket)
      .max(BUCKETS)
      .refine((buckets) => buckets.every((each, index) => each > (buckets[index - 1] ?? -1)), 'they do not ascend'),
    after: key.optional(),
  }),
  z.object({ ask: z.literal('records'), map: mapName, keys }),
  /** What is at this offset of the message that holds one large record? */
  z.object({
    ask: z.literal('part'),
    map: mapName,
    key,
    offset: z.int().min(0).max(LARGEST_RECORD_BYTES),
    asOf: asOf.optional(),
  }),
  z.object({ ask: z.literal('merge'), map: mapName, records }),
]);

const answers = {
  /** The bucket hashes of the maps that differ. */
  buckets: z.object({
    maps: z.array(z.tuple([mapName, z.string().regex(/^[\w-]{2731}$/)])).max(MOST_MAPS),
  }),
  /** Record hashes by key, in the order of buckets and then of UTF-16; `more` if it ends early for want of room. */
  keys: z.object({ keys: z.array(z.tuple([key, hash])).max(MOST_ENTRIES), more: z.boolean() }),
  /** Of the first `answered` keys; what is nowhere in it is gone. `large` ones come in parts, `tooLarge` ones never. */
  records: z.object({ answered: count, records, large: keys, tooLarge: keys }),
  /** Null if there is no such record; `bytes` and `hash` are of the whole message. */
  part: z.object({
    part: z
      .object({
        data: z.base64(),
        bytes: z
          .int()
          .min(1)
          .max(LARGEST_RECORD_BYTES + 1024),
        hash,
        asOf,
      })
      .nullable(),
  }),
  merge: z.object({ changed: count, refused: count }),
};

export type Question = z.infer<typeof question>;
export type Ask = Question['ask'];
export type Answer<Kind extends Ask> = z.infer<(typeof answers)[Kind]>;

/** A peer did not keep to the protocol. Says how, never what it sent. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** @throws ProtocolError */
export function readQuestion(body: unknown): Question {
  return read(question, body);
}

/** @throws ProtocolError */
export function readAnswer<Kind extends Ask>(ask: Kind, body: unknown): Answer<Kind> {
  return read(answers[ask] as unknown as z.ZodType<Answer<Kind>>, body);
}

function read<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProtocolError(`a message is not what it must be at ${issue?.path.join('.') || 'its root'}: ${issue?.code}`);
}
