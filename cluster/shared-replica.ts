/**
 * A Replica that the peers have too. What this node writes is announced to them; what comes from them is merged, written
 * to disk and told to whoever listens. Gossip may lose an announcement: anti-entropy finds what is missing by the hashes
 * kept here, which cost nothing but a hash a change.
 */

import type { Logger } from 'pino';
import type { Now } from '../src/model/now.ts';
import type { Disk, WriteOptions } from './disk.ts';
import { Replica, type ReplicaOptions, type ValueMap } from './replica.ts';
import { ReplicatedMap } from './replicated-map.ts';
import type { ReceiveOutcome, RecordHashes, SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

/** What a map needs of the cluster. */
export interface ReplicaPeers {
  share(map: SyncedMap): void;
  announce(map: SyncedMap, key: string): void;
  /** Resolves with whether a peer has what was just announced under the keys; never rejects, nor later than it says. */
  acknowledged(map: SyncedMap, keys: readonly string[], options: { withinMs: number }): Promise<boolean>;
}

export interface Sharing<Value> {
  /** Equal exactly when two nodes that hold the one and the other need not exchange them. Never changes for a value. */
  readonly digest: (value: Value) => string;
  /** JSON that carries ages, not times. */
  readonly toWire: (value: Value, now: Now) => unknown;
  /** Throws on what it does not understand: it comes from a peer. */
  readonly fromWire: (record: unknown, context: { key: string; now: Now }) => Value;
  /** Whether the value has outlived its use, by its age: then it is given to nobody and taken from nobody. */
  readonly isForgotten?: (value: Value, now: Now) => boolean;
  /** How what comes from peers is written. */
  readonly write: WriteOptions;
}

/** A peer's word changed what stands under the key. */
export interface Received<Value> {
  readonly key: string;
  readonly before: Value | undefined;
  readonly after: Value;
  /** The peer. */
  readonly from: NodeId;
  readonly now: Now;
}

export interface SharedReplicaOptions<Value> extends ReplicaOptions<Value> {
  readonly sharing: Sharing<Value>;
  /** Called after the map holds it. Must not throw and must not wait. */
  readonly onReceived?: (received: Received<Value>) => void;
}

/** A ReplicatedMap in the clothes of a Map. */
class HashedValues<Value> extends ReplicatedMap<Value> implements ValueMap<Value> {
  set(key: string, value: Value): void {
    this.replace(key, value);
  }
}

export class SharedReplica<Value> extends Replica<Value> implements SyncedMap {
  readonly name: string;
  readonly #peers: ReplicaPeers | undefined;
  readonly #logger: Logger;
  readonly #sharing: Sharing<Value>;
  readonly #onReceived: (received: Received<Value>) => void;
  readonly #map: HashedValues<Value> | undefined;

  /** Without peers it is a plain Replica and keeps no hashes. */
  constructor(
    dependencies: { disk: Disk; logger: Logger; peers?: ReplicaPeers | undefined },
    options: SharedReplicaOptions<Value>,
  ) {
    const { merge, sharing } = options;
    const { digest, isForgotten } = sharing;
    const map = dependencies.peers
      ? new HashedValues<Value>({ merge, digest, ...(isForgotten && { isForgotten }) })
      : undefined;
    super(dependencies, options, map);
    this.#map = map;
    this.name = options.name;
    this.#peers = dependencies.peers;
    this.#logger = dependencies.logger;
    this.#sharing = sharing;
    this.#onReceived = options.onReceived ?? (() => {});
    this.#peers?.share(this);
  }

  /** Tells the peers, soon and in a batch, what stands under the keys. */
  announce(keys: Iterable<string>): void {
    if (this.#peers) for (const key of keys) this.#peers.announce(this, key);
  }

  /** In the same turn as {@link announce}. Resolves with whether a peer has them too. */
  async acknowledged(keys: readonly string[], options: { withinMs: number }): Promise<boolean> {
    return (await this.#peers?.acknowledged(this, keys, options)) ?? false;
  }

  // --- for anti-entropy and deltas ----------------------------------------------------------------------------------

  get hashes(): RecordHashes {
    return this.#shared;
  }

  encodeRecord(key: string, now: Now): unknown {
    const value = this.get(key);
    if (value === undefined || this.#sharing.isForgotten?.(value, now)) return undefined;
    return this.#sharing.toWire(value, now);
  }

  receive(key: string, record: unknown, { from, now }: { from: NodeId; now: Now }): ReceiveOutcome {
    let incoming: Value;
    try {
      incoming = this.#sharing.fromWire(record, { key, now });
    } catch (cause) {
      // Whoever counts refusals says it aloud; the same record comes again with every exchange.
      this.#logger.debug({ err: cause, map: this.name, peer: from }, 'A record from a peer cannot be read');
      return 'refused';
    }
    const before = this.get(key);
    if (this.#shared.merge(key, incoming, now) !== 'changed') return 'nothing new';
    void this.persist([key], this.#sharing.write);
    const after = this.get(key);
    if (after !== undefined) this.#onReceived({ key, before, after, from, now });
    return 'changed';
  }

  get #shared(): HashedValues<Value> {
    if (!this.#map) throw new TypeError(`the map ${this.name} is not shared: this node is alone`);
    return this.#map;
  }
}
