/**
 * Puts every alert into the groups its routes ask for, and turns a group's tick into a flush for the pipeline. Groups live
 * until all their alerts have ended and everyone who was told that they fire was told that they ended.
 */
import type { Logger } from 'pino';
import type { AlertChange, AlertStore, AlertWatcher } from '../alerts/alert-store.ts';
import type { Metrics } from '../metrics.ts';
import { type Alert, compareForNotification, isResolved } from '../model/alert.ts';
import { formatLabels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import type { Flush, FlushAlert } from '../notify/flush.ts';
import type { Pipeline } from '../notify/pipeline.ts';
import type { NotificationLog } from '../state/notification-log.ts';
import type { System } from '../system.ts';
import { Group } from './group.ts';
import { groupKey, groupLabels, type Route, type RouteTree } from './route.ts';

export interface DispatcherDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'dispatcherAlertProcessingDurationSeconds'>;
  readonly alerts: AlertStore;
  readonly log: NotificationLog;
  readonly pipeline: Pipeline;
  /** Called before each tick decides anything: a stall or a clock jump must be noticed first. */
  readonly beforeTick: (now: Now) => void;
}

export class Dispatcher implements AlertWatcher {
  readonly #dependencies: DispatcherDependencies;
  #tree: RouteTree;
  /** By route id and group labels. */
  #groups = new Map<string, Group>();
  /** The groups an alert was put into, by fingerprint, in route order; a group may have let go of it since. */
  readonly #membership = new Map<string, readonly Group[]>();
  #earliestTickMs = 0;
  #started = false;

  constructor(dependencies: DispatcherDependencies, tree: RouteTree) {
    this.#dependencies = dependencies;
    this.#tree = tree;
  }

  /** Groups every alert of the store and arms the timers; no tick is earlier than `startDelayMs` from now. */
  start(now: Now, options: { startDelayMs: number }): void {
    this.#started = true;
    this.#earliestTickMs = now.monotonicMs + options.startDelayMs;
    for (const alert of this.#dependencies.alerts.values()) this.#admit(alert, now);
  }

  /**
   * Takes a new routing tree. A group whose route still stands in the same place with the same receiver goes on as it is;
   * alerts that are routed elsewhere now begin there anew; nothing is flushed. Sends under way end undisturbed.
   */
  reload(tree: RouteTree, now: Now): void {
    this.#tree = tree;
    const before = this.#groups;
    this.#groups = new Map();
    this.#membership.clear();
    for (const group of before.values()) group.members.clear();
    for (const alert of this.#dependencies.alerts.values()) this.#admit(alert, now, before);
    for (const [id, group] of before) {
      if (this.#groups.get(id) !== group) group.stop();
    }
  }

  stop(): void {
    this.#started = false;
    for (const group of this.#groups.values()) group.stop();
  }

  onAlertChange(alert: Alert, _change: AlertChange, now: Now): void {
    if (!this.#started) return;
    const { system, metrics } = this.#dependencies;
    const startedMs = system.now().monotonicMs;
    this.#admit(alert, now);
    metrics.dispatcherAlertProcessingDurationSeconds.observe((system.now().monotonicMs - startedMs) / 1000);
  }

  onAlertRemoved(alert: Alert): void {
    this.#membership.delete(alert.fingerprint);
  }

  /** Whether a group still has something to tell about the alert. */
  holds(fingerprint: string): boolean {
    return this.#membership.get(fingerprint)?.some(({ members }) => members.has(fingerprint)) ?? false;
  }

  groupKeys(): ReadonlySet<string> {
    return new Set([...this.#groups.values()].map(({ key }) => key));
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values();
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  /** The routes an alert with these labels takes. */
  routesOf(alert: Alert): readonly Route[] {
    return this.#membership.get(alert.fingerprint)?.map(({ route }) => route) ?? this.#tree.match(alert.labels);
  }

  #admit(alert: Alert, now: Now, kept?: ReadonlyMap<string, Group>): void {
    const groups: Group[] = [];
    for (const route of this.#tree.match(alert.labels)) {
      const labels = groupLabels(route, alert.labels);
      const id = `${route.id}\u0000${formatLabels(labels)}`;
      let group = this.#groups.get(id);
      if (!group) {
        // What has ended and was never told is nobody's business any more.
        if (isResolved(alert, now.wallMs) && !this.#isOwed(route, groupKey(route, labels), alert)) continue;
        const before = kept?.get(id);
        if (before?.route.receiver === route.receiver) {
          group = before;
          group.keepOnReload(route, now);
        } else group = this.#create(route, labels, { alert, now });
        this.#groups.set(id, group);
      }
      group.members.add(alert.fingerprint);
      groups.push(group);
    }
    const [only] = groups;
    if (only) this.#membership.set(alert.fingerprint, groups.length === 1 ? only.alone : groups);
  }

  #create(route: Route, labels: Group['labels'], first: { alert: Alert; now: Now }): Group {
    const { system, log } = this.#dependencies;
    const group = new Group({ system, onTick: (ticked, now) => this.#flush(ticked, now) }, route, labels);
    const lastTickMs = log.lastTickMs(group.key, this.#receiverKeys(route));
    if (lastTickMs !== undefined) group.markTicked();
    group.arm(Math.max(this.#earliestTickMs, firstTickMs(route, first, lastTickMs)));
    return group;
  }

  #flush(group: Group, now: Now): void {
    const { alerts, pipeline, beforeTick } = this.#dependencies;
    beforeTick(now);
    const snapshot: FlushAlert[] = [];
    const ended: Alert[] = [];
    for (const fingerprint of group.members) {
      const alert = alerts.get(fingerprint);
      if (!alert) {
        group.members.delete(fingerprint);
        continue;
      }
      const resolved = isResolved(alert, now.wallMs);
      if (resolved) ended.push(alert);
      snapshot.push({ alert, status: resolved ? 'resolved' : 'firing', isMuted: false });
    }
    if (snapshot.length === 0) {
      this.#letGo(group, []);
      return;
    }
    alerts.confirmEnded(ended);
    snapshot.sort((a, b) => compareForNotification(a.alert, b.alert));
    const flush: Flush = { now, groupKey: group.key, groupLabels: group.labels, route: group.route, alerts: snapshot };
    // The pipeline never rejects; each receiver's lane logs its own failures.
    void pipeline.run(flush, () => this.#letGo(group, ended));
  }

  /** Takes alerts out of the group that ended, are still over, and of which nobody is owed a "resolved". */
  #letGo(group: Group, ended: readonly Alert[]): void {
    const { alerts, log, system } = this.#dependencies;
    const { wallMs } = system.now();
    for (const { fingerprint } of ended) {
      const current = alerts.get(fingerprint);
      if (current && (!isResolved(current, wallMs) || this.#isOwed(group.route, group.key, current))) continue;
      group.members.delete(fingerprint);
    }
    if (group.members.size > 0) return;
    const id = `${group.route.id}\u0000${formatLabels(group.labels)}`;
    group.stop();
    if (this.#groups.get(id) !== group) return;
    this.#groups.delete(id);
    void log.forgetGroup(group.key);
  }

  #isOwed(route: Route, key: string, alert: Alert): boolean {
    return this.#dependencies.log.isOwed(key, alert.fingerprint, this.#receiverKeys(route));
  }

  #receiverKeys(route: Route): readonly string[] {
    return this.#dependencies.pipeline.targets(route.receiver).map(({ key }) => key);
  }
}

/**
 * When a new group ticks first, on the monotonic clock. Pure. A group that has spoken before a restart goes on in its
 * rhythm. Otherwise the first alert waits group_wait, less the time it was already known; if it started longer ago than
 * that, nobody waits (Alertmanager's rule).
 */
export function firstTickMs(
  route: Pick<Route, 'groupWaitMs' | 'groupIntervalMs'>,
  { alert, now }: { alert: Pick<Alert, 'startsAtMs' | 'receivedAtMs'>; now: Now },
  lastTickMs: number | undefined,
): number {
  if (lastTickMs !== undefined) return Math.max(now.monotonicMs, lastTickMs + route.groupIntervalMs);
  if (alert.startsAtMs + route.groupWaitMs < now.wallMs) return now.monotonicMs;
  const knownMs = Math.max(0, now.wallMs - alert.receivedAtMs);
  return now.monotonicMs + Math.max(0, route.groupWaitMs - knownMs);
}
