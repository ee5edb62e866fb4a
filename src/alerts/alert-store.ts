/**
 * Every alert this node knows, merged by fingerprint: a typed face of Replica. A change (new, ended, firing again) is on
 * disk before the checker hears 200; a mere refresh stays in memory, since a restart gives every alert a lease long enough
 * for its checker to speak. Watchers hear of changes in the order they were added: inhibition first, then the dispatcher.
 */
import type { Logger } from 'pino';
import type { Disk } from '../../cluster/disk.ts';
import { Replica } from '../../cluster/replica.ts';
import { type Alert, isResolved, mergeAlerts } from '../model/alert.ts';
import { fingerprint as fingerprintOf, labelValue, sameLabels, sortedLabels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';

export type AlertChange = 'new' | 'ended' | 'firing again';

export interface AlertWatcher {
  /** Called synchronously, after the store holds the alert. Must not throw and must not wait. */
  onAlertChange(alert: Alert, change: AlertChange, now: Now): void;
  /** The store has forgotten the alert. */
  onAlertRemoved?(alert: Alert): void;
}

export interface RejectedAlert {
  readonly alert: Alert;
  readonly message: string;
}

export interface LeaseDisturbance {
  readonly reason: 'start' | 'stall' | 'clock jump';
  /** What the wall clock showed when checkers were heard for the last time; minus infinity at a start. */
  readonly sinceWallMs: number;
}

export interface AlertStoreOptions {
  readonly resolveTimeoutMs: number;
  /** Firing alerts with the same `alertname`; 0 is unlimited. `--alerts.per-alertname-limit`. */
  readonly perAlertnameLimit: number;
  /** Called for each alert refused because of that limit. */
  readonly onLimited?: () => void;
}

/** A checker waits this long at most for the disk: a hanging disk must not make checkers drop their alerts. */
const LONGEST_WAIT_FOR_DISK_MS = 250;
/** A change of the lease by less than this is jitter between posts, not a new promise of the checker. */
const LEASE_JITTER_MS = 5_000;

export class AlertStore {
  readonly #logger: Logger;
  readonly #replica: Replica<Alert>;
  readonly #watchers: AlertWatcher[] = [];
  readonly #options: AlertStoreOptions;
  #resolveTimeoutMs: number;
  /** Fingerprints by alertname, kept only if there is a limit. */
  readonly #byAlertname = new Map<string, Set<string>>();
  #mergeWallMs = 0;

  constructor(dependencies: { disk: Disk; logger: Logger }, options: AlertStoreOptions) {
    this.#logger = dependencies.logger;
    this.#options = options;
    this.#resolveTimeoutMs = options.resolveTimeoutMs;
    this.#replica = new Replica<Alert>(dependencies, {
      name: 'alerts',
      merge: (stored, incoming) => mergeAlerts(stored, incoming, this.#mergeWallMs),
      encode: (alert) => JSON.stringify(alert),
      decode: decodeAlert,
    });
  }

  /** Reads the alerts from disk and gives every firing one a lease: its checker could not be heard while the node was down. */
  async load(now: Now): Promise<void> {
    await this.#replica.load();
    for (const alert of this.#replica.values()) this.#count(alert);
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

  get(fingerprint: string): Alert | undefined {
    return this.#replica.get(fingerprint);
  }

  values(): IterableIterator<Alert> {
    return this.#replica.values();
  }

  /**
   * Merges normalised alerts in their order and tells the watchers. Resolves with those not taken, once the changes are
   * on disk or the disk has had its time; memory has them at once, so a broken disk refuses no alert and stops no page.
   */
  async put(alerts: readonly Alert[], now: Now): Promise<readonly RejectedAlert[]> {
    const rejected: RejectedAlert[] = [];
    const changed: string[] = [];
    const refreshed: string[] = [];
    this.#mergeWallMs = now.wallMs;
    for (const incoming of alerts) {
      const stored = this.#replica.get(incoming.fingerprint);
      const message = this.#refusal(stored, incoming, now);
      if (message !== undefined) {
        rejected.push({ alert: incoming, message });
        continue;
      }
      // What arrives later is younger, even if the wall clock was set back in between.
      if (stored && incoming.updatedAtMs < stored.updatedAtMs) {
        this.#replica.replace(stored.fingerprint, { ...stored, updatedAtMs: incoming.updatedAtMs });
      }
      const merged = this.#replica.merge(incoming.fingerprint, incoming);
      const change = changeOf(stored, merged, now);
      if (change) {
        changed.push(merged.fingerprint);
        this.#count(merged);
        for (const watcher of this.#watchers) watcher.onAlertChange(merged, change, now);
      } else if (stored && !samePromise(stored, merged)) {
        refreshed.push(merged.fingerprint);
      }
    }
    // A refresh with other words is written too, but nobody waits for it.
    if (refreshed.length > 0)
      void this.#replica.persist(refreshed, { sync: false, withinMs: LONGEST_WAIT_FOR_DISK_MS });
    if (changed.length > 0) await this.#replica.persist(changed, { sync: false, withinMs: LONGEST_WAIT_FOR_DISK_MS });
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
    let extended = 0;
    for (const alert of this.#replica.values()) {
      const endsAtMs = extendedEnd(alert, { now, disturbance, resolveTimeoutMs: this.#resolveTimeoutMs });
      if (endsAtMs === undefined) continue;
      const { endsAtText: _, ...rest } = alert;
      if (endsAtMs <= now.wallMs) {
        this.#replica.replace(alert.fingerprint, { ...rest, endsAtMs });
        continue;
      }
      const askedEndsAtMs = alert.askedEndsAtMs ?? alert.endsAtMs;
      const wasOver = isResolved(alert, now.wallMs);
      const leased: Alert = { ...rest, endsAtMs, askedEndsAtMs };
      this.#replica.replace(alert.fingerprint, leased);
      extended++;
      // Whoever has seen it as over meanwhile must know; at a start nobody listens yet.
      if (wasOver) for (const watcher of this.#watchers) watcher.onAlertChange(leased, 'firing again', now);
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
   * Somebody has acted on these alerts having run out, so a restart must not give them another lease: that would ring
   * for something over. Written, not waited for; it is on disk before any later write is.
   */
  confirmEnded(alerts: readonly Alert[]): void {
    const confirmed: string[] = [];
    for (const alert of alerts) {
      if (this.#replica.get(alert.fingerprint) !== alert || alert.updatedAtMs >= alert.endsAtMs) continue;
      const { askedEndsAtMs: _, ...rest } = alert;
      this.#replica.replace(alert.fingerprint, { ...rest, updatedAtMs: alert.endsAtMs });
      confirmed.push(alert.fingerprint);
    }
    if (confirmed.length > 0)
      void this.#replica.persist(confirmed, { sync: false, withinMs: LONGEST_WAIT_FOR_DISK_MS });
  }

  /** Forgets ended alerts that nobody holds on to. */
  async collectGarbage(now: Now, isHeld: (fingerprint: string) => boolean): Promise<void> {
    const gone: string[] = [];
    for (const alert of this.#replica.values()) {
      if (!isResolved(alert, now.wallMs) || isHeld(alert.fingerprint)) continue;
      gone.push(alert.fingerprint);
      this.#byAlertname.get(labelValue(alert.labels, 'alertname'))?.delete(alert.fingerprint);
      for (const watcher of this.#watchers) watcher.onAlertRemoved?.(alert);
    }
    for (const fingerprint of gone) this.#replica.delete(fingerprint);
    if (gone.length > 0) await this.#replica.persist(gone, { sync: false });
  }

  #refusal(stored: Alert | undefined, incoming: Alert, now: Now): string | undefined {
    if (stored && !sameLabels(stored.labels, incoming.labels)) {
      return `its labels have the same fingerprint ${incoming.fingerprint} as another alert's: change a label`;
    }
    const limit = this.#options.perAlertnameLimit;
    const isFiringAlready = stored !== undefined && !isResolved(stored, now.wallMs);
    if (limit <= 0 || isFiringAlready || isResolved(incoming, now.wallMs)) return undefined;
    const alertname = labelValue(incoming.labels, 'alertname');
    const known = this.#byAlertname.get(alertname);
    if (!known || known.size < limit) return undefined;
    for (const fingerprint of known) {
      const alert = this.#replica.get(fingerprint);
      if (!alert || isResolved(alert, now.wallMs)) known.delete(fingerprint);
    }
    if (known.size < limit) return undefined;
    this.#options.onLimited?.();
    return `more than ${limit} firing alerts named ${JSON.stringify(alertname)}: see --alerts.per-alertname-limit`;
  }

  #count(alert: Alert): void {
    if (this.#options.perAlertnameLimit <= 0) return;
    const alertname = labelValue(alert.labels, 'alertname');
    const known = this.#byAlertname.get(alertname);
    if (known) known.add(alert.fingerprint);
    else this.#byAlertname.set(alertname, new Set([alert.fingerprint]));
  }
}

/** Pure. The end an alert has after a disturbance; undefined if it stays as it is; now, if it is over and must stay so. */
function extendedEnd(
  alert: Alert,
  { now, disturbance, resolveTimeoutMs }: { now: Now; disturbance: LeaseDisturbance; resolveTimeoutMs: number },
): number | undefined {
  const { reason, sinceWallMs } = disturbance;
  // An end at or before its own posting is a checker's word (or a run-out already seen), not a lease.
  const leaseMs = (alert.askedEndsAtMs ?? alert.endsAtMs) - alert.updatedAtMs;
  const wasFiring = alert.endsAtMs > sinceWallMs;
  if (leaseMs <= 0 || !wasFiring) return isResolved(alert, now.wallMs) ? undefined : now.wallMs;
  const oneMoreMs = now.wallMs + Math.max(leaseMs, resolveTimeoutMs);
  const isFirst = reason === 'start' || alert.askedEndsAtMs === undefined;
  const endsAtMs = isFirst ? oneMoreMs : Math.min(oneMoreMs, alert.endsAtMs + Math.max(0, now.wallMs - sinceWallMs));
  return endsAtMs > alert.endsAtMs ? endsAtMs : undefined;
}

function changeOf(before: Alert | undefined, after: Alert, now: Now): AlertChange | undefined {
  const ended = isResolved(after, now.wallMs);
  if (!before) return ended ? 'ended' : 'new';
  // Once over, it is over, even if the wall clock was set back since.
  const wasOver = isResolved(before, now.wallMs) || before.endsAtMs <= before.updatedAtMs;
  if (wasOver === ended) return undefined;
  return ended ? 'ended' : 'firing again';
}

/** Whether a restart may as well begin from `stored`: nothing but the instants of a refresh differs. */
function samePromise(stored: Alert, merged: Alert): boolean {
  return (
    stored.startsAtMs === merged.startsAtMs &&
    stored.timeout === merged.timeout &&
    stored.generatorURL === merged.generatorURL &&
    Math.abs(stored.endsAtMs - stored.updatedAtMs - (merged.endsAtMs - merged.updatedAtMs)) < LEASE_JITTER_MS &&
    (stored.annotations === merged.annotations || sameLabels(stored.annotations, merged.annotations))
  );
}

function decodeAlert(text: string): Alert {
  const alert = JSON.parse(text) as Alert;
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, receivedAtMs } = alert;
  const isWhole =
    typeof fingerprint === 'string' &&
    isRecord(labels) &&
    isRecord(annotations) &&
    [startsAtMs, endsAtMs, updatedAtMs, receivedAtMs].every(Number.isFinite);
  if (!isWhole) throw new Error('not an alert');
  if (fingerprintOf(sortedLabels(labels)) !== fingerprint)
    throw new Error('its labels are not those of its fingerprint');
  return alert;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
