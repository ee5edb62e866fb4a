/**
 * Puts every alert into the groups its routes ask for, and turns a group's tick into a flush for the pipeline. Groups live
 * until all their alerts have ended and everyone who was told that they fire was told that they ended.
 */
import type { Logger } from 'pino';
import type { AlertChange, AlertStore, AlertWatcher } from '../alerts/alert-store.ts';
import type { Metrics } from '../metrics.ts';
import { type Alert, compareForNotification, isResolved } from '../model/alert.ts';
import { type Labels, labelNames } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import type { Flush, FlushAlert } from '../notify/flush.ts';
import type { Pipeline } from '../notify/pipeline.ts';
import type { ClaimMade, NotificationLog } from '../state/notification-log.ts';
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
  /** Must not throw and must not wait. What is taken up again at a start has begun before. */
  readonly onGroup?: ((group: Group, change: 'begun' | 'ended') => void) | undefined;
}

export interface DispatcherOptions {
  /** How long after its end an alert's "resolved" is still owed: a receiver that never answers must end one day. */
  readonly owedForMs: number;
}

export class Dispatcher implements AlertWatcher {
  readonly #dependencies: DispatcherDependencies;
  readonly #owedForMs: number;
  #tree: RouteTree;
  /** By route id and group labels. */
  #groups = new Map<string, Group>();
  /** By key: routes with equal matchers share it. */
  readonly #groupsByKey = new Map<string, Set<Group>>();
  /** The groups an alert was put into, by fingerprint, in route order; a group may have let go of it since. */
  readonly #membership = new Map<string, readonly Group[]>();
  #earliestTickMs = 0;
  #started = false;
  #isTakingUp = false;

  constructor(dependencies: DispatcherDependencies, tree: RouteTree, { owedForMs }: DispatcherOptions) {
    this.#dependencies = dependencies;
    this.#owedForMs = owedForMs;
    this.#tree = tree;
  }

  /** Groups every alert of the store and arms the timers; no tick is earlier than `startDelayMs` from now. */
  start(now: Now, options: { startDelayMs: number }): void {
    this.#started = true;
    this.#earliestTickMs = now.monotonicMs + options.startDelayMs;
    this.#isTakingUp = true;
    for (const alert of this.#dependencies.alerts.values()) this.#readmit(alert, now);
    this.#isTakingUp = false;
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
    for (const alert of this.#dependencies.alerts.values()) this.#readmit(alert, now, before);
    for (const [id, group] of before) {
      if (this.#groups.get(id) !== group) this.#end(group);
    }
    this.#forgetUnconfigured(before.values());
  }

  /**
   * What was told to places the configuration names no more, or about groups it makes no more, is forgotten: if they come
   * back one day, the old word would pass for news already told.
   */
  #forgetUnconfigured(before: Iterable<Group>): void {
    const told = new Map<string, Set<string>>();
    for (const group of this.#groups.values()) {
      const receiverKeys = told.get(group.key) ?? new Set();
      told.set(group.key, receiverKeys);
      for (const receiverKey of this.#receiverKeys(group.route)) receiverKeys.add(receiverKey);
    }
    for (const { key } of before) void this.#dependencies.log.forgetGroup(key, told.get(key) ?? new Set());
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

  /** A node, perhaps this one, speaks about a tick of a group: the group goes along with it, so that all share one rhythm. */
  hear({ groupKey, receiverKey, claim }: ClaimMade): void {
    if (!this.#started) return;
    const { log } = this.#dependencies;
    const claims = log.claims(groupKey, receiverKey);
    const newestMs = Math.max(claim.tickMs, ...claims.map(({ tickMs }) => tickMs));
    for (const group of [...(this.#groupsByKey.get(groupKey) ?? [])]) {
      const receiverKeys = this.#receiverKeys(group.route);
      if (!receiverKeys.includes(receiverKey)) continue;
      group.hear(claim.tickMs, { newestMs, isOver: log.lastTickMs(groupKey, receiverKeys) === undefined });
    }
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

  /** The group that an alert with these labels belongs to on a route; undefined if there is none now. */
  groupOf(route: Route, labels: Labels): Group | undefined {
    return this.#groups.get(groupId(route, labels));
  }

  get tree(): RouteTree {
    return this.#tree;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  /** The routes an alert with these labels takes. */
  routesOf(alert: Alert): readonly Route[] {
    return this.#membership.get(alert.fingerprint)?.map(({ route }) => route) ?? this.#tree.match(alert.labels);
  }

  /** An alert of which the store has news. One that ended joins a group that lives, so that it may be listed there. */
  #admit(alert: Alert, now: Now): void {
    const groups: Group[] = [];
    for (const route of this.#tree.match(alert.labels)) {
      const group = this.#groups.get(groupId(route, alert.labels));
      if (group) {
        groups.push(group);
        continue;
      }
      const labels = groupLabels(route, alert.labels);
      if (this.#isOfInterest(alert, now, { route, labels })) groups.push(this.#create(route, labels, { alert, now }));
    }
    this.#join(alert, groups);
  }

  /** An alert that was there before a start or a reload: what is over and told, or was never told, stays out. */
  #readmit(alert: Alert, now: Now, before?: ReadonlyMap<string, Group>): void {
    const groups: Group[] = [];
    for (const route of this.#tree.match(alert.labels)) {
      const labels = groupLabels(route, alert.labels);
      if (!this.#isOfInterest(alert, now, { route, labels })) continue;
      const id = groupId(route, labels);
      const kept = before?.get(id);
      if (!this.#groups.has(id) && kept?.route.receiver === route.receiver) {
        kept.keepOnReload(route, now);
        this.#groups.set(id, kept);
      }
      groups.push(this.#groups.get(id) ?? this.#create(route, labels, { alert, now }));
    }
    this.#join(alert, groups);
  }

  /** It fires, or somebody was told that it does, not too long ago. */
  #isOfInterest(alert: Alert, now: Now, { route, labels }: { route: Route; labels: Labels }): boolean {
    if (!isResolved(alert, now.wallMs)) return true;
    if (alert.endsAtMs + this.#owedForMs < now.wallMs) return false;
    return this.#isOwed(route, groupKey(route, labels), alert);
  }

  #join(alert: Alert, groups: readonly Group[]): void {
    for (const group of groups) group.members.add(alert.fingerprint);
    const [only] = groups;
    if (only) this.#membership.set(alert.fingerprint, groups.length === 1 ? only.alone : groups);
  }

  #create(route: Route, labels: Labels, first: { alert: Alert; now: Now }): Group {
    const { system, log } = this.#dependencies;
    const group = new Group({ system, onTick: (ticked, now) => this.#flush(ticked, now) }, route, labels);
    const receiverKeys = this.#receiverKeys(route);
    const lastTickMs = log.lastTickMs(group.key, receiverKeys);
    if (lastTickMs !== undefined) group.markTicked(lastTickMs);
    const spoke =
      lastTickMs === undefined ? undefined : { lastTickMs, toAll: !log.isUnfinished(group.key, receiverKeys) };
    const dueMs = firstTickMs(route, first, spoke);
    if (spoke) group.arm(dueMs, { notBeforeMs: this.#earliestTickMs });
    else group.arm(Math.max(dueMs, this.#earliestTickMs));
    this.#groups.set(groupId(route, labels), group);
    this.#addByKey(group);
    if (!this.#isTakingUp) this.#dependencies.onGroup?.(group, 'begun');
    return group;
  }

  #addByKey(group: Group): void {
    const groups = this.#groupsByKey.get(group.key);
    if (groups) groups.add(group);
    else this.#groupsByKey.set(group.key, new Set([group]));
  }

  #end(group: Group): void {
    group.stop();
    const groups = this.#groupsByKey.get(group.key);
    groups?.delete(group);
    if (groups?.size === 0) this.#groupsByKey.delete(group.key);
    this.#dependencies.onGroup?.(group, 'ended');
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
    const flush: Flush = {
      now,
      quietSinceMs: group.quietSinceMs,
      groupKey: group.key,
      groupLabels: group.labels,
      route: group.route,
      alerts: snapshot,
    };
    // The pipeline never rejects; each receiver's lane logs its own failures.
    void pipeline.run(flush, () => this.#letGo(group, ended));
  }

  /** Takes alerts out of the group that ended, are still over, and of which nobody is owed a "resolved". */
  #letGo(group: Group, ended: readonly Alert[]): void {
    const { alerts, log, system } = this.#dependencies;
    const now = system.now();
    for (const { fingerprint } of ended) {
      const current = alerts.get(fingerprint);
      if (!current || !this.#isOfInterest(current, now, group)) group.members.delete(fingerprint);
      // A slow receiver may be told that it fires after all others are done with it; then its end is owed to that one.
      else if (!group.members.has(fingerprint) && this.#started) this.#readmit(current, now);
    }
    if (group.members.size > 0) return;
    const id = groupId(group.route, group.labels);
    this.#end(group);
    if (this.#groups.get(id) !== group) return;
    this.#groups.delete(id);
    void log.forgetGroup(group.key, this.#receiverKeysOfTwins(group));
  }

  /** Of living groups with the same key: routes with equal matchers share it. */
  #receiverKeysOfTwins(group: Group): ReadonlySet<string> {
    const { route } = group;
    const twins = this.#tree.all().filter(({ key, id }) => key === route.key && id !== route.id);
    // One that groups by fewer labels has a group for these, too, but not the same.
    const living = twins.filter((twin) => this.#groups.get(groupId(twin, group.labels))?.key === group.key);
    return new Set(living.flatMap((twin) => this.#receiverKeys(twin)));
  }

  #isOwed(route: Route, key: string, alert: Alert): boolean {
    return this.#dependencies.log.isOwed(key, alert.fingerprint, this.#receiverKeys(route));
  }

  #receiverKeys(route: Route): readonly string[] {
    return this.#dependencies.pipeline.targets(route.receiver).map(({ key }) => key);
  }
}

/**
 * Names a group among all groups of the tree; `labels` may be the group's or those of an alert in it. Each word's length
 * stands before it, so that no two groups share a name. Copying the group's labels out of the alert's first, and quoting
 * them, took a quarter of the time a new alert needs to be grouped.
 */
function groupId({ id, groupBy }: Route, labels: Labels): string {
  let text = id;
  for (const name of labelNames(labels)) {
    if (groupBy !== 'all' && !groupBy.has(name)) continue;
    const value = labels[name] as string;
    text += `\u0000${name.length}:${name}${value.length}:${value}`;
  }
  return text;
}

/**
 * When a new group ticks first, on the monotonic clock; in the past if that is at once. Pure. A group that has spoken
 * before a restart goes on in its rhythm, and makes up at once for ticks it missed, or for the last one if that did not
 * get through to all receivers. Otherwise the first alert waits group_wait, less the time it was already known; if it
 * started longer ago than that, nobody waits (Alertmanager's rule).
 */
export function firstTickMs(
  route: Pick<Route, 'groupWaitMs' | 'groupIntervalMs'>,
  { alert, now }: { alert: Pick<Alert, 'startsAtMs' | 'receivedAtMs'>; now: Now },
  spoke: { readonly lastTickMs: number; readonly toAll: boolean } | undefined,
): number {
  if (spoke) {
    const ticksSince = Math.floor((now.monotonicMs - spoke.lastTickMs) / route.groupIntervalMs);
    return spoke.lastTickMs + Math.max(spoke.toAll ? 1 : 0, ticksSince) * route.groupIntervalMs;
  }
  if (alert.startsAtMs + route.groupWaitMs < now.wallMs) return now.monotonicMs;
  const knownMs = Math.max(0, now.wallMs - alert.receivedAtMs);
  return now.monotonicMs + Math.max(0, route.groupWaitMs - knownMs);
}
