/**
 * The silences of this cluster: a typed face of Replica. Every change is on disk, synced, before its promise resolves.
 * Rules for creating, updating and expiring are Alertmanager's.
 */
import type { Logger } from 'pino';
import type { Disk } from '../../cluster/disk.ts';
import { type ReplicaPeers, SharedReplica } from '../../cluster/shared-replica.ts';
import type { HybridClock } from '../../cluster/version.ts';
import type { Alert } from '../model/alert.ts';
import type { LabelNameMode } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Now } from '../model/now.ts';
import { canUpdateInPlace, type Silence, silenceState, validateSilence } from '../model/silence.ts';
import type { System } from '../system.ts';
import { SilenceIndex } from './silence-index.ts';
import {
  mergeSilences,
  readSilence,
  type SilenceRecord,
  silenceDigest,
  storedSilence,
  writeSilence,
} from './silence-record.ts';

export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  readonly code: 'NOT_FOUND' | 'INVALID' | 'TOO_MANY' | 'TOO_LARGE';
  constructor(code: SilenceError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** `heard`: a peer said so. */
export type SilenceChange = 'made' | 'changed' | 'ended' | 'heard';

export interface SilencesOptions {
  /** How long an expired silence is kept; `--data.retention`. */
  readonly retentionMs: number;
  /** Counts every stored silence, also expired ones; 0 is unlimited. */
  readonly maxSilences: number;
  /** Of the stored text; 0 is what can pass between peers. */
  readonly maxSilenceSizeBytes: number;
  /** Which label names a silence may ask for; by default any. */
  readonly labelNameMode?: LabelNameMode;
  /** Called after it is in force. Must not throw and must not wait. */
  readonly onChange?: ((silence: Silence, change: SilenceChange) => void) | undefined;
}

/** Who makes a silence waits no longer for a hanging disk than this; the silence is in force from the first moment. */
const LONGEST_WAIT_FOR_DISK_MS = 5_000;

/** Of 128 KiB that pass between peers; the rest is for versions, and what newer nodes may add. */
const LARGEST_BYTES = 104 * 1024;

/** With more changes than this to look through, the index is the shorter way. */
const MOST_CHANGES_IN_TURN = 32;

/** What is known of one alert: the silences that match it, whatever their state, up to a change of the set. */
interface Matched {
  readonly upTo: number;
  readonly ids: readonly string[];
}

type Changed = readonly [Silence, SilenceChange];

const NONE: readonly string[] = [];

export class Silences {
  readonly #system: System;
  readonly #logger: Logger;
  readonly #options: SilencesOptions;
  readonly #versions: HybridClock;
  readonly #isShared: boolean;
  readonly #replica: SharedReplica<SilenceRecord>;
  /**
   * Ids in the order of their last change. An alert's cached matches are extended by what changed since, so a flush costs
   * the number of new silences, not of all (as in Alertmanager, but an update counts as a change, too).
   */
  #changes: { readonly change: number; readonly id: string }[] = [];
  #lastChange = 0;
  readonly #index = new SilenceIndex();
  readonly #matched = new Map<string, Matched>();

  constructor(
    dependencies: {
      disk: Disk;
      system: System;
      logger: Logger;
      versions: HybridClock;
      peers?: ReplicaPeers | undefined;
    },
    options: SilencesOptions,
  ) {
    this.#system = dependencies.system;
    this.#versions = dependencies.versions;
    this.#logger = dependencies.logger;
    this.#options = options;
    this.#isShared = dependencies.peers !== undefined;
    const read = (record: unknown, key?: string) => {
      const silence = readSilence(record);
      if (key !== undefined && silence.silence.id !== key) throw new Error('the key is not the id of the silence');
      this.#versions.see(silence.version);
      if (silence.ended) this.#versions.see(silence.ended);
      return silence;
    };
    this.#replica = new SharedReplica<SilenceRecord>(dependencies, {
      name: 'silences',
      merge: mergeSilences,
      encode: (record) => JSON.stringify(writeSilence(record)),
      decode: (text) => read(JSON.parse(text)),
      sharing: {
        digest: silenceDigest,
        toWire: writeSilence,
        fromWire: (record, { key }) => read(record, key),
        isForgotten: ({ latestEndsAtMs }, now) => latestEndsAtMs + options.retentionMs < now.wallMs,
        write: { sync: true },
      },
      onReceived: ({ key, after }) => {
        this.#changed(key);
        options.onChange?.(after.silence, 'heard');
      },
    });
  }

  async load(): Promise<void> {
    await this.#replica.load();
    for (const id of this.#replica.keys()) this.#changed(id);
  }

  get(id: string): Silence | undefined {
    const silence = this.#replica.get(id)?.silence;
    return silence && this.#isRemembered(silence, this.#system.now()) ? silence : undefined;
  }

  *values(): IterableIterator<Silence> {
    const now = this.#system.now();
    for (const { silence } of this.#replica.values()) if (this.#isRemembered(silence, now)) yield silence;
  }

  /** What ended longer ago is kept only for peers that were away, and shown to nobody. */
  #isRemembered({ endsAtMs }: Silence, { wallMs }: Now): boolean {
    return endsAtMs + this.#options.retentionMs >= wallMs;
  }

  /**
   * Creates (id '') or updates. An update that would change what is muted, or revive what has ended, becomes a new
   * silence and ends the old one. Resolves, once on disk, with the id under which it now stands.
   * @throws SilenceError
   */
  async set(silence: Omit<Silence, 'updatedAtMs'>, now: Now): Promise<string> {
    const previous = silence.id === '' ? undefined : this.get(silence.id);
    if (silence.id !== '' && !previous) throw new SilenceError('NOT_FOUND', 'silence not found');
    const wanted: Silence = { ...silence, updatedAtMs: now.wallMs };
    const problem = validateSilence(wanted, now.wallMs, this.#options.labelNameMode);
    if (problem !== undefined) throw new SilenceError('INVALID', `invalid silence: ${problem}`);
    if (previous && canUpdateInPlace(previous, wanted, now.wallMs)) {
      this.#checkSize(wanted);
      return this.#store([[wanted, 'changed']], now);
    }
    const { maxSilences } = this.#options;
    const count = maxSilences > 0 ? [...this.values()].length : 0;
    if (count + 1 > maxSilences && maxSilences > 0) {
      throw new SilenceError('TOO_MANY', `exceeded maximum number of silences: ${count} (limit: ${maxSilences})`);
    }
    const created: Silence = {
      ...wanted,
      id: this.#system.uuid(),
      startsAtMs: Math.max(wanted.startsAtMs, now.wallMs),
    };
    this.#checkSize(created);
    // Both in one batch: there is no instant at which neither, or both, would mute after a crash.
    const replaced =
      previous && silenceState(previous, now.wallMs) !== 'expired' ? [[expired(previous, now), 'ended'] as const] : [];
    return this.#store([[created, 'made'], ...replaced], now);
  }

  /**
   * Ends it now; a pending one never begins. Ending an ended one changes nothing. Resolves once on disk.
   * @throws SilenceError NOT_FOUND
   */
  async expire(id: string, now: Now): Promise<void> {
    const silence = this.get(id);
    if (!silence) throw new SilenceError('NOT_FOUND', 'silence not found');
    if (silenceState(silence, now.wallMs) === 'expired') return;
    await this.#store([[expired(silence, now), 'ended']], now);
  }

  /** Ids of the silences that match the alert and are active now. */
  silencedBy(alert: Alert, now: Now): readonly string[] {
    // Nothing is remembered for alerts while there is no silence to remember.
    if (this.#replica.size === 0) return NONE;
    const { ids } = this.#matching(alert);
    if (ids.length === 0) return NONE;
    return ids.filter((id) => {
      const silence = this.get(id);
      return silence !== undefined && silenceState(silence, now.wallMs) === 'active';
    });
  }

  /** Ids of all silences that match the alert, also of those that are pending or expired. Remembered per alert. */
  matching(alert: Alert): readonly string[] {
    return this.#replica.size === 0 ? NONE : this.#matching(alert).ids;
  }

  /** Forgets what was computed for an alert that is gone. */
  forgetAlert(fingerprint: string): void {
    this.#matched.delete(fingerprint);
  }

  /**
   * Deletes silences that ended longer than the retention ago; among peers, that would have, whatever ended them early: one
   * that was away could bring it back.
   */
  async collectGarbage(now: Now): Promise<void> {
    // What was remembered for alerts that are gone goes with it; for the others it is worked out again.
    this.#matched.clear();
    const gone: string[] = [];
    for (const { silence, latestEndsAtMs } of this.#replica.values()) {
      const endsAtMs = this.#isShared ? latestEndsAtMs : silence.endsAtMs;
      if (endsAtMs + this.#options.retentionMs < now.wallMs) gone.push(silence.id);
    }
    for (const id of gone) {
      this.#replica.delete(id);
      this.#index.delete(id);
    }
    if (gone.length === 0) return;
    this.#changes = this.#changes.filter(({ id }) => this.#replica.get(id) !== undefined);
    await this.#replica.persist(gone, { sync: false });
  }

  #matching(alert: Alert): Matched {
    const known = this.#matched.get(alert.fingerprint);
    if (known?.upTo === this.#lastChange) return known;
    const oldest = this.#changes[this.#changes.length - MOST_CHANGES_IN_TURN];
    const ids = oldest && oldest.change > (known?.upTo ?? 0) ? this.#found(alert) : this.#extended(alert, known);
    const matched = { upTo: this.#lastChange, ids };
    this.#matched.set(alert.fingerprint, matched);
    return matched;
  }

  #found({ labels }: Alert): readonly string[] {
    const ids: string[] = [];
    for (const id of this.#index.candidates(labels)) {
      const silence = this.get(id);
      if (silence && matchesAll(silence.matchers, labels)) ids.push(id);
    }
    return ids;
  }

  #extended(alert: Alert, known: Matched | undefined): readonly string[] {
    const ids = new Set(known?.ids);
    for (let index = this.#changes.length - 1; index >= 0; index--) {
      const entry = this.#changes[index];
      if (!entry || entry.change <= (known?.upTo ?? 0)) break;
      const silence = this.get(entry.id);
      if (silence && matchesAll(silence.matchers, alert.labels)) ids.add(entry.id);
      else ids.delete(entry.id);
    }
    return [...ids].filter((id) => this.#replica.get(id) !== undefined);
  }

  #changed(id: string): void {
    const silence = this.#replica.get(id)?.silence;
    if (silence) this.#index.set(silence);
    this.#changes.push({ change: ++this.#lastChange, id });
    // Each id is wanted once, at its latest change; compact when most entries are old.
    if (this.#changes.length <= 2 * this.#replica.size + 64) return;
    const latest = new Map(this.#changes.map((entry) => [entry.id, entry]));
    this.#changes = [...latest.values()].sort((a, b) => a.change - b.change);
  }

  async #store(changes: readonly [Changed, ...Changed[]], now: Now): Promise<string> {
    for (const [silence] of changes) {
      const version = this.#versions.next(now);
      const isEnded = silenceState(silence, now.wallMs) === 'expired';
      const latestEndsAtMs = silence.endsAtMs;
      this.#replica.merge(silence.id, { silence, version, ended: isEnded ? version : undefined, latestEndsAtMs });
      this.#changed(silence.id);
    }
    for (const [silence, change] of changes) this.#options.onChange?.(silence, change);
    const ids = changes.map(([{ id }]) => id);
    this.#replica.announce(ids);
    const stored = await this.#replica.persist(ids, { sync: true, withinMs: LONGEST_WAIT_FOR_DISK_MS });
    if (!stored)
      this.#logger.error({ silences: ids }, 'A silence is in force but not on disk; a restart would forget it');
    return changes[0][0].id;
  }

  #checkSize(silence: Silence): void {
    const { maxSilenceSizeBytes } = this.#options;
    const limit = Math.min(maxSilenceSizeBytes > 0 ? maxSilenceSizeBytes : LARGEST_BYTES, LARGEST_BYTES);
    const size = Buffer.byteLength(JSON.stringify(storedSilence(silence)));
    if (size > limit)
      throw new SilenceError('TOO_LARGE', `silence exceeded maximum size: ${size} bytes (limit: ${limit} bytes)`);
  }
}

function expired(silence: Silence, now: Now): Silence {
  const pending = silenceState(silence, now.wallMs) === 'pending';
  // The end is inclusive; one millisecond back, so that it is over at once and not with the next tick of the clock.
  const endsAtMs = now.wallMs - 1;
  return {
    ...silence,
    startsAtMs: pending ? endsAtMs : Math.min(silence.startsAtMs, endsAtMs),
    endsAtMs,
    updatedAtMs: now.wallMs,
  };
}
