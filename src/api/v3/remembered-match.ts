/**
 * A routing tree that is asked about very many alerts: whoever is alike in all the labels its matchers look at takes the same
 * routes, so each such likeness is worked out once.
 */
import { type Labels, labelValue } from '../../model/labels.ts';
import type { ApiRoute, ApiRouteTree } from '../routing-dependencies.ts';

/** Beyond that they are worked out anew; it bounds the memory of trees that look at what is different everywhere. */
const MOST_REMEMBERED = 20_000;

export function rememberedMatch(tree: ApiRouteTree): (labels: Labels) => readonly ApiRoute[] {
  const names = [...new Set([...routesBelow(tree.root)].flatMap(({ matchers }) => matchers.map(({ name }) => name)))];
  const known = new Map<string, readonly ApiRoute[]>();
  return (labels) => {
    const likeness = JSON.stringify(names.map((name) => labelValue(labels, name)));
    const remembered = known.get(likeness);
    if (remembered) return remembered;
    const routes = tree.match(labels);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(likeness, routes);
    return routes;
  };
}

export function* routesBelow(route: ApiRoute): Iterable<ApiRoute> {
  yield route;
  for (const child of route.routes) yield* routesBelow(child);
}
