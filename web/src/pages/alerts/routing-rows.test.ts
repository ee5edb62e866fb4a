import { expect, test } from 'vitest';
import type { ExplainedRoute } from '../../../../src/shapes/alerts.ts';
import { routingRows } from './routing-rows.ts';

const route = (id: string, depth: number, verdict: ExplainedRoute['verdict']) =>
  ({ id, depth, verdict }) as ExplainedRoute;

test('what was taken stands alone, what did not match is folded where it stood', () => {
  const routes = [
    route('root', 0, 'passed through'),
    route('a', 1, 'not matched'),
    route('a1', 2, 'not reached'),
    route('b', 1, 'taken'),
    route('c', 1, 'not reached'),
  ];
  const shown = routingRows(routes).map((row) =>
    row.kind === 'route' ? row.route.id : `${row.depth}: ${row.routes.map(({ id }) => id).join(' ')}`,
  );
  expect(shown).toEqual(['root', '1: a a1', 'b', '1: c']);
});

test('of no routes there is no way', () => {
  expect(routingRows([])).toEqual([]);
});
