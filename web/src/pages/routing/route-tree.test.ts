import { describe, expect, test } from 'vitest';
import type { RouteNode } from '../../../../src/shapes/routing.ts';
import { branches, duration, mutedWords, receiverDifferences, routeDifferences } from './route-tree.ts';

function route(id: string, parentId: string | null, matcher: string, receiver: string): RouteNode {
  return {
    id,
    parentId,
    depth: parentId === null ? 0 : 1,
    matchers: matcher === '' ? [] : [{ name: 'x', type: '=', value: '1', text: matcher }],
    receiver,
    integrations: [],
    groupBy: ['alertname'],
    groupWaitMs: 30_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 14_400_000,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    continue: false,
    labels: {},
    alerts: 0,
    groups: 0,
    mutedBy: [],
  };
}
const tree = [route('r', null, '', 'mail'), route('a', 'r', 'a="1"', 'irc'), route('b', 'a', 'b="1"', 'phone')];

test('routes become branches, and one without a parent is not lost', () => {
  const [root, stray] = branches([...tree, route('z', 'gone', '', 'x')]);
  expect(root?.children[0]?.children[0]?.route.id).toBe('b');
  expect(stray?.route.id).toBe('z');
});

describe('the difference of two trees', () => {
  test('is nothing for the same tree under other ids', () => {
    const renamed = tree.map((each) => ({
      ...each,
      id: `${each.id}2`,
      parentId: each.parentId && `${each.parentId}2`,
    }));
    expect(routeDifferences(tree, renamed)).toEqual([]);
  });

  test('names what came, went and changed by the matchers from the root down', () => {
    const [root, a] = tree as [RouteNode, RouteNode, RouteNode];
    const after = [root, { ...a, receiver: 'mail', groupWaitMs: 0 }, route('c', 'r', 'c="1"', 'x')];
    expect(routeDifferences(tree, after)).toEqual([
      { path: 'every alert › a="1"', change: 'changed', fields: ['receiver: irc → mail', 'group wait: 30s → 0s'] },
      { path: 'every alert › c="1"', change: 'added', fields: [] },
      { path: 'every alert › a="1" › b="1"', change: 'removed', fields: [] },
    ]);
  });

  test('tells twins apart by their number', () => {
    const twins = [...tree, route('a2', 'r', 'a="1"', 'second')];
    expect(routeDifferences(tree, twins)).toEqual([
      { path: 'every alert › a="1" (number 2)', change: 'added', fields: [] },
    ]);
  });
});

test('a route that is muted says by being inside or outside of what', () => {
  const intervals = { muteTimeIntervals: ['night'], activeTimeIntervals: ['office hours'] };
  expect(mutedWords({ ...intervals, mutedBy: ['night', 'office hours'] })).toBe('inside night, outside office hours');
  expect(mutedWords({ ...intervals, mutedBy: [] })).toBe('');
});

test('durations are written as in a configuration', () => {
  expect([0, 30_000, 5_400_000, 345_600_000, 1_500].map(duration)).toEqual(['0s', '30s', '1h30m', '4d', '1s500ms']);
});

test('receivers that go and come are told apart from those that stay', () => {
  expect(receiverDifferences(['a', 'b'], ['b', 'c'])).toEqual({ kept: ['b'], gone: ['a'], added: ['c'] });
});
