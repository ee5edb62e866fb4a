/**
 * Everything a configuration decides: routes, receivers, templates, time intervals. Built whole, with every step that can
 * fail, before anything that runs is touched; so a bad configuration never harms a running node.
 */
import { createHash } from 'node:crypto';
import type { Receiver } from '../receivers/receiver.ts';
import type { Config } from './config/config.ts';
import { buildRouteTree, type RouteTree } from './dispatch/route.ts';
import type { Labels } from './model/labels.ts';
import type { Notification } from './model/notification.ts';
import { Gate } from './notify/gate.ts';
import type { PipelineConfig } from './notify/pipeline.ts';
import type { HealthBook } from './notify/place-health.ts';
import type { ReceiverTarget } from './notify/tell.ts';
import type { System } from './system.ts';

export interface Configured {
  readonly config: Config;
  readonly tree: RouteTree;
  readonly pipeline: PipelineConfig;
  /** To be called once all this is in force. */
  start(): void;
  /** Ends what the receivers keep open. Sends under way may finish. */
  close(): Promise<void>;
}

export interface ConfiguredDependencies {
  readonly system: System;
  /** By receiver name, in the order of its integrations. */
  readonly createReceivers: (config: Config) => ReadonlyMap<string, readonly Receiver[]>;
  readonly renderRouteLabels: (labels: Labels, notification: Notification) => Labels;
  /** Of the node, not of one configuration: a place keeps its record over a reload. */
  readonly health: HealthBook;
}

/** Enough to keep a fast receiver busy; few enough that a flood of groups does not look like an attack. */
const SENDS_AT_ONCE_PER_INTEGRATION = 32;

/** @throws whatever a receiver that cannot be built throws */
export function buildConfigured(
  dependencies: ConfiguredDependencies,
  { config, externalURL }: { config: Config; externalURL: () => string },
): Configured {
  const targets = new Map<string, readonly ReceiverTarget[]>();
  for (const [name, receivers] of dependencies.createReceivers(config))
    targets.set(name, targetsOf(name, receivers, dependencies));
  return {
    config,
    tree: buildRouteTree(config.route),
    pipeline: {
      targets,
      timeIntervals: config.timeIntervals,
      externalURL,
      renderRouteLabels: dependencies.renderRouteLabels,
    },
    start() {
      for (const { receiver } of [...targets.values()].flat()) receiver.start?.();
    },
    async close() {
      await Promise.all([...targets.values()].flat().map(({ receiver }) => receiver.close?.()));
    },
  };
}

/**
 * The key names the destination, not the place in the list, so that reordering a configuration repeats nothing. Only a
 * destination listed twice in one receiver is counted through: whoever wrote it twice wants to be told twice.
 */
function targetsOf(
  name: string,
  receivers: readonly Receiver[],
  { system, health }: Pick<ConfiguredDependencies, 'system' | 'health'>,
): readonly ReceiverTarget[] {
  const seen = new Map<string, number>();
  return receivers.map((receiver) => {
    const hash = createHash('sha256').update(receiver.destination).digest('hex').slice(0, 16);
    const place = `${name}/${receiver.integration}/${hash}`;
    const times = seen.get(place) ?? 0;
    seen.set(place, times + 1);
    const key = times === 0 ? place : `${place}#${times}`;
    const gate = new Gate({ system }, SENDS_AT_ONCE_PER_INTEGRATION);
    return { name, key, receiver, gate, health: health.of(key) };
  });
}
