/** What the stages take out of a flush, what they leave marked, and what they count. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import type { AlertStatus } from '../model/notification.ts';
import { type TimeInterval, timeIntervalFromConfig } from '../model/time-interval.ts';
import type { Flush, FlushRoute } from './flush.ts';
import { heldByTimeIntervals, type Mute, muteStage, rerun, timeIntervalStage } from './mute.ts';

const now = { wallMs: Date.UTC(2026, 0, 5, 12), monotonicMs: 1_000_000 };

function flush(states: Record<string, AlertStatus>, route: Partial<FlushRoute> = {}): Flush {
  return {
    now,
    quietSinceMs: now.monotonicMs,
    groupKey: 'group',
    groupLabels: {},
    route: {
      receiver: 'team',
      groupIntervalMs: 300_000,
      repeatIntervalMs: 14_400_000,
      muteTimeIntervals: [],
      activeTimeIntervals: [],
      labels: {},
      ...route,
    },
    alerts: Object.entries(states).map(([name, status]) => ({ alert: alert(name), status, isMuted: false })),
  };
}

function alert(name: string): Alert {
  return {
    fingerprint: name,
    labels: { alertname: name },
    annotations: {},
    generatorURL: '',
    startsAtMs: 0,
    endsAtMs: 1,
    timeout: false,
    updatedAtMs: 0,
    receivedAtMs: 0,
  };
}

function hours(start: string, end: string): TimeInterval {
  const result = timeIntervalFromConfig({ times: [{ start_time: start, end_time: end }] });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.interval;
}

const intervals = new Map([
  ['noon', [hours('12:00', '13:00')]],
  ['morning', [hours('06:00', '12:00')]],
  ['meals', [hours('08:00', '09:00'), hours('12:00', '12:30')]],
]);

function counting() {
  const counted: string[] = [];
  const held: Mute[] = [];
  const count = (mute: Mute) => {
    held.push(mute);
    counted.push(`${mute.reason} ${mute.alerts.length}`);
  };
  return { counted, held, count };
}

describe('a muting stage', () => {
  const mutes =
    (...names: string[]) =>
    ({ fingerprint }: Alert) =>
      names.includes(fingerprint) ? [`what mutes ${fingerprint}`] : [];

  test('drops what fires and marks what has ended', () => {
    const { counted, held, count } = counting();
    const stage = muteStage('silence', mutes('a', 'b'), count);
    expect(stage(flush({ a: 'firing', b: 'resolved', c: 'firing', d: 'resolved' }))).toMatchObject({
      alerts: [
        { alert: { fingerprint: 'b' }, isMuted: true },
        { alert: { fingerprint: 'c' }, isMuted: false },
        { alert: { fingerprint: 'd' }, isMuted: false },
      ],
    });
    expect(counted).toEqual(['silence 1']);
    expect(held).toMatchObject([{ by: ['what mutes a'], alerts: [{ fingerprint: 'a' }] }]);
  });

  test('keeps the mark another stage has made', () => {
    const { count } = counting();
    const stages = [muteStage('inhibition', mutes('a'), count), muteStage('silence', mutes(), count)];
    expect(rerun(stages, flush({ a: 'resolved' }))).toMatchObject({ alerts: [{ isMuted: true }] });
  });

  test('stops a flush of which nothing is left, and no later stage is asked', () => {
    const { counted, count } = counting();
    const stages = [muteStage('inhibition', mutes('a'), count), muteStage('silence', mutes('a'), count)];
    expect(rerun(stages, flush({ a: 'firing' }))).toEqual({ stop: 'nothing left', by: ['inhibition'] });
    expect(counted).toEqual(['inhibition 1']);
  });

  test('counts nothing when it mutes nothing', () => {
    const { counted, count } = counting();
    muteStage('silence', mutes(), count)(flush({ a: 'firing' }));
    expect(counted).toEqual([]);
  });
});

describe('time intervals', () => {
  const held = (route: Partial<FlushRoute>) => heldByTimeIntervals(flush({}, route).route, intervals, now);

  test.each<[string, Partial<FlushRoute>, object | undefined]>([
    ['none: not held', {}, undefined],
    [
      'inside some that mute: held by those',
      { muteTimeIntervals: ['noon', 'morning', 'meals'] },
      { stop: 'inside mute_time_intervals', by: ['noon', 'meals'] },
    ],
    ['outside all that mute: not held', { muteTimeIntervals: ['morning'] }, undefined],
    ['inside one that is active: not held', { activeTimeIntervals: ['morning', 'noon'] }, undefined],
    [
      'outside all that are active: held by all',
      { activeTimeIntervals: ['morning'] },
      { stop: 'outside active_time_intervals', by: ['morning'] },
    ],
    [
      'active and muted: held',
      { activeTimeIntervals: ['noon'], muteTimeIntervals: ['meals'] },
      { stop: 'inside mute_time_intervals', by: ['meals'] },
    ],
  ])('%s', (_, route, expected) => {
    expect(held(route)).toEqual(expected);
  });

  test('hold the whole flush, ended alerts too, and count them', () => {
    const { counted, count } = counting();
    const stage = timeIntervalStage(intervals, count);
    stage(flush({ a: 'firing', b: 'resolved' }, { muteTimeIntervals: ['noon'] }));
    stage(flush({ a: 'firing' }, { activeTimeIntervals: ['morning'] }));
    expect(counted).toEqual(['mute_time_interval 2', 'active_time_interval 1']);
  });

  test('let a flush pass as it is', () => {
    const { count } = counting();
    const passing = flush({ a: 'firing' });
    expect(timeIntervalStage(intervals, count)(passing)).toBe(passing);
  });
});
