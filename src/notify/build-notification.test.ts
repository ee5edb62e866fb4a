/** What a message is made of. */
import { describe, expect, test } from 'vitest';
import { ZERO_TIME } from '../model/timestamp.ts';
import { buildNotification, common } from './build-notification.ts';
import type { Flush, FlushAlert } from './flush.ts';

function flushAlert(name: string, status: FlushAlert['status']): FlushAlert {
  return {
    status,
    isMuted: false,
    alert: {
      fingerprint: name,
      labels: { alertname: name, job: 'api' },
      annotations: {},
      generatorURL: '',
      startsAtMs: Date.UTC(2026, 0, 5, 12),
      startsAtText: '2026-01-05T13:00:00.000000001+01:00',
      endsAtMs: Date.UTC(2026, 0, 5, 13),
      timeout: false,
      updatedAtMs: 0,
      receivedAtMs: 0,
    },
  };
}

const flush: Flush = {
  quietSinceMs: 0,
  now: { wallMs: Date.UTC(2026, 0, 5, 14), monotonicMs: 1 },
  groupKey: '{}:{}',
  groupLabels: {},
  route: {
    receiver: 'team',
    groupIntervalMs: 1,
    repeatIntervalMs: 1,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
  },
  alerts: [],
};

const build = (...alerts: FlushAlert[]) =>
  buildNotification(flush, { alerts, reason: 'first notification', externalURL: 'http://tocsin.test' });

describe('a notification', () => {
  test('fires if any of its alerts does', () => {
    expect(build(flushAlert('a', 'resolved'), flushAlert('b', 'firing')).status).toBe('firing');
    expect(build(flushAlert('a', 'resolved')).status).toBe('resolved');
  });

  test("shows an alert's start in its poster's words, and an end only if it has ended", () => {
    const { alerts } = build(flushAlert('a', 'firing'), flushAlert('b', 'resolved'));
    expect(alerts).toMatchObject([
      { startsAt: '2026-01-05T13:00:00.000000001+01:00', endsAtMs: undefined, endsAt: ZERO_TIME },
      { endsAtMs: Date.UTC(2026, 0, 5, 13), endsAt: '2026-01-05T13:00:00Z' },
    ]);
  });

  test('knows the instant of its flush', () => {
    expect(build(flushAlert('a', 'firing')).nowMs).toBe(flush.now.wallMs);
  });
});

describe('what label sets have in common', () => {
  test.each<[string, Record<string, string>[], Record<string, string>]>([
    ['none: nothing', [], {}],
    ['one: all of it', [{ a: '1', b: '2' }], { a: '1', b: '2' }],
    [
      'several: the pairs all of them have',
      [
        { a: '1', b: '2', c: '3' },
        { a: '1', b: '0', c: '3' },
        { a: '1', b: '2' },
      ],
      { a: '1' },
    ],
    ['a label only some have: not it', [{ a: '1', constructor: 'x' }, { a: '1' }], { a: '1' }],
    ['an empty value against a missing one: not it', [{ a: '' }, {}], {}],
  ])('%s', (_, sets, shared) => {
    expect(common(sets)).toEqual(shared);
  });
});
