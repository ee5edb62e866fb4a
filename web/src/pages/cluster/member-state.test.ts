import { describe, expect, test } from 'vitest';
import type { ClusterMember } from '../../../../src/shapes/cluster.ts';
import { clusterNotices, memberState, offsetWords, type RunningCluster, shares } from './member-state.ts';

const member = (id: string, more: Partial<ClusterMember> = {}): ClusterMember => ({
  id,
  self: false,
  name: id,
  address: null,
  url: null,
  version: '1',
  boot: null,
  configHash: 'x',
  alive: true,
  reason: '',
  settled: true,
  left: false,
  cloned: false,
  heardAgoMs: 0,
  heardByAnyoneAgoMs: 0,
  clockOffsetMs: 0,
  links: [],
  hears: [],
  firstForGroups: 0,
  deltaRoundTripMs: null,
  exchange: null,
  ...more,
});
const traffic = {} as RunningCluster['traffic'];
const cluster = (members: ClusterMember[], more: Partial<RunningCluster> = {}): RunningCluster => ({
  status: 'ready',
  hints: [],
  self: 'a',
  clockOffsetMs: 0,
  configDiffers: false,
  claims: { total: 0, open: [] },
  traffic,
  ...more,
  members,
});

describe('a member', () => {
  test('is good if nothing is wrong with it', () => {
    const b = member('b', { clockOffsetMs: 1_900 });
    expect(memberState(b, cluster([member('a', { self: true }), b]))).toEqual({
      level: 'good',
      word: 'alive',
      warnings: [],
    });
  });

  test('is warned about for its clock, version and configuration', () => {
    const b = member('b', { clockOffsetMs: -3_200, version: '2', configHash: 'y', settled: false });
    const state = memberState(b, cluster([member('a', { self: true }), b]));
    expect(state).toMatchObject({ level: 'warning', word: 'settling' });
    expect(state.warnings).toEqual([
      'Its clock is 3.2 s slow: mend its time synchronisation.',
      'Runs version 2, this node 1.',
      'Has another configuration than this node.',
    ]);
  });

  test('that is dead says why; one that left is no trouble', () => {
    const whole = cluster([]);
    expect(memberState(member('b', { alive: false, reason: 'silent' }), whole)).toMatchObject({
      level: 'dead',
      warnings: ['silent'],
    });
    expect(memberState(member('b', { alive: false, left: true }), whole).level).toBe('left');
  });
});

test('the share of groups is in percent, also where there are none', () => {
  expect([...shares([member('a', { firstForGroups: 1 }), member('b', { firstForGroups: 2 })]).values()]).toEqual([
    33, 67,
  ]);
  expect([...shares([member('a')]).values()]).toEqual([0]);
});

describe('notices about the whole', () => {
  test('are none while all is well', () => {
    expect(clusterNotices(cluster([member('a', { self: true }), member('b')]))).toEqual([]);
  });

  test('are an error once only one lives, and a warning before', () => {
    const dead = member('c', { alive: false });
    expect(clusterNotices(cluster([member('a'), member('b'), dead]))).toMatchObject([
      { level: 'warning', title: 'c is not alive' },
    ]);
    expect(clusterNotices(cluster([member('a'), dead]))).toMatchObject([{ level: 'error' }]);
  });

  test('say which way this node’s own clock is wrong', () => {
    const [notice] = clusterNotices(cluster([member('a')], { clockOffsetMs: -2_500 }));
    expect(notice?.title).toBe('This node’s clock is 2.5 s fast');
    expect(offsetWords(0)).toBe('right');
    expect(offsetWords(-300_000)).toBe('5 min slow');
  });
});
