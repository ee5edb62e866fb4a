/**
 * Notes what becomes of groups: that they begin and end, what mutes them, whose turn it is, and each attempt to tell. What
 * stays as it was from tick to tick is noted once.
 */
import { groupIdOf } from '../model/group-id.ts';
import type { Labels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { type FactOf, type Notes, shortened, someFingerprints } from './event.ts';

export interface NotedGroup {
  readonly key: string;
  readonly labels: Labels;
  readonly route: { readonly receiver: string };
  /** Of its next tick, on the monotonic clock. */
  readonly dueMs: number;
}

interface Named {
  readonly fingerprint: string;
}

export interface NotedFlush {
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly route: { readonly receiver: string };
}

export interface NotedMute {
  readonly reason: FactOf<'mute'>['reason'];
  readonly by: readonly string[];
  readonly alerts: readonly Named[];
}

export interface NotedTurn {
  readonly turn: 'go' | 'ask' | 'defer' | 'wait';
  readonly reason: string;
}

export interface NotedTarget {
  readonly name: string;
  readonly key: string;
  readonly receiver: { readonly integration: string };
}

export interface NotedAttempt {
  readonly flush: NotedFlush;
  readonly target: NotedTarget;
  readonly outcome: { readonly kind: 'sent' | 'refused' | 'unknown'; readonly message?: string };
  readonly alerts: readonly { readonly alert: Named; readonly status: 'firing' | 'resolved' }[];
  readonly reason: string;
  readonly durationMs: number;
  readonly attempt: number;
  readonly willRetry: boolean;
}

export interface GroupNotesDependencies {
  readonly notes: Notes;
  /** By the cluster's clock. */
  readonly now: () => Now;
  /** The integrations of a receiver, in the configuration's order. */
  readonly targets: (receiver: string) => readonly NotedTarget[];
}

/** What was noted of a group, so that it is not noted again. */
interface Noted {
  /** By reason. */
  readonly mutes: Map<string, string>;
  /** Decisions about turns since this node spoke, by place. */
  readonly turns: Set<string>;
}

const MOST_MUTING = 20;
const DECISIONS = { wait: 'waits', ask: 'asks', defer: 'leaves it' } as const;

export class GroupNotes {
  readonly #dependencies: GroupNotesDependencies;
  /** By group id; as many as there are groups. */
  readonly #noted = new Map<string, Noted>();

  constructor(dependencies: GroupNotesDependencies) {
    this.#dependencies = dependencies;
  }

  onGroup(group: NotedGroup, change: 'begun' | 'ended'): void {
    const { notes, now } = this.#dependencies;
    const { key, labels, route } = group;
    if (change === 'ended') this.#noted.delete(groupIdOf(key, route.receiver));
    notes.note('group', () => {
      const { wallMs, monotonicMs } = now();
      const firstFlushAt =
        change === 'begun' ? new Date(wallMs + Math.max(0, group.dueMs - monotonicMs)).toISOString() : null;
      return { kind: 'group', change, ...named(key, labels, route.receiver), firstFlushAt };
    });
    notes.changed('alerts');
  }

  onMutes(flush: NotedFlush, mutes: readonly NotedMute[]): void {
    const { groupKey, groupLabels, route } = flush;
    const id = groupIdOf(groupKey, route.receiver);
    const before = this.#noted.get(id)?.mutes;
    if (mutes.length === 0) {
      before?.clear();
      return;
    }
    const noted = this.#notedOf(id).mutes;
    const reasons = new Set<string>(mutes.map(({ reason }) => reason));
    for (const reason of [...noted.keys()]) if (!reasons.has(reason)) noted.delete(reason);
    for (const { reason, by, alerts } of mutes) {
      const fingerprints = someFingerprints(alerts);
      const gist = JSON.stringify([[...by].sort(), alerts.length, [...fingerprints].sort()]);
      if (noted.get(reason) === gist) continue;
      noted.set(reason, gist);
      this.#dependencies.notes.note('mute', () => ({
        kind: 'mute',
        reason,
        by: by.slice(0, MOST_MUTING),
        ...named(groupKey, groupLabels, route.receiver),
        alerts: alerts.length,
        fingerprints,
      }));
    }
  }

  onTurn(flush: NotedFlush, receiverKey: string, { turn, reason }: NotedTurn): void {
    const { groupKey, groupLabels, route } = flush;
    const { turns } = this.#notedOf(groupIdOf(groupKey, route.receiver));
    if (turn === 'go') {
      for (const noted of turns) if (noted.startsWith(`${receiverKey}\u0000`)) turns.delete(noted);
      return;
    }
    const gist = `${receiverKey}\u0000${turn} ${reason}`;
    if (turns.has(gist)) return;
    turns.add(gist);
    this.#dependencies.notes.note('turn', () => ({
      kind: 'turn',
      ...named(groupKey, groupLabels, route.receiver),
      integration:
        this.#dependencies.targets(route.receiver).find(({ key }) => key === receiverKey)?.receiver.integration ?? '',
      decision: DECISIONS[turn],
      reason,
    }));
  }

  onAttempt(attempt: NotedAttempt): void {
    const { flush, target, outcome, alerts, willRetry, reason } = attempt;
    const { notes, targets } = this.#dependencies;
    notes.note('notification', () => ({
      kind: 'notification',
      ...named(flush.groupKey, flush.groupLabels, target.name),
      integration: target.receiver.integration,
      index: Math.max(
        0,
        targets(target.name).findIndex(({ key }) => key === target.key),
      ),
      outcome: outcome.kind,
      reason,
      message: shortened(outcome.message ?? ''),
      durationMs: Math.round(attempt.durationMs),
      attempt: attempt.attempt,
      willRetry,
      firing: alerts.filter(({ status }) => status === 'firing').length,
      resolved: alerts.filter(({ status }) => status === 'resolved').length,
      fingerprints: someFingerprints(alerts.map(({ alert }) => alert)),
    }));
    notes.changed('notifications', 'receivers');
  }

  #notedOf(id: string): Noted {
    let noted = this.#noted.get(id);
    if (!noted) {
      noted = { mutes: new Map(), turns: new Set() };
      this.#noted.set(id, noted);
    }
    return noted;
  }
}

function named(groupKey: string, groupLabels: Labels, receiver: string) {
  return { groupId: groupIdOf(groupKey, receiver), groupLabels, receiver };
}
