/** The way through the routing tree: the routes it took, with those that did not match folded where they stand. Pure. */
import type { ExplainedRoute } from '../../../../src/shapes/alerts.ts';

export type RoutingRow =
  | { readonly kind: 'route'; readonly route: ExplainedRoute }
  /** Routes in a row that an alert with these labels does not take. */
  | { readonly kind: 'others'; readonly depth: number; readonly routes: readonly ExplainedRoute[] };

export function routingRows(routes: readonly ExplainedRoute[]): readonly RoutingRow[] {
  const rows: RoutingRow[] = [];
  let others: ExplainedRoute[] = [];
  const fold = () => {
    if (others.length > 0)
      rows.push({ kind: 'others', depth: Math.min(...others.map(({ depth }) => depth)), routes: others });
    others = [];
  };
  for (const route of routes) {
    if (route.verdict === 'not matched' || route.verdict === 'not reached') {
      others.push(route);
      continue;
    }
    fold();
    rows.push({ kind: 'route', route });
  }
  fold();
  return rows;
}

export const VERDICT_WORDS: Readonly<Record<ExplainedRoute['verdict'], string>> = {
  taken: 'taken',
  'passed through': 'passed through',
  'not matched': 'not matched',
  'not reached': 'not looked at',
};
