/** Routes as API v3 shows them. */
import type { z } from 'zod';
import type { Config } from '../../config/config.ts';
import type { RouteNode, routeTimings } from '../../shapes/routing.ts';
import type { ApiRoute } from '../routing-dependencies.ts';
import { shownMatcher } from './matcher-shape.ts';

export function shownTimings(route: ApiRoute): z.output<typeof routeTimings> {
  return {
    groupBy: route.groupBy === 'all' ? ['...'] : [...route.groupBy],
    groupWaitMs: route.groupWaitMs,
    groupIntervalMs: route.groupIntervalMs,
    repeatIntervalMs: route.repeatIntervalMs,
    muteTimeIntervals: [...route.muteTimeIntervals],
    activeTimeIntervals: [...route.activeTimeIntervals],
    continue: route.continue,
  };
}

/** By receiver, the kinds of its integrations in their order. */
export function integrationNames({ receivers }: Pick<Config, 'receivers'>): ReadonlyMap<string, readonly string[]> {
  return new Map(receivers.map(({ name, integrations }) => [name, integrations.map(({ integration }) => integration)]));
}

/** How many alerts and groups each route has, by its id. */
export type RouteCounts = ReadonlyMap<string, { readonly alerts: number; readonly groups: number }>;

/** The whole tree, parents before children. */
export function routeNodes(
  root: ApiRoute,
  of: {
    readonly integrations: ReadonlyMap<string, readonly string[]>;
    readonly counts: RouteCounts;
    readonly mutedBy: (route: ApiRoute) => readonly string[];
  },
): RouteNode[] {
  const nodes: RouteNode[] = [];
  const add = (route: ApiRoute, parent: { readonly id: string; readonly depth: number } | undefined) => {
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const { alerts, groups } = of.counts.get(route.id) ?? { alerts: 0, groups: 0 };
    nodes.push({
      id: route.id,
      parentId: parent?.id ?? null,
      depth,
      matchers: route.matchers.map(shownMatcher),
      receiver: route.receiver,
      integrations: [...(of.integrations.get(route.receiver) ?? [])],
      ...shownTimings(route),
      labels: route.labels,
      alerts,
      groups,
      mutedBy: [...of.mutedBy(route)],
    });
    for (const child of route.routes) add(child, { id: route.id, depth });
  };
  add(root, undefined);
  return nodes;
}
