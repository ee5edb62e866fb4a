import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RouteConfig } from '../config/config.ts';
import type { Labels } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { explainRoutes } from './explain.ts';
import { buildRouteTree } from './route.ts';

function route(partial: Partial<RouteConfig> = {}): RouteConfig {
  return {
    receiver: undefined,
    groupBy: undefined,
    groupWaitMs: undefined,
    groupIntervalMs: undefined,
    repeatIntervalMs: undefined,
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
    routes: [],
    ...partial,
  };
}

const equals = (name: string, value: string) => new Matcher('=', name, value);

const TREE = buildRouteTree(
  route({
    receiver: 'default',
    routes: [
      route({ receiver: 'audit', matchers: [equals('audit', 'yes')], continue: true }),
      route({
        receiver: 'team-a',
        matchers: [equals('team', 'a')],
        routes: [route({ receiver: 'a-pager', matchers: [new Matcher('=~', 'severity', 'urgent|page')] })],
      }),
      route({ receiver: 'team-b', matchers: [equals('team', 'b')] }),
    ],
  }),
);

function explained(labels: Labels): string[] {
  return explainRoutes(TREE, labels).map(
    ({ route: { receiver }, depth, verdict, reason }) => `${'  '.repeat(depth)}${receiver}: ${verdict}: ${reason}`,
  );
}

describe('every route says why', () => {
  test('an alert that a route deep down takes', () => {
    expect(explained({ team: 'a', severity: 'page' })).toEqual([
      'default: passed through: it takes everything, but a route below it takes the alert instead',
      '  audit: not matched: audit="yes" does not hold: there is no label audit',
      '  team-a: passed through: all its matchers hold, but a route below it takes the alert instead',
      '    a-pager: taken: all its matchers hold',
      '  team-b: not reached: the route {team="a"} before it takes the alert, and does not say continue',
    ]);
  });

  test('an alert that two routes take', () => {
    expect(explained({ team: 'a', audit: 'yes', severity: 'info' })).toEqual([
      'default: passed through: it takes everything, but 2 routes below it take the alert instead',
      '  audit: taken: all its matchers hold',
      '  team-a: taken: all its matchers hold, and none of the routes below it matches',
      '    a-pager: not matched: severity=~"urgent|page" does not hold: severity is "info"',
      '  team-b: not reached: the route {team="a"} before it takes the alert, and does not say continue',
    ]);
  });

  test('an alert that nobody wants', () => {
    expect(explained({ team: 'c' })).toEqual([
      'default: taken: it takes everything, and none of the routes below it matches',
      '  audit: not matched: audit="yes" does not hold: there is no label audit',
      '  team-a: not matched: team="a" does not hold: team is "c"',
      '    a-pager: not reached: the route above does not match',
      '  team-b: not matched: team="b" does not hold: team is "c"',
    ]);
  });

  test('a value of any length is cut', () => {
    const [, , teamA] = explained({ team: 'x'.repeat(10_000) });
    expect(teamA?.length).toBeLessThan(400);
  });
});

test('what is taken is what the tree matches, and every route is there, parents before children', () => {
  const node = (routes: fc.Arbitrary<RouteConfig[]>) =>
    fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        value: fc.constantFrom('', '1', '2'),
        type: fc.constantFrom('=', '!=', '=~', '!~'),
        continue: fc.boolean(),
        routes,
      })
      .map(({ name, value, type, continue: goesOn, routes }) =>
        route({ matchers: [new Matcher(type, name, value)], continue: goesOn, routes }),
      );
  const leaf = node(fc.constant([]));
  const branch = node(fc.array(node(fc.array(leaf, { maxLength: 3 })), { maxLength: 3 }));
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(fc.array(branch, { maxLength: 3 }), labels, (routes, alertLabels) => {
      const tree = buildRouteTree(route({ receiver: 'root', routes }));
      const walked = explainRoutes(tree, alertLabels);
      expect(walked.map((step) => step.route)).toEqual(tree.all());
      const taken = walked.filter(({ verdict }) => verdict === 'taken').map((step) => step.route);
      expect(taken.map(({ id }) => id)).toEqual(tree.match(alertLabels).map(({ id }) => id));
    }),
  );
});
