/**
 * The notification log: what each alert of a group was last told to each receiver, and at which tick. A typed face of
 * Replica. A send writes only the alerts it contained. Ages are kept on the monotonic clock, so a jumping wall clock
 * neither repeats nor delays a page; across a restart the age comes from the wall clock, the only one that goes on.
 */
import type { Logger } from 'pino';
import type { Disk } from '../../cluster/disk.ts';
import { Replica } from '../../cluster/replica.ts';
import type { Now } from '../model/now.ts';

/**
 * intent: a message saying it fires was on its way; whether it arrived is not known. It counts as told when a "resolved"
 * may be owed, and as untold when a "firing" is.
 */
export type Told = 'intent' | 'firing' | 'resolved';

/** A hanging disk may not hold up a page, nor the messages after it, longer than this. */
const LONGEST_WAIT_FOR_DISK_MS = 1_000;

/** A message whose outcome is unknown may have arrived, so its "resolved" is owed. */
export function isOwedResolved(told: Told | undefined): boolean {
  return told === 'firing' || told === 'intent';
}

export interface NotificationLogEntry {
  readonly groupKey: string;
  /** Receiver name, integration and hash of the destination: the same place after a reload that reorders the config. */
  readonly receiverKey: string;
  /** By fingerprint. */
  readonly told: ReadonlyMap<string, Told>;
  /** The tick of the last message, on the monotonic clock; undefined if none was sent yet. */
  readonly toldAtMs: number | undefined;
  readonly updatedAtMs: number;
}

export interface ToldChange {
  readonly groupKey: string;
  readonly receiverKey: string;
  /** What the alerts of one message are now told; undefined forgets the alert. */
  readonly told: ReadonlyMap<string, Told | undefined>;
  /** The tick of a message that was sent. */
  readonly toldAtMs?: number;
}

interface StoredEntry {
  readonly groupKey: string;
  readonly receiverKey: string;
  readonly told: readonly (readonly [string, Told])[];
  readonly toldAtWallMs: number | undefined;
  readonly updatedAtWallMs: number;
}

export class NotificationLog {
  readonly #logger: Logger;
  readonly #replica: Replica<NotificationLogEntry>;
  readonly #byGroup = new Map<string, Map<string, NotificationLogEntry>>();
  /** Turns this process's monotonic times into wall times for the disk, and back at start. */
  #wallMinusMonotonicMs = 0;

  constructor(dependencies: { disk: Disk; logger: Logger }) {
    this.#logger = dependencies.logger;
    this.#replica = new Replica<NotificationLogEntry>(dependencies, {
      name: 'notification-log',
      merge: (_stored, incoming) => incoming,
      encode: (entry) => this.#encode(entry),
      decode: (text) => this.#decode(text),
    });
  }

  async load(now: Now): Promise<void> {
    this.#wallMinusMonotonicMs = Math.round(now.wallMs - now.monotonicMs);
    await this.#replica.load();
    for (const entry of this.#replica.values()) {
      // A time ahead of now says the wall clock was set back while the node was down; then the age is unknown and taken as none.
      const toldAtMs = entry.toldAtMs === undefined ? undefined : Math.min(entry.toldAtMs, Math.round(now.monotonicMs));
      this.#index({ ...entry, toldAtMs });
    }
  }

  get size(): number {
    return this.#replica.size;
  }

  entry(groupKey: string, receiverKey: string): NotificationLogEntry | undefined {
    return this.#byGroup.get(groupKey)?.get(receiverKey);
  }

  /** The tick of the last message of the group to any of the receivers, on the monotonic clock. */
  lastTickMs(groupKey: string, receiverKeys: readonly string[]): number | undefined {
    const entries = this.#byGroup.get(groupKey);
    let last: number | undefined;
    for (const receiverKey of entries ? receiverKeys : []) {
      const toldAtMs = entries?.get(receiverKey)?.toldAtMs;
      if (toldAtMs !== undefined && (last === undefined || toldAtMs > last)) last = toldAtMs;
    }
    return last;
  }

  /** Whether one of the receivers was never told anything of the group, or may not have got its last message. */
  isUnfinished(groupKey: string, receiverKeys: readonly string[]): boolean {
    const entries = this.#byGroup.get(groupKey);
    return receiverKeys.some((receiverKey) => {
      const entry = entries?.get(receiverKey);
      return entry?.toldAtMs === undefined || [...entry.told.values()].includes('intent');
    });
  }

  /** Whether one of the receivers was, or may have been, told that the alert fires and not yet that it ended. */
  isOwed(groupKey: string, fingerprint: string, receiverKeys: readonly string[]): boolean {
    const entries = this.#byGroup.get(groupKey);
    if (!entries) return false;
    return receiverKeys.some((receiverKey) => isOwedResolved(entries.get(receiverKey)?.told.get(fingerprint)));
  }

  /**
   * Merges a change alert by alert. Resolves once it is synced to disk, or has failed to be, or a second has passed; it
   * never rejects, since a broken disk must not stop a page.
   */
  async record(change: ToldChange, now: Now): Promise<void> {
    const before = this.entry(change.groupKey, change.receiverKey);
    const told = new Map(before?.told);
    for (const [fingerprint, state] of change.told) {
      if (state === undefined) told.delete(fingerprint);
      else told.set(fingerprint, state);
    }
    const entry: NotificationLogEntry = {
      groupKey: change.groupKey,
      receiverKey: change.receiverKey,
      told,
      toldAtMs: change.toldAtMs ?? before?.toldAtMs,
      updatedAtMs: now.monotonicMs,
    };
    this.#wallMinusMonotonicMs = Math.round(now.wallMs - now.monotonicMs);
    this.#index(entry);
    const key = diskKey(entry);
    this.#replica.merge(key, entry);
    const stored = await this.#replica.persist([key], { sync: true, withinMs: LONGEST_WAIT_FOR_DISK_MS });
    if (!stored)
      this.#logger.error(
        { groupKey: change.groupKey },
        'The notification log is not on disk; a restart may repeat this notification',
      );
  }

  /** Deletes the entries `isGone` names and that were not touched for `retentionMs`. */
  async collectGarbage(
    now: Now,
    options: { retentionMs: number; isGone: (groupKey: string) => boolean },
  ): Promise<void> {
    const gone: string[] = [];
    for (const [groupKey, entries] of this.#byGroup) {
      if (!options.isGone(groupKey)) continue;
      for (const entry of entries.values()) {
        if (entry.updatedAtMs + options.retentionMs >= now.monotonicMs) continue;
        gone.push(diskKey(entry));
        entries.delete(entry.receiverKey);
      }
      if (entries.size === 0) this.#byGroup.delete(groupKey);
    }
    await this.#delete(gone);
  }

  /**
   * A group whose last alert ended and was told has nothing left to remember: the next one begins anew. What is remembered
   * of `except`, receivers of another group with the same key, stays.
   */
  async forgetGroup(groupKey: string, except: ReadonlySet<string>): Promise<void> {
    const entries = this.#byGroup.get(groupKey);
    if (!entries) return;
    const gone = [...entries.values()].filter(({ receiverKey }) => !except.has(receiverKey));
    for (const { receiverKey } of gone) entries.delete(receiverKey);
    if (entries.size === 0) this.#byGroup.delete(groupKey);
    await this.#delete(gone.map(diskKey));
  }

  async #delete(keys: string[]): Promise<void> {
    for (const key of keys) this.#replica.delete(key);
    if (keys.length > 0) await this.#replica.persist(keys, { sync: false });
  }

  #index(entry: NotificationLogEntry): void {
    const entries = this.#byGroup.get(entry.groupKey);
    if (entries) entries.set(entry.receiverKey, entry);
    else this.#byGroup.set(entry.groupKey, new Map([[entry.receiverKey, entry]]));
  }

  #encode(entry: NotificationLogEntry): string {
    const stored: StoredEntry = {
      groupKey: entry.groupKey,
      receiverKey: entry.receiverKey,
      told: [...entry.told],
      toldAtWallMs: entry.toldAtMs === undefined ? undefined : entry.toldAtMs + this.#wallMinusMonotonicMs,
      updatedAtWallMs: entry.updatedAtMs + this.#wallMinusMonotonicMs,
    };
    return JSON.stringify(stored);
  }

  #decode(text: string): NotificationLogEntry {
    const stored = JSON.parse(text) as StoredEntry;
    if (typeof stored.groupKey !== 'string' || typeof stored.receiverKey !== 'string' || !Array.isArray(stored.told)) {
      throw new Error('not an entry of the notification log');
    }
    return {
      groupKey: stored.groupKey,
      receiverKey: stored.receiverKey,
      told: new Map(stored.told),
      toldAtMs: stored.toldAtWallMs === undefined ? undefined : stored.toldAtWallMs - this.#wallMinusMonotonicMs,
      updatedAtMs: stored.updatedAtWallMs - this.#wallMinusMonotonicMs,
    };
  }
}

function diskKey({ groupKey, receiverKey }: { groupKey: string; receiverKey: string }): string {
  return `${groupKey}\u0000${receiverKey}`;
}
