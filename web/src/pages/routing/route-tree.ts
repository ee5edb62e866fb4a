/** The routes as a tree to draw, and what differs between two trees. */
import type { RouteNode } from '../../../../src/shapes/routing.ts';

export interface RouteBranch {
  readonly route: RouteNode;
  readonly children: readonly RouteBranch[];
}

/** `routes` has parents before children. A child without a parent is drawn as a root rather than lost. */
export function branches(routes: readonly RouteNode[]): RouteBranch[] {
  const byId = new Map<string, { route: RouteNode; children: RouteBranch[] }>();
  const roots: RouteBranch[] = [];
  for (const route of routes) {
    const branch = { route, children: [] };
    const siblings = route.parentId === null ? roots : (byId.get(route.parentId)?.children ?? roots);
    siblings.push(branch);
    byId.set(route.id, branch);
  }
  return roots;
}

export function matcherWords(route: Pick<RouteNode, 'matchers' | 'parentId'>): string {
  if (route.matchers.length > 0) return route.matchers.map(({ text }) => text).join(', ');
  return route.parentId === null ? 'every alert' : 'all that come this far';
}

/** Which time intervals keep it from telling: `inside night, outside office hours`. */
export function mutedWords(route: Pick<RouteNode, 'mutedBy' | 'muteTimeIntervals' | 'activeTimeIntervals'>): string {
  const inside = route.mutedBy.filter((name) => route.muteTimeIntervals.includes(name));
  const outside = route.mutedBy.filter((name) => !inside.includes(name));
  return [
    inside.length > 0 ? `inside ${inside.join(', ')}` : '',
    outside.length > 0 ? `outside ${outside.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

export interface RouteDifference {
  /** Its matchers from the root down, as one text. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In words; empty unless `changed`. */
  readonly fields: readonly string[];
}

/**
 * Routes are the same if they have the same matchers below the same route; of several such ones the first is the first.
 * The tree to come decides on the order; removed ones follow.
 */
export function routeDifferences(before: readonly RouteNode[], after: readonly RouteNode[]): RouteDifference[] {
  const old = byPath(before);
  const fresh = byPath(after);
  const differences: RouteDifference[] = [];
  for (const [path, route] of fresh) {
    const was = old.get(path);
    if (!was) differences.push({ path, change: 'added', fields: [] });
    else {
      const fields = fieldDifferences(was, route);
      if (fields.length > 0) differences.push({ path, change: 'changed', fields });
    }
  }
  const removed = [...old.keys()].filter((path) => !fresh.has(path));
  return [...differences, ...removed.map((path) => ({ path, change: 'removed', fields: [] }) as const)];
}

function byPath(routes: readonly RouteNode[]): Map<string, RouteNode> {
  const pathOf = new Map<string, string>();
  const found = new Map<string, RouteNode>();
  for (const route of routes) {
    const above = route.parentId === null ? undefined : pathOf.get(route.parentId);
    const own = above === undefined ? matcherWords(route) : `${above} › ${matcherWords(route)}`;
    let path = own;
    for (let number = 2; found.has(path); number += 1) path = `${own} (number ${number})`;
    pathOf.set(route.id, path);
    found.set(path, route);
  }
  return found;
}

function fieldDifferences(was: RouteNode, is: RouteNode): string[] {
  const said = (name: string, a: string, b: string) => (a === b ? [] : [`${name}: ${a} → ${b}`]);
  const list = (names: readonly string[]) => names.join(', ') || 'none';
  return [
    ...said('receiver', was.receiver, is.receiver),
    ...said('grouped by', list(was.groupBy), list(is.groupBy)),
    ...said('group wait', duration(was.groupWaitMs), duration(is.groupWaitMs)),
    ...said('group interval', duration(was.groupIntervalMs), duration(is.groupIntervalMs)),
    ...said('repeat interval', duration(was.repeatIntervalMs), duration(is.repeatIntervalMs)),
    ...said('muted in', list(was.muteTimeIntervals), list(is.muteTimeIntervals)),
    ...said('active in', list(was.activeTimeIntervals), list(is.activeTimeIntervals)),
    ...said('continue', was.continue ? 'yes' : 'no', is.continue ? 'yes' : 'no'),
  ];
}

/** As in a configuration: `30s`, `1h30m`, `4d`. */
export function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const;
  let rest = ms;
  let text = '';
  for (const [unit, lengthMs] of units) {
    const count = Math.floor(rest / lengthMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * lengthMs;
  }
  return text || '0s';
}

/** Receivers before and after, so that what goes and what comes can be shown apart from what stays. */
export function receiverDifferences(before: readonly string[], after: readonly string[]) {
  return {
    kept: before.filter((name) => after.includes(name)),
    gone: before.filter((name) => !after.includes(name)),
    added: after.filter((name) => !before.includes(name)),
  };
}
