/** What anti-entropy and deltas need of a map in order to keep it alike on all nodes; what its values are they never learn. */
import type { Now } from '../src/model/now.ts';
import { mapName } from './record-limits.ts';
import type { NodeId } from './transport.ts';

/** A ReplicatedMap is one. */
export interface RecordHashes {
  /** Equal for equal maps. 11 characters of base64url. */
  rootHash(): string;
  /** Of the 256 buckets: 8 bytes each, in base64url. */
  bucketHashes(): string;
  /** Of one bucket, 0 to 255, in UTF-16 order. */
  keysOf(bucket: number): readonly string[];
  /** Of the record under a key, 11 characters of base64url; undefined if there is none to give. */
  hashOf(key: string, now: Now): string | undefined;
}

export interface SyncedMap {
  /** Names it on every node; never rename. At most 64 of `a` to `z`, `0` to `9`, `.`, `_` and `-`. */
  readonly name: string;
  readonly hashes: RecordHashes;
  /**
   * What stands under the key, as JSON that carries ages, not times. The same for the same value and instant. Undefined
   * if there is nothing to give.
   */
  encodeRecord(key: string, now: Now): unknown;
  /**
   * Merges what a peer sent under a key: any JSON. Never throws; what is not understood is refused. Does not hand it on:
   * every node gets it in the same ways.
   */
  receive(key: string, record: unknown, context: { from: NodeId; now: Now }): ReceiveOutcome;
}

export type ReceiveOutcome = 'changed' | 'nothing new' | 'refused';

/** A record that could not pass between this node and a peer. It is tried again each time; whoever hears of it should say it once. */
export interface Refusal {
  readonly map: string;
  readonly key: string;
  /** Who sent it, or would have got it; undefined if that was everybody. */
  readonly peer: NodeId | undefined;
  readonly reason: RefusalReason;
  /** What the map threw, which it should not. */
  readonly cause?: unknown;
}

export type RefusalReason =
  /** The map did not understand what the peer sent. */
  | 'refused by the map'
  | 'refused by the peer'
  /** The key alone, or the record with its key, is larger than anything that is sent. */
  | 'key too long'
  | 'too large'
  | 'nested too deep'
  | 'the map failed';

export type OnRefused = (refusal: Refusal) => void;

/** By their names, so that no peer asks for what an object inherits. @throws RangeError for a name that is taken or cannot travel */
export function byName(maps: readonly SyncedMap[]): ReadonlyMap<string, SyncedMap> {
  const named = new Map<string, SyncedMap>();
  for (const map of maps) {
    if (!mapName.safeParse(map.name).success) throw new RangeError(`a map cannot be called ${map.name}`);
    if (named.has(map.name)) throw new RangeError(`two maps are called ${map.name}`);
    named.set(map.name, map);
  }
  return named;
}
