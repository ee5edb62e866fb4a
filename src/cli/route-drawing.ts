/** The routing tree drawn with lines, as amtool draws it. */

import type { Route } from '../dispatch/route.ts';
import { formatMatchers } from '../model/matcher.ts';

/** Every route with its receiver. */
export function drawRouteTree(root: Route): string {
  return `.\n${draw(
    root,
    () => true,
    (route) => `${route.continue ? '  continue: true' : ''}  receiver: ${route.receiver}`,
  ).join('\n')}\n`;
}

/** Only the ways to the routes an alert takes; only these show their receiver. */
export function drawMatchedRoutes(root: Route, matched: ReadonlySet<Route>): string {
  const leadsToMatch = (route: Route): boolean => matched.has(route) || route.routes.some(leadsToMatch);
  return `.\n${draw(root, leadsToMatch, (route) => (matched.has(route) ? `  receiver: ${route.receiver}` : '')).join('\n')}\n`;
}

function draw(root: Route, isShown: (route: Route) => boolean, tail: (route: Route) => string): string[] {
  const lines = [`└── default-route${tail(root)}`];
  const addChildren = (route: Route, indent: string) => {
    const shown = route.routes.filter(isShown);
    for (const [index, child] of shown.entries()) {
      const isLast = index === shown.length - 1;
      lines.push(`${indent}${isLast ? '└── ' : '├── '}${formatMatchers(child.matchers)}${tail(child)}`);
      addChildren(child, `${indent}${isLast ? '    ' : '│   '}`);
    }
  };
  addChildren(root, '    ');
  return lines;
}
