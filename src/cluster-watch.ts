/**
 * Watches for what is wrong with the cluster as a whole: configurations that differ, a copied data directory, a wrong clock.
 * Every node watches, but the one that comes first in the line speaks, so that one alert results, which no two nodes pull
 * to and fro; the others know as much and take over when it dies.
 */
import type { Cluster } from '../cluster/cluster.ts';
import type { MemberView } from '../cluster/member-view.ts';
import { type ClusterCondition, clockWrong, configDiffers, memberCloned } from './alerts/conditions.ts';
import type { SelfAlerts } from './alerts/self-alerts.ts';
import { clusterOffsetMs, configsDiffer } from './report-cluster.ts';
import type { System, Timer } from './system.ts';

/** Beats come once a second; nobody is told sooner than a few of them. */
const LOOK_EVERY_MS = 5_000;
/** Longer than it takes to reload one node after the other. */
const CONFIG_DIFFERS_FOR_MS = 5 * 60_000;
const CLOCK_WRONG_FOR_MS = 60_000;
/** Two processes with one key push each other out of every link, so that at many an instant only one seems to be there. */
const CLONED_LINGERS_MS = 60_000;
const LARGEST_OFFSET_MS = 2_000;

/** Names the place in the line, as a group's key does. */
const PLACE = 'what is wrong with the cluster';

export interface ClusterWatchDependencies {
  /** Of this machine: members' clocks are measured against it. */
  readonly system: System;
  readonly cluster: Pick<Cluster, 'self' | 'members' | 'membership' | 'line' | 'onChange'>;
  readonly selfAlerts: Pick<SelfAlerts, 'raise' | 'clear' | 'handOver'>;
}

interface Trouble {
  readonly condition: ClusterCondition;
  /** Nobody is told of it sooner. */
  readonly forMs: number;
  /** It is over when it has not been seen for so long. */
  readonly lingersMs: number;
}

interface KnownTrouble extends Trouble {
  readonly sinceMs: number;
  readonly seenMs: number;
}

export class ClusterWatch {
  readonly #dependencies: ClusterWatchDependencies;
  readonly #known = new Map<string, KnownTrouble>();
  #timer: Timer | undefined;
  #stopListening: (() => void) | undefined;

  constructor(dependencies: ClusterWatchDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#stopListening = this.#dependencies.cluster.onChange(() => this.#look());
    this.#lookAgain();
  }

  stop(): void {
    this.#stopListening?.();
    this.#timer?.cancel();
  }

  #lookAgain(): void {
    this.#timer = this.#dependencies.system.setTimer(LOOK_EVERY_MS, () => {
      this.#look();
      this.#lookAgain();
    });
  }

  #look(): void {
    const { system, cluster, selfAlerts } = this.#dependencies;
    const now = system.now();
    const isFirst = cluster.line(PLACE)[0] === cluster.self;
    const seen = troublesOf(cluster.members(), clusterOffsetMs(cluster, now));
    for (const [key, { condition, sinceMs, forMs, seenMs, lingersMs }] of this.#known) {
      if (seen.has(key) || now.monotonicMs - seenMs < lingersMs) continue;
      this.#known.delete(key);
      if (isFirst && now.monotonicMs - sinceMs >= forMs) selfAlerts.clear(condition);
      else selfAlerts.handOver(condition);
    }
    for (const [key, trouble] of seen) {
      const known = this.#known.get(key);
      // Whoever gets another name meanwhile is still the one it began with.
      const condition = known ? { ...trouble.condition, about: known.condition.about } : trouble.condition;
      const sinceMs = known?.sinceMs ?? now.monotonicMs;
      this.#known.set(key, { ...trouble, condition, sinceMs, seenMs: now.monotonicMs });
    }
    for (const { condition, sinceMs, forMs } of this.#known.values()) {
      if (!isFirst) selfAlerts.handOver(condition);
      else if (now.monotonicMs - sinceMs >= forMs) selfAlerts.raise(condition);
    }
  }
}

/** What is wrong at this instant, by what it is and whom it is about. */
function troublesOf(members: readonly MemberView[], clusterOffset: number): ReadonlyMap<string, Trouble> {
  const troubles = new Map<string, Trouble>();
  if (configsDiffer(members)) {
    troubles.set('config', {
      condition: configDiffers(membersByConfig(members)),
      forMs: CONFIG_DIFFERS_FOR_MS,
      lingersMs: 0,
    });
  }
  for (const { node: id, name, isAlive, isCloned, clockOffsetMs } of members) {
    if (isCloned)
      troubles.set(`cloned ${id}`, { condition: memberCloned({ id, name }), forMs: 0, lingersMs: CLONED_LINGERS_MS });
    const offsetMs = (clockOffsetMs ?? clusterOffset) - clusterOffset;
    if (!isAlive || Math.abs(offsetMs) <= LARGEST_OFFSET_MS) continue;
    troubles.set(`clock ${id}`, {
      condition: clockWrong({ id, name }, offsetMs),
      forMs: CLOCK_WRONG_FOR_MS,
      lingersMs: 0,
    });
  }
  return troubles;
}

function membersByConfig(members: readonly MemberView[]): ReadonlyMap<string, readonly string[]> {
  const byHash = new Map<string, string[]>();
  for (const { isAlive, configHash, name, node } of members) {
    if (isAlive && configHash) byHash.set(configHash, [...(byHash.get(configHash) ?? []), name ?? node]);
  }
  return byHash;
}
