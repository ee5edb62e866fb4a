/**
 * Why an alert goes where it goes: a verdict and a reason in plain words for every route of the tree. Pure; what is taken is
 * exactly what the tree's own match takes.
 */
import { type Labels, labelValue } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Route, RouteTree } from './route.ts';

export interface ExplainedRoute {
  readonly route: Route;
  /** 0 for the root. */
  readonly depth: number;
  readonly verdict: 'taken' | 'passed through' | 'not matched' | 'not reached';
  readonly reason: string;
}

/** Every route, parents before children. */
export function explainRoutes(tree: RouteTree, labels: Labels): readonly ExplainedRoute[] {
  return explainRoute(tree.root, 0, labels).routes;
}

interface Explained {
  readonly routes: readonly ExplainedRoute[];
  /** Whether the route, or one below it, takes the alert. */
  readonly takes: boolean;
}

function explainRoute(route: Route, depth: number, labels: Labels): Explained {
  const failed = route.matchers.find((matcher) => !matcher.matches(labels));
  if (failed !== undefined) {
    const own: ExplainedRoute = { route, depth, verdict: 'not matched', reason: whyNot(failed, labels) };
    const below = notReached(route.routes, depth + 1, 'the route above does not match');
    return { routes: [own, ...below], takes: false };
  }
  const below: ExplainedRoute[] = [];
  let endedBy: Route | undefined;
  let takers = 0;
  for (const child of route.routes) {
    if (endedBy !== undefined) {
      const reason = `the route ${nameOf(endedBy)} before it takes the alert, and does not say continue`;
      below.push(...notReached([child], depth + 1, reason));
      continue;
    }
    const explained = explainRoute(child, depth + 1, labels);
    below.push(...explained.routes);
    if (!explained.takes) continue;
    takers++;
    if (!child.continue) endedBy = child;
  }
  const own = takers === 0 ? taken(route, depth) : passedThrough(route, depth, takers);
  return { routes: [own, ...below], takes: true };
}

function taken(route: Route, depth: number): ExplainedRoute {
  const matched = route.matchers.length > 0 ? 'all its matchers hold' : 'it takes everything';
  const below = route.routes.length === 0 ? '' : ', and none of the routes below it matches';
  return { route, depth, verdict: 'taken', reason: `${matched}${below}` };
}

function passedThrough(route: Route, depth: number, takers: number): ExplainedRoute {
  const matched = route.matchers.length > 0 ? 'all its matchers hold' : 'it takes everything';
  const below = takers === 1 ? 'a route below it takes' : `${takers} routes below it take`;
  return { route, depth, verdict: 'passed through', reason: `${matched}, but ${below} the alert instead` };
}

function notReached(routes: readonly Route[], depth: number, reason: string): ExplainedRoute[] {
  return routes.flatMap((route): ExplainedRoute[] => [
    { route, depth, verdict: 'not reached', reason },
    ...notReached(route.routes, depth + 1, 'the route above is not reached'),
  ]);
}

/** The first matcher that fails ends the matter. */
function whyNot(matcher: Matcher, labels: Labels): string {
  const value = labelValue(labels, matcher.name);
  const is = value === '' ? `there is no label ${matcher.name}` : `${matcher.name} is ${JSON.stringify(cut(value))}`;
  return `${cut(matcher.toString())} does not hold: ${is}`;
}

function nameOf({ matchers }: Route): string {
  return cut(`{${matchers.join(', ')}}`);
}

/** Labels may be as long as whoever posts them likes. */
function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text;
}
