import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RouteConfig } from '../config/config.ts';
import type { Labels } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { buildRouteTree, groupKey, groupLabels } from './route.ts';

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
const receiversOf = (config: RouteConfig, labels: Labels) =>
  buildRouteTree(config)
    .match(labels)
    .map(({ receiver }) => receiver);

describe('an alert takes', () => {
  const tree = route({
    receiver: 'default',
    routes: [
      route({
        receiver: 'team-a',
        matchers: [equals('team', 'a')],
        routes: [route({ receiver: 'a-pager', matchers: [equals('severity', 'urgent')] })],
      }),
      route({ receiver: 'audit', matchers: [equals('audit', 'yes')], continue: true }),
      route({ receiver: 'team-b', matchers: [equals('team', 'b')] }),
    ],
  });

  test.each<[string, Labels, string[]]>([
    ['the root if no child matches', { team: 'c' }, ['default']],
    ['the deepest route that matches', { team: 'a', severity: 'urgent' }, ['a-pager']],
    ['the parent if its children do not match', { team: 'a', severity: 'important' }, ['team-a']],
    ['the next sibling, too, after one that says continue', { team: 'b', audit: 'yes' }, ['audit', 'team-b']],
    ['the first sibling only, otherwise', { team: 'a', audit: 'yes' }, ['team-a']],
    ['the sibling alone if nothing follows that matches', { audit: 'yes' }, ['audit']],
  ])('%s', (_story, labels, receivers) => {
    expect(receiversOf(tree, labels)).toEqual(receivers);
  });
});

describe('a child inherits', () => {
  const [, child] = buildRouteTree(
    route({
      receiver: 'default',
      groupBy: ['job'],
      groupWaitMs: 1,
      groupIntervalMs: 2,
      repeatIntervalMs: 3,
      labels: { owner: 'root', tier: '1' },
      muteTimeIntervals: ['nights'],
      routes: [route({ labels: { owner: 'child' } })],
    }),
  ).all();

  test('receiver, grouping and timings', () => {
    expect(child).toMatchObject({
      receiver: 'default',
      groupBy: new Set(['job']),
      groupWaitMs: 1,
      groupIntervalMs: 2,
      repeatIntervalMs: 3,
    });
  });

  test('labels, of which its own win', () => {
    expect(child?.labels).toEqual({ owner: 'child', tier: '1' });
  });

  test('no time intervals', () => {
    expect(child?.muteTimeIntervals).toEqual([]);
  });
});

test('the root waits 30 s, then tells every 5 min, and repeats every 4 h, unless told otherwise', () => {
  expect(buildRouteTree(route({ receiver: 'r' })).root).toMatchObject({
    groupWaitMs: 30_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 14_400_000,
  });
});

describe('names', () => {
  test('a route is named by the matchers on its path', () => {
    const tree = buildRouteTree(route({ receiver: 'r', routes: [route({ matchers: [equals('severity', 'page')] })] }));
    expect(tree.all().map(({ key }) => key)).toEqual(['{}', '{}/{severity="page"}']);
  });

  test('siblings with equal matchers share the key but not the id', () => {
    const twin = route({ matchers: [equals('a', 'b')], continue: true });
    const tree = buildRouteTree(route({ receiver: 'r', routes: [twin, twin] }));
    expect(tree.all().map(({ id }) => id)).toEqual(['{}', '{}/{a="b"}', '{}/{a="b"}#1']);
  });

  test('the id of a route does not change when an unrelated one comes before it', () => {
    const wanted = route({ matchers: [equals('a', 'b')] });
    const before = buildRouteTree(route({ receiver: 'r', routes: [wanted] }));
    const after = buildRouteTree(
      route({ receiver: 'r', routes: [route({ matchers: [equals('new', 'one')] }), wanted] }),
    );
    expect(after.all().at(-1)?.id).toBe(before.all().at(-1)?.id);
  });

  test('a group is named by its route and its labels', () => {
    const { root } = buildRouteTree(route({ receiver: 'r', groupBy: ['b', 'a', 'absent'] }));
    expect(groupKey(root, groupLabels(root, { a: '1', b: 'two "2"', c: '3' }))).toBe('{}:{a="1", b="two \\"2\\""}');
  });

  test('group_by all makes every label set its own group', () => {
    const { root } = buildRouteTree(route({ receiver: 'r', groupBy: 'all' }));
    expect(groupLabels(root, { a: '1', b: '2' })).toEqual({ a: '1', b: '2' });
  });
});

test('every alert is taken by at least one route, whatever the tree', () => {
  const node = (routes: fc.Arbitrary<RouteConfig[]>) =>
    fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        value: fc.constantFrom('', '1', '2'),
        continue: fc.boolean(),
        routes,
      })
      .map(({ name, value, ...rest }) =>
        route({ ...rest, receiver: `${name}${value}`, matchers: [equals(name, value)] }),
      );
  const leaf = node(fc.constant([]));
  const branch = node(fc.array(node(fc.array(leaf, { maxLength: 3 })), { maxLength: 3 }));
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(fc.array(branch, { maxLength: 3 }), labels, (routes, alertLabels) => {
      const receivers = receiversOf(route({ receiver: 'root', routes }), alertLabels);
      expect(receivers.length).toBeGreaterThan(0);
      // The root takes only what no child takes.
      if (receivers.includes('root')) expect(receivers).toEqual(['root']);
    }),
  );
});
