/**
 * Every alert this node knows, merged by fingerprint: a typed face of SharedReplica. A change (new, ended, firing again) is
 * on disk, and a peer has it, before the checker hears 200; a mere refresh stays in memory, since a restart gives every
 * alert a lease long enough for its checker to speak, and peers ask before they let it run out (lease-keeper.ts). Watchers
 * hear of changes, whoever heard them first, in the order they were added: inhibition first, then the dispatcher.
 */
import type { Logger } from 'pino';
import type { Disk } from '../../cluster/disk.ts';
import { type Received, type ReplicaPeers, SharedReplica } from '../../cluster/shared-replica.ts';
import type { HybridClock } from '../../cluster/version.ts';
import { type Alert, type AlertVersion, isResolved, mergeAlerts } from '../model/alert.ts';
import { sameLabels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { type AlertChange, changeOf, isOtherState, samePromise, sameWords } from './alert-change.ts';
import { alertDigest, readAlert, readStoredAlert, storedAlert, writeAlert } from './alert-record.ts';
import { AlertnameLimit } from './alertname-limit.ts';
import { disturbedEndsAtMs, isEndedByWord, type LeaseDisturbance, oneMoreLeaseEndsAtMs } from './lease.ts';
import { type LeaseWord, leaseWordOf, readLeaseWords, withLeaseWord } from './lease-word.ts';
import { mergeCopies } from './merge-copies.ts';
import { WordsPace } from './words-pace.ts';

export type { AlertChange } from './alert-change.ts';
export type { LeaseDisturbance } from './lease.ts';

/** Who said so. */
export type AlertSource =
  /** From where, and with what, as far as that is known. */
  | { readonly by: 'checker'; readonly client: string }
  /** Its id. */
  | { readonly by: 'peer'; readonly node: string }
  | { readonly by: 'this node' };

export interface AlertWatcher {
  /** Called synchronously, after the store holds the alert. Must not throw and must not wait. */
  onAlertChange(alert: Alert, change: AlertChange, now: Now, from: AlertSource): void;
  /** It has run out, and this node has acted upon that. */
  onAlertRunOut?(alert: Alert): void;
  /** The store has forgotten the alert, or keeps it for peers only. */
  onAlertRemoved?(alert: Alert): void;
}

export interface RejectedAlert {
  readonly alert: Alert;
  readonly message: string;
}

export interface AlertStoreDependencies {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly versions: HybridClock;
  /** Undefined: this node is alone, forgets at once what is over, and gives no versions. */
  readonly peers?: ReplicaPeers | undefined;
}

export interface AlertStoreOptions {
  readonly resolveTimeoutMs: number;
  /** Firing alerts with the same `alertname`; 0 is unlimited. `--alerts.per-alertname-limit`. */
  readonly perAlertnameLimit: number;
  /** Called for each alert refused because of that limit. */
  readonly onLimited?: () => void;
  /** How long an alert that is over is remembered for peers that were away; `--data.retention`. */
  readonly retentionMs?: number;
}

/** A checker waits this long at most for the disk: a hanging disk must not make checkers drop their alerts. */
const LONGEST_WAIT_FOR_DISK_MS = 250;
/** Nor for the peers: one alone must take alerts as fast as ever. */
const LONGEST_WAIT_FOR_A_PEER_MS = 250;
const WRITE = { sync: false, withinMs: LONGEST_WAIT_FOR_DISK_MS };
const RETENTION_MS = 120 * 3_600_000;

export class AlertStore {
  readonly #logger: Logger;
  readonly #versions: HybridClock;
  readonly #isShared: boolean;
  readonly #replica: SharedReplica<Alert>;
  readonly #watchers: AlertWatcher[] = [];
  readonly #limit: AlertnameLimit;
  readonly #retentionMs: number;
  readonly #pace = new WordsPace();
  /** Kept for peers only; whoever watches was told that they are gone. */
  readonly #buried = new Set<string>();
  #resolveTimeoutMs: number;
  #checkerHeardMs = Number.NEGATIVE_INFINITY;
  #loadedAt: Now = { wallMs: 0, monotonicMs: 0 };

  constructor(dependencies: AlertStoreDependencies, options: AlertStoreOptions) {
    this.#logger = dependencies.logger;
    this.#versions = dependencies.versions;
    this.#isShared = dependencies.peers !== undefined;
    this.#resolveTimeoutMs = options.resolveTimeoutMs;
    this.#retentionMs = options.retentionMs ?? RETENTION_MS;
    this.#replica = new SharedReplica<Alert>(dependencies, {
      name: 'alerts',
      merge: mergeCopies,
      encode: storedAlert,
      decode: (text) => this.#loaded(readStoredAlert(text)),
      sharing: {
        digest: alertDigest,
        toWire: writeAlert,
        fromWire: (record, { key, now }) => this.#seen(readAlert(record, { key, now, known: this.get(key) })),
        isForgotten: (alert, now) => this.#isForgotten(alert, now),
        write: WRITE,
      },
      onReceived: (received) => this.#onReceived(received),
    });
    this.#limit = new AlertnameLimit((fingerprint) => this.get(fingerprint), {
      most: options.perAlertnameLimit,
      onLimited: options.onLimited ?? (() => {}),
    });
  }

  /** Reads the alerts from disk and gives every firing one a lease: its checker could not be heard while the node was down. */
  async load(now: Now): Promise<void> {
    this.#loadedAt = now;
    await this.#replica.load();
    for (const alert of this.#replica.values()) this.#limit.count(alert);
    this.extendLeases(now, { reason: 'start', sinceWallMs: Number.NEGATIVE_INFINITY });
  }

  setResolveTimeout(resolveTimeoutMs: number): void {
    this.#resolveTimeoutMs = resolveTimeoutMs;
  }

  addWatcher(watcher: AlertWatcher): void {
    this.#watchers.push(watcher);
  }

  get size(): number {
    return this.#replica.size;
  }

  /** When the last post came in, on the monotonic clock; minus infinity before the first. What a node says of itself is none. */
  get checkerHeardMs(): number {
    return this.#checkerHeardMs;
  }

  get(fingerprint: string): Alert | undefined {
    return this.#replica.get(fingerprint);
  }

  values(): IterableIterator<Alert> {
    return this.#replica.values();
  }

  /**
   * Merges normalised alerts in their order and tells the watchers. Resolves with those not taken, once the changes are
   * on disk and a peer has them, or both have had their time; memory has them at once, so a broken disk refuses no alert
   * and stops no page, nor does a peer.
   */
  async put(
    alerts: readonly Alert[],
    now: Now,
    { by = 'checker', client = '' }: { by?: 'checker' | 'this node'; client?: string } = {},
  ): Promise<readonly RejectedAlert[]> {
    const rejected: RejectedAlert[] = [];
    const changed: string[] = [];
    const refreshed: string[] = [];
    const announced: string[] = [];
    if (by === 'checker') this.#checkerHeardMs = now.monotonicMs;
    const from: AlertSource = by === 'checker' ? { by, client } : { by };
    for (const incoming of alerts) {
      const { fingerprint } = incoming;
      const stored = this.#replica.get(fingerprint);
      const message = refusedFor(stored, incoming) ?? this.#limit.refusal(stored, incoming, now);
      if (message !== undefined) {
        rejected.push({ alert: incoming, message });
        continue;
      }
      const posted = stored ? mergeAlerts(asOlder(stored, incoming), incoming, now.wallMs) : incoming;
      const change = changeOf(stored, posted, now);
      const isAnnounced = this.#isShared && this.#isToAnnounce(stored, posted, now);
      const merged = isAnnounced ? newWord(posted, this.#versions.next(now)) : posted;
      this.#replica.replace(fingerprint, merged);
      if (isAnnounced) announced.push(fingerprint);
      if (change) {
        changed.push(fingerprint);
        this.#tell(merged, change, { now, from });
      } else if (stored && !samePromise(stored, merged)) {
        refreshed.push(fingerprint);
      }
    }
    this.#replica.announce(announced);
    // A refresh with other words is written too, but nobody waits for it.
    if (refreshed.length > 0) void this.#replica.persist(refreshed, WRITE);
    if (changed.length === 0) return rejected;
    const isStored = this.#replica.persist(changed, WRITE);
    // Whoever hears 200 may kill this node at once.
    if (this.#isShared) await this.#replica.acknowledged(changed, { withinMs: LONGEST_WAIT_FOR_A_PEER_MS });
    await isStored;
    return rejected;
  }

  /**
   * After a start, a stall of this process or a jump of the wall clock, checkers may have spoken unheard: every alert
   * that fired until then gets one more lease, as long as its checker last asked for and at least resolve_timeout, counted
   * from now. So no "resolved" is sent only because this node was not listening. Until its checker speaks again it gets no
   * further lease, only the time lost to further disturbances; so one that nobody refreshes does end. And a clock that was
   * set back brings nothing to life that is over. Returns how many leases were extended.
   */
  extendLeases(now: Now, disturbance: LeaseDisturbance): number {
    const context = { now, resolveTimeoutMs: this.#resolveTimeoutMs };
    let extended = 0;
    for (const alert of this.#replica.values()) {
      const endsAtMs = disturbedEndsAtMs(alert, disturbance, context);
      if (endsAtMs === undefined) continue;
      if (endsAtMs > now.wallMs) {
        this.#putOff(alert, endsAtMs, now);
        extended++;
      } else {
        const { endsAtText: _, ...rest } = alert;
        this.#replica.replace(alert.fingerprint, { ...rest, endsAtMs });
      }
    }
    if (extended > 0) {
      this.#logger.info(
        { alerts: extended, reason: disturbance.reason },
        'Firing alerts got one more lease, so that their checkers can speak',
      );
    }
    return extended;
  }

  /**
   * Each of these gets one more lease, as after a disturbance, unless somebody has acted upon its end already: those may
   * have been heard of where this node could not ask. That it comes once only is up to the caller.
   */
  giveOneMoreLease(fingerprints: readonly string[], now: Now): void {
    const context = { now, resolveTimeoutMs: this.#resolveTimeoutMs };
    for (const fingerprint of fingerprints) {
      const alert = this.get(fingerprint);
      if (alert && alert.updatedAtMs < alert.endsAtMs) this.#putOff(alert, oneMoreLeaseEndsAtMs(alert, context), now);
    }
  }

  /**
   * Somebody has acted on these alerts having run out, so a restart must not give them another lease: that would ring
   * for something over. Written, not waited for; it is on disk before any later write is.
   */
  confirmEnded(alerts: readonly Alert[]): void {
    const confirmed: string[] = [];
    for (const alert of alerts) {
      if (this.#replica.get(alert.fingerprint) !== alert || alert.updatedAtMs >= alert.endsAtMs) continue;
      const { askedEndsAtMs: _, ...rest } = alert;
      const heard = this.#isShared ? { lastHeardMs: alert.updatedAtMs } : undefined;
      this.#replica.replace(alert.fingerprint, { ...rest, updatedAtMs: alert.endsAtMs, ...heard });
      confirmed.push(alert.fingerprint);
      for (const watcher of this.#watchers) watcher.onAlertRunOut?.(alert);
    }
    if (confirmed.length > 0) void this.#replica.persist(confirmed, WRITE);
  }

  // --- leases among peers -------------------------------------------------------------------------------------------

  /** What this node has heard of alerts a peer asks about: those that fire here. */
  answerLeases(fingerprints: readonly string[], now: Now): readonly LeaseWord[] {
    const words: LeaseWord[] = [];
    for (const fingerprint of fingerprints) {
      const alert = this.get(fingerprint);
      const word = alert && leaseWordOf(alert, now);
      if (word) words.push(word);
    }
    return words;
  }

  /**
   * Takes over what a peer's answer knows better. It stays in memory, as a refresh does.
   * @throws if it is no answer to a question about so many alerts; nothing is taken then
   */
  takeLeases(answer: unknown, { asked, now, from }: { asked: number; now: Now; from: string }): void {
    for (const word of readLeaseWords(answer, asked)) {
      const stored = this.get(word[0]);
      // Of one that was acted upon as over, the whole record tells whether it is.
      if (!stored || isEndedByWord(stored) || stored.lastHeardMs !== undefined) continue;
      const heard = withLeaseWord(stored, word, now);
      if (!heard) continue;
      const merged = mergeCopies(stored, heard);
      this.#replica.replace(stored.fingerprint, merged);
      const change = changeOf(stored, merged, now);
      if (change) this.#tell(merged, change, { now, from: { by: 'peer', node: from } });
    }
  }

  // ------------------------------------------------------------------------------------------------------------------

  /**
   * Forgets ended alerts that nobody holds on to. Among peers each is its own tombstone until retention after its end: a
   * node that was away would bring it back.
   */
  async collectGarbage(now: Now, isHeld: (fingerprint: string) => boolean): Promise<void> {
    const gone: string[] = [];
    for (const alert of this.#replica.values()) {
      const { fingerprint } = alert;
      if (!isResolved(alert, now.wallMs)) continue;
      if (isHeld(fingerprint)) {
        this.#buried.delete(fingerprint);
        continue;
      }
      const isKept = this.#isShared && !this.#isForgotten(alert, now);
      if (!isKept) gone.push(fingerprint);
      else if (this.#buried.has(fingerprint)) continue;
      else this.#buried.add(fingerprint);
      this.#limit.forget(alert);
      for (const watcher of this.#watchers) watcher.onAlertRemoved?.(alert);
    }
    this.#pace.collectGarbage(now);
    for (const fingerprint of gone) {
      this.#buried.delete(fingerprint);
      this.#pace.forget(fingerprint);
      this.#replica.delete(fingerprint);
    }
    if (gone.length > 0) await this.#replica.persist(gone, { sync: false });
  }

  #isForgotten(alert: Alert, now: Now): boolean {
    return alert.endsAtMs + this.#retentionMs < now.wallMs;
  }

  /** Whether peers must hear of this post, by a version of its own. */
  #isToAnnounce(stored: Alert | undefined, posted: Alert, now: Now): boolean {
    const { fingerprint } = posted;
    if (stored === undefined || isOtherState(stored, posted) || changeOf(stored, posted, now)) {
      this.#pace.forget(fingerprint);
      return true;
    }
    return this.#pace.take(fingerprint, { isOther: !sameWords(stored, posted), now });
  }

  #onReceived({ key, before, after, from, now }: Received<Alert>): void {
    const change = changeOf(before, after, now);
    if (change) this.#pace.forget(key);
    else if (before?.version !== after.version) this.#pace.shared(key, now);
    if (change) this.#tell(after, change, { now, from: { by: 'peer', node: from } });
  }

  #tell(alert: Alert, change: AlertChange, { now, from }: { now: Now; from: AlertSource }): void {
    this.#buried.delete(alert.fingerprint);
    this.#limit.count(alert);
    for (const watcher of this.#watchers) watcher.onAlertChange(alert, change, now, from);
  }

  #putOff(alert: Alert, endsAtMs: number, now: Now): void {
    const { endsAtText: _, ...rest } = alert;
    const leased: Alert = { ...rest, endsAtMs, askedEndsAtMs: alert.askedEndsAtMs ?? alert.endsAtMs };
    this.#replica.replace(alert.fingerprint, leased);
    // Whoever has seen it as over meanwhile must know; at a start nobody listens yet.
    if (isResolved(alert, now.wallMs)) this.#tell(leased, 'firing again', { now, from: { by: 'this node' } });
  }

  #seen(alert: Alert): Alert {
    if (alert.version) this.#versions.see(alert.version);
    return alert;
  }

  /** What was written alone has no version, and what is alone now needs none: nobody would give it a new one with a change. */
  #loaded(alert: Alert): Alert {
    if (this.#isShared) return alert.version ? this.#seen(alert) : { ...alert, version: this.#versionOfOld(alert) };
    if (alert.version === undefined && alert.lastHeardMs === undefined) return alert;
    const { version: _, lastHeardMs: __, ...rest } = alert;
    return rest;
  }

  /** In the order in which they were last written, and before anything that is written from now on. */
  #versionOfOld({ updatedAtMs }: Alert): NonNullable<Alert['version']> {
    const { time, node } = this.#versions.next(this.#loadedAt);
    return { time: Math.max(0, Math.min(Math.floor(updatedAtMs), time)), node };
  }
}

/** What peers said of the former one is not said of this. */
function newWord(posted: Alert, version: AlertVersion): Alert {
  if (posted.unknownFields === undefined) return { ...posted, version };
  const { unknownFields: _, ...known } = posted;
  return { ...known, version };
}

function refusedFor(stored: Alert | undefined, incoming: Alert): string | undefined {
  if (!stored || sameLabels(stored.labels, incoming.labels)) return undefined;
  return `its labels have the same fingerprint ${incoming.fingerprint} as another alert's: change a label`;
}

/** What arrives later is younger, even if the wall clock was set back in between. */
function asOlder(stored: Alert, incoming: Alert): Alert {
  return incoming.updatedAtMs < stored.updatedAtMs ? { ...stored, updatedAtMs: incoming.updatedAtMs } : stored;
}
