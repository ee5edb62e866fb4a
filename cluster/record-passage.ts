/**
 * A record's way out of a map and into one. Whatever goes wrong on it is said with its reason and ends there: one record
 * that cannot pass never holds up the others.
 */
import type { Now } from '../src/model/now.ts';
import { isSendableKey, jsonBytes, LARGEST_RECORD_BYTES, nestsTooDeep } from './record-limits.ts';
import type { OnRefused, ReceiveOutcome, RefusalReason, SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

export interface EncodedRecord {
  readonly record: unknown;
  /** With its key, as JSON. */
  readonly bytes: number;
}

export class RecordPassage {
  readonly #peer: NodeId | undefined;
  readonly #onRefused: OnRefused;

  /** @param peer the other side; undefined if that is everybody */
  constructor(peer: NodeId | undefined, onRefused: OnRefused = () => {}) {
    this.#peer = peer;
    this.#onRefused = onRefused;
  }

  encode(map: SyncedMap, key: string, now: Now): EncodedRecord | 'gone' | 'refused' {
    if (!isSendableKey(key)) return this.refuse(map, key, 'key too long');
    try {
      const record = map.encodeRecord(key, now);
      if (record === undefined) return 'gone';
      if (nestsTooDeep(record)) return this.refuse(map, key, 'nested too deep');
      const bytes = jsonBytes([key, record]);
      return bytes > LARGEST_RECORD_BYTES ? this.refuse(map, key, 'too large') : { record, bytes };
    } catch (cause) {
      return this.refuse(map, key, 'the map failed', cause);
    }
  }

  receive(
    map: SyncedMap,
    [key, record]: readonly [string, unknown],
    context: { from: NodeId; now: Now },
  ): ReceiveOutcome {
    try {
      const outcome = map.receive(key, record, context);
      return outcome === 'refused' ? this.refuse(map, key, 'refused by the map') : outcome;
    } catch (cause) {
      return this.refuse(map, key, 'the map failed', cause);
    }
  }

  refuse(map: SyncedMap, key: string, reason: RefusalReason, cause?: unknown): 'refused' {
    const refusal = { map: map.name, key, peer: this.#peer, reason };
    this.#onRefused(cause === undefined ? refusal : { ...refusal, cause });
    return 'refused';
  }
}
