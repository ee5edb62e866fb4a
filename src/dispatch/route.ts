/**
 * The routing tree: which receivers an alert is for, and how it is grouped. Built once from a Config, immutable;
 * matching and the strings that name routes and groups are Alertmanager's, since users see them.
 */
import type { RouteConfig } from '../config/config.ts';
import { formatLabels, type Labels, labelValue } from '../model/labels.ts';
import { formatMatchers, type Matcher, matchesAll } from '../model/matcher.ts';

/** Defaults of the root route (Alertmanager `dispatch.DefaultRouteOpts`). */
const ROOT_DEFAULTS = { groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 };

export interface Route {
  /** Matcher lists from the root, joined by `/`. Part of every group key. Siblings with equal matchers share it. */
  readonly key: string;
  /** The key, made unique among routes that share it. Does not change when unrelated routes come or go. */
  readonly id: string;
  readonly receiver: string;
  readonly groupBy: ReadonlySet<string> | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Templates, merged along the path; the child wins. */
  readonly labels: Labels;
  readonly routes: readonly Route[];
}

export interface RouteTree {
  readonly root: Route;
  /** Every route an alert with these labels takes, in the order of the tree. Never empty: the root takes what no child takes. */
  match(labels: Labels): readonly Route[];
  /** Every route, parents before children. */
  all(): readonly Route[];
}

/** Fills in what children inherit. Expects a validated root: it names a receiver. */
export function buildRouteTree(config: RouteConfig): RouteTree {
  const seen = new Map<string, number>();
  const all: Route[] = [];
  const build = (node: RouteConfig, parent: Route | undefined): Route => {
    const key = parent ? `${parent.key}/${formatMatchers(node.matchers)}` : formatMatchers(node.matchers);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    const routes: Route[] = [];
    const route: Route = {
      key,
      id: ordinal === 0 ? key : `${key}#${ordinal}`,
      receiver: node.receiver ?? parent?.receiver ?? '',
      groupBy: groupBy(node, parent),
      groupWaitMs: node.groupWaitMs ?? parent?.groupWaitMs ?? ROOT_DEFAULTS.groupWaitMs,
      groupIntervalMs: node.groupIntervalMs ?? parent?.groupIntervalMs ?? ROOT_DEFAULTS.groupIntervalMs,
      repeatIntervalMs: node.repeatIntervalMs ?? parent?.repeatIntervalMs ?? ROOT_DEFAULTS.repeatIntervalMs,
      matchers: node.matchers,
      continue: node.continue,
      // Time intervals are not inherited: a route that is to be muted names them itself.
      muteTimeIntervals: node.muteTimeIntervals,
      activeTimeIntervals: node.activeTimeIntervals,
      labels: { ...parent?.labels, ...node.labels },
      routes,
    };
    all.push(route);
    for (const child of node.routes) routes.push(build(child, route));
    return route;
  };
  const root = build(config, undefined);
  return {
    root,
    match: (labels) => matchRoute(root, labels),
    all: () => all,
  };
}

function groupBy(node: RouteConfig, parent: Route | undefined): Route['groupBy'] {
  if (node.groupBy === undefined) return parent?.groupBy ?? new Set();
  return node.groupBy === 'all' ? 'all' : new Set(node.groupBy);
}

function matchRoute(route: Route, labels: Labels): Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const matched: Route[] = [];
  for (const child of route.routes) {
    const below = matchRoute(child, labels);
    for (const match of below) matched.push(match);
    if (below.length > 0 && !child.continue) break;
  }
  if (matched.length === 0) matched.push(route);
  return matched;
}

/** The labels of the group an alert belongs to on a route. A label the alert lacks is no part of them. */
export function groupLabels(route: Route, labels: Labels): Labels {
  if (route.groupBy === 'all') return labels;
  const selected: Record<string, string> = {};
  for (const name of Object.keys(labels)) {
    if (route.groupBy.has(name)) selected[name] = labelValue(labels, name);
  }
  return selected;
}

/** `{}/{severity="page"}:{alertname="Down"}`. Users see it (webhook body, incident keys): never change its form. */
export function groupKey(route: Route, labels: Labels): string {
  return `${route.key}:${formatLabels(labels)}`;
}
