/**
 * The notification log: what each alert of a group was last told to each receiver, who spoke when, and who claims to be
 * speaking now. A typed face of two replicas: one record an alert, so that a send writes and shares only what it told, and
 * one record a place (a group and a receiver) for its speakers. Instants are kept on the monotonic clock, so a jumping wall
 * clock neither repeats nor delays a page. They travel as ages; across a restart they come from the wall clock, the only
 * one that goes on.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Disk } from '../../cluster/disk.ts';
import { type Received, type ReplicaPeers, SharedReplica } from '../../cluster/shared-replica.ts';
import type { HybridClock, Version } from '../../cluster/version.ts';
import type { Now } from '../model/now.ts';
import type { System } from '../system.ts';
import {
  type ClaimState,
  lastTouchedMs,
  mergeTold,
  mergeTurns,
  readTold,
  readTurn,
  type TimeForm,
  type ToldRecord,
  type TurnRecord,
  toldDigest,
  turnDigest,
  writeTold,
  writeTurn,
} from './log-records.ts';

/** An alert that was never told anything, or surely not, is in no entry. */
export type Told = Exclude<ToldRecord['state'], 'untold'>;

/** A hanging disk may not hold up a page, nor the messages after it, longer than this. */
const LONGEST_WAIT_FOR_DISK_MS = 1_000;

/** A message whose outcome is unknown may have arrived, so its "resolved" is owed. */
export function isOwedResolved(told: Told | undefined): boolean {
  return told === 'firing' || told === 'intent';
}

export interface NotificationLogEntry {
  /** By fingerprint. */
  readonly told: ReadonlyMap<string, Told>;
  /** The tick of the last message, on the monotonic clock; undefined if none was sent yet. */
  readonly toldAtMs: number | undefined;
  /** Whether that tick is known to the millisecond: only a node alone neither hears of ticks nor shifts its own to others'. */
  readonly isExact: boolean;
}

interface KnownEntry {
  readonly told: Map<string, Told>;
  toldAtMs: number | undefined;
  readonly isExact: boolean;
}

/** What this node says it does about a tick. */
export interface OwnClaim {
  readonly state: ClaimState;
  readonly tickMs: number;
  /** When the attempt's own deadline has passed. */
  readonly untilMs: number;
}

export interface ToldChange {
  readonly groupKey: string;
  readonly receiverKey: string;
  /** What the alerts of one message are now told; undefined: surely nothing, or nothing that matters any more. */
  readonly told: ReadonlyMap<string, Told | undefined>;
  readonly claim?: OwnClaim;
}

/** A node's claim about a place, on this node's clock. */
export interface LoggedClaim extends OwnClaim {
  readonly node: string;
  /** The process that made it; see writerOf. */
  readonly writer: string;
  readonly madeMs: number;
}

/** Word of a node, perhaps this one, about a place. */
export interface ClaimMade {
  readonly groupKey: string;
  readonly receiverKey: string;
  readonly claim: LoggedClaim;
}

/** Of a place: map, key and record, as they travel. */
export type EntryRecord = readonly [map: 'told' | 'turns', key: string, record: unknown];

/** More would not fit into a message; what is missing comes by gossip and anti-entropy. */
const MOST_TOLD_IN_ANSWER = 1_000;

export interface NotificationLogDependencies {
  readonly disk: Disk;
  readonly logger: Logger;
  /** Of this machine: its wall clock goes on over a restart. */
  readonly system: System;
  readonly versions: HybridClock;
  /** This node, in claims. */
  readonly node: string;
  /** Undefined: this node is alone, forgets at once what is over, and makes no claims. */
  readonly peers?: ReplicaPeers | undefined;
}

export interface NotificationLogOptions {
  /** How long what is over is remembered for peers that were away; `--data.retention`. */
  readonly retentionMs: number;
}

export class NotificationLog {
  readonly #logger: Logger;
  readonly #system: System;
  readonly #versions: HybridClock;
  readonly #node: string;
  /** Whether peers have it, too: then what is over stays for them, for `retentionMs`. */
  readonly isShared: boolean;
  readonly #retentionMs: number;
  /** By `<place>/<fingerprint>`. */
  readonly #told: SharedReplica<ToldRecord>;
  /** By place. */
  readonly #turns: SharedReplica<TurnRecord>;
  readonly #entries = new Map<string, KnownEntry>();
  /** The places of each group, by receiver. */
  readonly #byGroup = new Map<string, Map<string, string>>();
  readonly #listeners = new Set<(heard: ClaimMade) => void>();
  /** Turns this process's monotonic times into wall times for the disk, and back at start. */
  #wallMinusMonotonicMs = 0;

  constructor(dependencies: NotificationLogDependencies, { retentionMs }: NotificationLogOptions) {
    const { logger, system, versions, node, peers } = dependencies;
    this.#system = system;
    this.#logger = logger;
    this.#versions = versions;
    this.#node = node;
    this.isShared = peers !== undefined;
    this.#retentionMs = retentionMs;
    const toDisk: TimeForm = (ms) => ms + this.#wallMinusMonotonicMs;
    const fromDisk: TimeForm = (ms) => ms - this.#wallMinusMonotonicMs;
    // A place's last word must be on disk before a restart could act on it; peers have it besides.
    const write = { sync: false, withinMs: LONGEST_WAIT_FOR_DISK_MS };
    this.#told = new SharedReplica<ToldRecord>(dependencies, {
      name: 'told',
      merge: mergeTold,
      encode: (record) => JSON.stringify(writeTold(record, toDisk)),
      decode: (text) => readTold(JSON.parse(text), fromDisk),
      sharing: {
        digest: toldDigest,
        toWire: (record, now) => writeTold(record, ageAt(now)),
        fromWire: (record, { now }) => this.#seen(readTold(record, ageAt(now))),
        isForgotten: (record, now) => this.#isOver(record) && record.atMs + retentionMs < now.monotonicMs,
        write,
      },
      onReceived: ({ key, after }) => this.#indexTold(key, after),
    });
    this.#turns = new SharedReplica<TurnRecord>(dependencies, {
      name: 'turns',
      merge: mergeTurns,
      encode: (record) => JSON.stringify(writeTurn(record, toDisk)),
      decode: (text) => readTurn(JSON.parse(text), fromDisk),
      sharing: {
        digest: turnDigest,
        toWire: (record, now) => writeTurn(record, ageAt(now)),
        fromWire: (record, { key, now }) => {
          const turn = readTurn(record, ageAt(now));
          if (placeOf(turn.groupKey, turn.receiverKey) !== key) throw new Error('the key is not that of the place');
          for (const { version } of turn.claims.values()) this.#versions.see(version);
          if (turn.spoke) this.#versions.see(turn.spoke.version);
          return turn;
        },
        isForgotten: (record, now) => lastTouchedMs(record) + retentionMs < now.monotonicMs,
        write,
      },
      onReceived: (received) => this.#onTurnReceived(received),
    });
  }

  async load(now: Now): Promise<void> {
    this.#wallMinusMonotonicMs = Math.round(now.wallMs - now.monotonicMs);
    await this.#told.load();
    await this.#turns.load();
    for (const key of this.#told.keys()) {
      const record = this.#told.get(key);
      if (record) this.#indexTold(key, this.#seen(record));
    }
    for (const [place, record] of this.#placeRecords()) {
      for (const { version } of record.claims.values()) this.#versions.see(version);
      // A time ahead of now says the wall clock was set back while the node was down; then the age is unknown and taken as none.
      const { spoke } = record;
      if (spoke) this.#versions.see(spoke.version);
      if (spoke && spoke.tickMs > now.monotonicMs)
        this.#turns.replace(place, { ...record, spoke: { ...spoke, tickMs: Math.round(now.monotonicMs) } });
      this.#indexTurn(place, this.#turns.get(place) ?? record);
    }
  }

  /** Places of which something is remembered. */
  get size(): number {
    return this.#turns.size;
  }

  entry(groupKey: string, receiverKey: string): NotificationLogEntry | undefined {
    const place = this.#byGroup.get(groupKey)?.get(receiverKey);
    return place === undefined ? undefined : this.#entries.get(place);
  }

  /** The newest claim of each node about a place, this node's own among them. */
  claims(groupKey: string, receiverKey: string): readonly LoggedClaim[] {
    const place = this.#byGroup.get(groupKey)?.get(receiverKey);
    const record = place === undefined ? undefined : this.#turns.get(place);
    return record ? [...record.claims].map(([node, claim]) => loggedClaim(node, claim)) : [];
  }

  /** The tick of the last message of the group to any of the receivers that may still be owed something. */
  lastTickMs(groupKey: string, receiverKeys: readonly string[]): number | undefined {
    let last: number | undefined;
    for (const receiverKey of receiverKeys) {
      const entry = this.entry(groupKey, receiverKey);
      const toldAtMs = entry?.toldAtMs;
      if (!entry || toldAtMs === undefined || (last !== undefined && toldAtMs <= last)) continue;
      // What is remembered only for peers is over: the next alert begins a new rhythm.
      if (!this.isShared || [...entry.told.values()].some(isOwedResolved)) last = toldAtMs;
    }
    return last;
  }

  /** Whether one of the receivers was never told anything of the group, or may not have got its last message. */
  isUnfinished(groupKey: string, receiverKeys: readonly string[]): boolean {
    return receiverKeys.some((receiverKey) => {
      const entry = this.entry(groupKey, receiverKey);
      return entry?.toldAtMs === undefined || [...entry.told.values()].includes('intent');
    });
  }

  /** Whether one of the receivers was, or may have been, told that the alert fires and not yet that it ended. */
  isOwed(groupKey: string, fingerprint: string, receiverKeys: readonly string[]): boolean {
    return receiverKeys.some((receiverKey) => isOwedResolved(this.entry(groupKey, receiverKey)?.told.get(fingerprint)));
  }

  /**
   * Merges a change alert by alert and tells the peers. Resolves once it is synced to disk, or has failed to be, or a second
   * has passed; it never rejects, since a broken disk must not stop a page.
   */
  async record(change: ToldChange, now: Now): Promise<void> {
    const { groupKey, receiverKey, claim } = change;
    if (change.told.size === 0 && !this.isShared && claim?.state !== 'sent') return;
    const { wallMs, monotonicMs } = this.#system.now();
    this.#wallMinusMonotonicMs = Math.round(wallMs - monotonicMs);
    const version = this.#versions.next(now);
    const place = placeOf(groupKey, receiverKey);
    const toldKeys = [...change.told].map(([fingerprint, state]) => {
      const key = `${place}/${fingerprint}`;
      this.#tell(key, state, { version, now });
      return key;
    });
    const known = this.#turns.get(place);
    const word = this.#ownWord(change, { version, now });
    const turn = mergeTurns(known ?? { groupKey, receiverKey, spoke: undefined, claims: new Map() }, word);
    this.#turns.replace(place, turn);
    this.#indexTurn(place, turn);
    this.#tellListeners(word);
    // In this order: whoever hears that this node spoke has heard what it said.
    this.#told.announce(toldKeys);
    this.#turns.announce([place]);
    const options = { sync: true, withinMs: LONGEST_WAIT_FOR_DISK_MS };
    const stored = await Promise.all([this.#told.persist(toldKeys, options), this.#turns.persist([place], options)]);
    if (stored.includes(false)) {
      this.#logger.error({ groupKey }, 'The notification log is not on disk; a restart may repeat this notification');
    }
  }

  /** Called when a node, perhaps this one, has made a claim. Returns the way to stop listening. */
  onClaim(listener: (heard: ClaimMade) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** All that is known of a place, for a peer that asks: told first, so that whoever hears who spoke has heard what was said. */
  encodeEntry(groupKey: string, receiverKey: string, now: Now): readonly EntryRecord[] {
    const place = placeOf(groupKey, receiverKey);
    const fingerprints = [...(this.#entries.get(place)?.told.keys() ?? [])].slice(0, MOST_TOLD_IN_ANSWER);
    const records: EntryRecord[] = fingerprints.map((fingerprint) => {
      const key = `${place}/${fingerprint}`;
      return ['told', key, this.#told.encodeRecord(key, now)];
    });
    const turn = this.#turns.encodeRecord(place, now);
    return turn === undefined ? records : [...records, ['turns', place, turn]];
  }

  /** Merges what a peer knows of a place. */
  receiveEntry(records: readonly EntryRecord[], context: { from: string; now: Now }): void {
    for (const [map, key, record] of records) {
      if (map === 'told') this.#told.receive(key, record, context);
      else this.#turns.receive(key, record, context);
    }
  }

  /** Forgets what is over for longer than the retention, and what `isGone` names and nobody has touched for as long. */
  async collectGarbage(now: Now, { isGone }: { isGone: (groupKey: string) => boolean }): Promise<void> {
    const isOld = (ms: number) => ms + this.#retentionMs < now.monotonicMs;
    const toldMs = new Map<string, number>();
    for (const key of this.#told.keys()) {
      const atMs = this.#told.get(key)?.atMs ?? Number.NEGATIVE_INFINITY;
      toldMs.set(placeIn(key), Math.max(atMs, toldMs.get(placeIn(key)) ?? Number.NEGATIVE_INFINITY));
    }
    const gonePlaces = new Set<string>();
    for (const [place, record] of this.#placeRecords()) {
      const touchedMs = Math.max(lastTouchedMs(record), toldMs.get(place) ?? Number.NEGATIVE_INFINITY);
      if (isGone(record.groupKey) && isOld(touchedMs)) gonePlaces.add(place);
    }
    const goneTold = [...this.#told.keys()].filter((key) => {
      const record = this.#told.get(key);
      const isRemembered = this.#turns.get(placeIn(key)) !== undefined && !gonePlaces.has(placeIn(key));
      return record !== undefined && isOld(record.atMs) && (this.#isOver(record) || !isRemembered);
    });
    await this.#forget(gonePlaces, goneTold);
  }

  /**
   * A group whose last alert ended and was told has nothing left to remember: the next one begins anew. What is remembered
   * of `except`, receivers of another group with the same key, stays; and among peers all stays, for those that are away.
   */
  async forgetGroup(groupKey: string, except: ReadonlySet<string>): Promise<void> {
    if (this.isShared) return;
    const places = this.#byGroup.get(groupKey) ?? new Map<string, string>();
    const gone = [...places].filter(([receiverKey]) => !except.has(receiverKey)).map(([, place]) => place);
    const told = gone.flatMap((place) =>
      [...(this.#entries.get(place)?.told.keys() ?? [])].map((fingerprint) => `${place}/${fingerprint}`),
    );
    await this.#forget(new Set(gone), told);
  }

  async #forget(places: ReadonlySet<string>, toldKeys: readonly string[]): Promise<void> {
    for (const key of toldKeys) {
      this.#told.delete(key);
      this.#entries.get(placeIn(key))?.told.delete(fingerprintIn(key));
    }
    for (const place of places) {
      const record = this.#turns.get(place);
      this.#turns.delete(place);
      this.#entries.delete(place);
      const siblings = record && this.#byGroup.get(record.groupKey);
      siblings?.delete(record?.receiverKey ?? '');
      if (record && siblings?.size === 0) this.#byGroup.delete(record.groupKey);
    }
    if (toldKeys.length > 0) await this.#told.persist(toldKeys, { sync: false });
    if (places.size > 0) await this.#turns.persist([...places], { sync: false });
  }

  #tell(key: string, state: Told | undefined, { version, now }: { version: Version; now: Now }): void {
    if (state === undefined && !this.isShared) {
      this.#told.delete(key);
      this.#entries.get(placeIn(key))?.told.delete(fingerprintIn(key));
      return;
    }
    const record: ToldRecord = { state: state ?? 'untold', version, atMs: now.monotonicMs };
    this.#told.replace(key, record);
    this.#indexTold(key, record);
  }

  #ownWord({ groupKey, receiverKey, claim }: ToldChange, { version, now }: { version: Version; now: Now }): TurnRecord {
    if (!claim) return { groupKey, receiverKey, spoke: undefined, claims: new Map() };
    const { state, tickMs, untilMs } = claim;
    return {
      groupKey,
      receiverKey,
      spoke: state === 'sent' ? { version, tickMs } : undefined,
      claims: new Map([[this.#node, { state, version, tickMs, untilMs, atMs: now.monotonicMs }]]),
    };
  }

  #onTurnReceived({ key, before, after }: Received<TurnRecord>): void {
    this.#indexTurn(key, after);
    const { groupKey, receiverKey } = after;
    const made = [...after.claims].filter(([node, claim]) => before?.claims.get(node) !== claim);
    // After all that came with it: what was said belongs to who spoke.
    queueMicrotask(() => this.#tellListeners({ groupKey, receiverKey, claims: new Map(made) }));
  }

  #tellListeners({ groupKey, receiverKey, claims }: Pick<TurnRecord, 'groupKey' | 'receiverKey' | 'claims'>): void {
    for (const [node, claim] of claims) {
      for (const listener of [...this.#listeners]) {
        listener({ groupKey, receiverKey, claim: loggedClaim(node, claim) });
      }
    }
  }

  #indexTold(key: string, { state }: ToldRecord): void {
    const { told } = this.#entryAt(placeIn(key));
    const fingerprint = fingerprintIn(key);
    if (state === 'untold') told.delete(fingerprint);
    else told.set(fingerprint, state);
  }

  #indexTurn(place: string, { groupKey, receiverKey, spoke }: TurnRecord): void {
    const entry = this.#entryAt(place);
    entry.toldAtMs = spoke?.tickMs;
    const places = this.#byGroup.get(groupKey);
    if (places) places.set(receiverKey, place);
    else this.#byGroup.set(groupKey, new Map([[receiverKey, place]]));
  }

  #entryAt(place: string): KnownEntry {
    let entry = this.#entries.get(place);
    if (!entry) {
      entry = { told: new Map(), toldAtMs: undefined, isExact: !this.isShared };
      this.#entries.set(place, entry);
    }
    return entry;
  }

  *#placeRecords(): Iterable<[string, TurnRecord]> {
    for (const place of [...this.#turns.keys()]) {
      const record = this.#turns.get(place);
      if (record) yield [place, record];
    }
  }

  /** Remembered only so that a peer's older word does not count. */
  #isOver({ state }: ToldRecord): boolean {
    return state === 'resolved' || state === 'untold';
  }

  #seen(record: ToldRecord): ToldRecord {
    this.#versions.see(record.version);
    return record;
  }
}

/** Short, since every alert of the place carries it; 96 bits, so that no two places share it. */
function placeOf(groupKey: string, receiverKey: string): string {
  return createHash('sha256').update(`${groupKey}\u0000${receiverKey}`).digest('base64url').slice(0, 16);
}

const PLACE_LENGTH = 16;
const placeIn = (key: string): string => key.slice(0, PLACE_LENGTH);
const fingerprintIn = (key: string): string => key.slice(PLACE_LENGTH + 1);

/** Its own inverse. */
function ageAt({ monotonicMs }: Now): TimeForm {
  return (ms) => monotonicMs - ms;
}

function loggedClaim(
  node: string,
  { state, version, tickMs, untilMs, atMs }: TurnRecord['claims'] extends ReadonlyMap<string, infer C> ? C : never,
): LoggedClaim {
  return { node, writer: version.node, state, tickMs, untilMs, madeMs: atMs };
}
