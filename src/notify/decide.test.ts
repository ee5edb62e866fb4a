import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import type { AlertStatus } from '../model/notification.ts';
import type { NotificationLogEntry, Told } from '../state/notification-log.ts';
import { decide, listed } from './decide.ts';
import type { FlushAlert } from './flush.ts';

const HOUR_MS = 3_600_000;

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

function flushed(status: AlertStatus, ...names: string[]): FlushAlert[] {
  return names.map((name) => ({ alert: alert(name), status, isMuted: false }));
}

function entry(told: Record<string, Told>, toldAtMs: number | undefined = 0): NotificationLogEntry {
  return { told: new Map(Object.entries(told)), toldAtMs, isExact: true };
}

function decideAt(tickMs: number, found: NotificationLogEntry | undefined, alerts: FlushAlert[], sendResolved = true) {
  const shown = listed(alerts, found, sendResolved);
  return decide({ entry: found, alerts: shown, sendResolved, repeatIntervalMs: 4 * HOUR_MS, tickMs });
}

describe('what is told, and why', () => {
  test.each<[string, NotificationLogEntry | undefined, FlushAlert[], string]>([
    ['nobody was told and one fires', undefined, flushed('firing', 'a'), 'first notification'],
    [
      'all that were told have ended since, and one fires',
      entry({ a: 'resolved' }),
      flushed('firing', 'b'),
      'first notification',
    ],
    ['another joins those told', entry({ a: 'firing' }), flushed('firing', 'a', 'b'), 'new alerts added'],
    [
      'an ended one fires again',
      entry({ a: 'firing', b: 'resolved' }),
      flushed('firing', 'a', 'b'),
      'new alerts added',
    ],
    [
      'a message saying it fires may not have arrived',
      entry({ a: 'intent' }, undefined),
      flushed('firing', 'a'),
      'first notification',
    ],
    ['all have ended', entry({ a: 'firing', b: 'firing' }), flushed('resolved', 'a', 'b'), 'all alerts resolved'],
    [
      'one of two has ended',
      entry({ a: 'firing', b: 'firing' }),
      [...flushed('firing', 'a'), ...flushed('resolved', 'b')],
      'some alerts resolved',
    ],
    [
      'one has ended while the other is silenced and fires on',
      entry({ a: 'firing', b: 'firing' }),
      flushed('resolved', 'b'),
      'some alerts resolved',
    ],
    [
      'it may have been told to fire, and has ended',
      entry({ a: 'intent' }, undefined),
      flushed('resolved', 'a'),
      'all alerts resolved',
    ],
  ])('%s', (_story, found, alerts, reason) => {
    expect(decideAt(1000, found, alerts)).toEqual({ tell: true, reason });
  });

  test.each<[string, NotificationLogEntry | undefined, FlushAlert[]]>([
    ['nothing fires and nobody was told', undefined, flushed('resolved', 'a')],
    ['the end was told', entry({ a: 'resolved' }), flushed('resolved', 'a')],
    ['the same alerts fire on', entry({ a: 'firing', b: 'firing' }), flushed('firing', 'a', 'b')],
    ['one of those told is silenced', entry({ a: 'firing', b: 'firing' }), flushed('firing', 'a')],
    [
      'one that was never told has ended while another fires on',
      entry({ a: 'firing' }),
      [...flushed('firing', 'a'), ...flushed('resolved', 'b')],
    ],
  ])('quiet: %s', (_story, found, alerts) => {
    expect(decideAt(1000, found, alerts)).toMatchObject({ tell: false });
  });

  test('a receiver that wants no "resolved" hears of none', () => {
    expect(decideAt(1000, entry({ a: 'firing' }), flushed('resolved', 'a'), false)).toMatchObject({ tell: false });
  });
});

describe('repeats', () => {
  const told = entry({ a: 'firing' }, 1000);

  test('are due exactly repeat_interval after the tick of the last message', () => {
    expect(decideAt(1000 + 4 * HOUR_MS, told, flushed('firing', 'a'))).toEqual({
      tell: true,
      reason: 'repeat interval elapsed',
    });
  });

  test('are not due a millisecond earlier', () => {
    expect(decideAt(1000 + 4 * HOUR_MS - 1, told, flushed('firing', 'a'))).toMatchObject({ tell: false });
  });

  test('among peers are due up to a second early, since word of a tick takes a while', () => {
    const heard = { ...told, isExact: false };
    expect(decideAt(1000 + 4 * HOUR_MS - 1000, heard, flushed('firing', 'a'))).toMatchObject({ tell: true });
    expect(decideAt(1000 + 4 * HOUR_MS - 1001, heard, flushed('firing', 'a'))).toMatchObject({ tell: false });
  });

  test('never come for what has ended', () => {
    expect(decideAt(1000 + 5 * HOUR_MS, entry({ a: 'resolved' }, 1000), flushed('resolved', 'a'))).toMatchObject({
      tell: false,
    });
  });
});

describe('what a message lists', () => {
  test('everything that fires, and the ends not yet told', () => {
    const alerts = [...flushed('firing', 'new', 'known'), ...flushed('resolved', 'owed', 'told', 'untold')];
    const found = entry({ known: 'firing', owed: 'firing', told: 'resolved' });
    expect(listed(alerts, found, true).map(({ alert }) => alert.fingerprint)).toEqual([
      'new',
      'known',
      'owed',
      'untold',
    ]);
  });

  test('a silenced alert that ended only if it was told to fire', () => {
    const silenced = flushed('resolved', 'owed', 'untold').map((entry) => ({ ...entry, isMuted: true }));
    expect(listed(silenced, entry({ owed: 'firing' }), true).map(({ alert }) => alert.fingerprint)).toEqual(['owed']);
  });
});

describe('laws', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const toldBefore = fc.option(
    fc.dictionary(name, fc.constantFrom<Told>('intent', 'firing', 'resolved')).map((told) => entry(told)),
    { nil: undefined },
  );
  const statuses = fc.dictionary(name, fc.constantFrom<AlertStatus>('firing', 'resolved'));
  const flushOf = (states: Record<string, AlertStatus>) =>
    Object.entries(states).flatMap(([of, status]) => flushed(status, of));

  /** The log after the message the decision asks for. */
  function afterTelling(
    found: NotificationLogEntry | undefined,
    alerts: FlushAlert[],
    tickMs: number,
  ): NotificationLogEntry {
    const told = new Map(found?.told);
    for (const { alert, status } of listed(alerts, found, true)) told.set(alert.fingerprint, status);
    return { ...entry({}), told, toldAtMs: tickMs };
  }

  test('what was just told is not told again at the next tick', () => {
    fc.assert(
      fc.property(toldBefore, statuses, (found, states) => {
        const alerts = flushOf(states);
        fc.pre(decideAt(1000, found, alerts).tell);
        expect(decideAt(2000, afterTelling(found, alerts, 1000), alerts)).toMatchObject({ tell: false });
      }),
    );
  });

  test('an alert that fires and was not told is always told', () => {
    fc.assert(
      fc.property(toldBefore, statuses, (found, states) => {
        const alerts = flushOf(states);
        fc.pre(
          alerts.some(({ alert, status }) => status === 'firing' && found?.told.get(alert.fingerprint) !== 'firing'),
        );
        expect(decideAt(1000, found, alerts)).toMatchObject({ tell: true });
      }),
    );
  });

  test('no message is caused by an alert that was never told', () => {
    fc.assert(
      fc.property(toldBefore, statuses, name, (found, states, stranger) => {
        fc.pre(found?.told.get(stranger) === undefined);
        const { [stranger]: _, ...others } = states;
        const withStranger = flushOf({ ...others, [stranger]: 'resolved' });
        expect(decideAt(1000, found, withStranger)).toEqual(decideAt(1000, found, flushOf(others)));
      }),
    );
  });
});
