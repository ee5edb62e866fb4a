/** The groups as API v3 shows them, and what each place was told of them. Worked out when asked; nothing shown is stale. */
import { groupIdOf } from '../model/group-id.ts';
import type { Labels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { heldByTimeIntervals } from '../notify/mute.ts';
import type { PipelineConfig } from '../notify/pipeline.ts';
import type { NotificationLog } from '../state/notification-log.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Group } from './group.ts';
import type { Route } from './route.ts';
import { type FailedAttempt, toldState } from './told-state.ts';

/** Instants are on the wall clock. */
export interface FiringGroup {
  readonly id: string;
  readonly key: string;
  readonly labels: Labels;
  readonly receiver: string;
  /** Names of the time intervals that mute it now. */
  readonly mutedBy: readonly string[];
  readonly fingerprints: ReadonlySet<string>;
  readonly nextFlushMs: number;
  /** What each integration of the receiver was last told of it. */
  readonly places: () => readonly PlaceState[];
}

export interface PlaceState {
  readonly integration: string;
  /** Among the integrations of the receiver. */
  readonly index: number;
  readonly state: 'not yet' | 'telling' | 'sent' | 'refused' | 'unknown';
  readonly atMs: number | undefined;
  /** Name of the node that said it. */
  readonly node: string | undefined;
  readonly message: string;
}

export interface FiringGroupsDependencies {
  readonly dispatcher: Pick<Dispatcher, 'groups'>;
  readonly log: Pick<NotificationLog, 'entry' | 'claims'>;
  readonly pipelineConfig: () => PipelineConfig;
  readonly lastFailure: (groupKey: string, receiverKey: string) => FailedAttempt | undefined;
  /** The name of a node that claims call so. */
  readonly nodeName: (node: string) => string;
}

export interface FiringGroupsOptions {
  /** This node, as claims name it. */
  readonly self: string;
}

export class FiringGroups {
  readonly #dependencies: FiringGroupsDependencies;
  readonly #self: string;
  /** A hash is too much for each of ten thousand groups whenever somebody looks. */
  readonly #ids = new WeakMap<Group, string>();

  constructor(dependencies: FiringGroupsDependencies, { self }: FiringGroupsOptions) {
    this.#dependencies = dependencies;
    this.#self = self;
  }

  *groups(now: Now): Iterable<FiringGroup> {
    const { timeIntervals } = this.#dependencies.pipelineConfig();
    const muted = new Map<Route, readonly string[]>();
    for (const group of this.#dependencies.dispatcher.groups()) {
      const { route } = group;
      let mutedBy = muted.get(route);
      if (mutedBy === undefined) {
        mutedBy = heldByTimeIntervals(route, timeIntervals, now)?.by ?? [];
        muted.set(route, mutedBy);
      }
      yield {
        id: this.#idOf(group),
        key: group.key,
        labels: group.labels,
        receiver: route.receiver,
        mutedBy,
        fingerprints: group.members,
        nextFlushMs: Math.max(now.wallMs, onWallClock(group.dueMs, now)),
        places: () => this.#places(group, now),
      };
    }
  }

  #idOf(group: Group): string {
    let id = this.#ids.get(group);
    if (id === undefined) {
      id = groupIdOf(group.key, group.route.receiver);
      this.#ids.set(group, id);
    }
    return id;
  }

  #places(group: Group, now: Now): readonly PlaceState[] {
    const { log, pipelineConfig, lastFailure, nodeName } = this.#dependencies;
    const targets = pipelineConfig().targets.get(group.route.receiver) ?? [];
    return targets.map(({ key, receiver }, index) => {
      const { state, atMs, node, message } = toldState(
        {
          entry: log.entry(group.key, key),
          claims: log.claims(group.key, key),
          lastFailure: lastFailure(group.key, key),
          groupMadeMs: group.madeMs,
          self: this.#self,
        },
        now.monotonicMs,
      );
      return {
        ...{ integration: receiver.integration, index, state, message },
        atMs: atMs === undefined ? undefined : onWallClock(atMs, now),
        node: node === undefined ? undefined : nodeName(node),
      };
    });
  }
}

function onWallClock(monotonicMs: number, now: Now): number {
  return Math.round(now.wallMs + monotonicMs - now.monotonicMs);
}
