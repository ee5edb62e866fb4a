import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, compareForNotification, isResolved, mergeAlerts } from './alert.ts';
import { compareLabels, fingerprint } from './labels.ts';

const LABELS = { alertname: 'DiskFull', instance: 'db1' };

/** Stored at 100, from 100 to 400, its end only a timeout. */
function alertWith(changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: fingerprint(LABELS),
    labels: LABELS,
    annotations: {},
    generatorURL: '',
    startsAtMs: 100,
    endsAtMs: 400,
    timeout: true,
    updatedAtMs: 100,
    receivedAtMs: 100,
    ...changes,
  };
}

describe('an alert', () => {
  it('resolves at its end, by the clock alone', () => {
    expect(isResolved(alertWith({ endsAtMs: 400 }), 399)).toBe(false);
    expect(isResolved(alertWith({ endsAtMs: 400 }), 400)).toBe(true);
  });
});

describe('posting an alert again', () => {
  it('without an end extends the timeout', () => {
    const again = alertWith({ startsAtMs: 200, endsAtMs: 500, updatedAtMs: 200 });
    expect(mergeAlerts(alertWith(), again, 200)).toMatchObject({ startsAtMs: 100, endsAtMs: 500, timeout: true });
  });

  it('with an earlier explicit end does not shorten a later explicit one while it fires', () => {
    const stored = alertWith({ endsAtMs: 900, timeout: false });
    const again = alertWith({ endsAtMs: 500, timeout: false, updatedAtMs: 200 });
    expect(mergeAlerts(stored, again, 200).endsAtMs).toBe(900);
  });

  it('with an explicit end shortens a mere timeout', () => {
    const again = alertWith({ endsAtMs: 300, timeout: false, updatedAtMs: 200 });
    expect(mergeAlerts(alertWith(), again, 200)).toMatchObject({ endsAtMs: 300, timeout: false });
  });

  it('with an end in the past resolves it at once', () => {
    const stored = alertWith({ endsAtMs: 900, timeout: false });
    const resolve = alertWith({ endsAtMs: 180, timeout: false, updatedAtMs: 200 });
    expect(mergeAlerts(stored, resolve, 200).endsAtMs).toBe(180);
  });

  it('takes the later of two ends that have both passed', () => {
    const stored = alertWith({ endsAtMs: 300, timeout: false });
    const again = alertWith({ endsAtMs: 200, timeout: false, updatedAtMs: 500 });
    expect(mergeAlerts(stored, again, 500).endsAtMs).toBe(300);
  });

  it('after its end is a new episode with the new start', () => {
    const again = alertWith({ startsAtMs: 600, endsAtMs: 900, updatedAtMs: 600, receivedAtMs: 600 });
    expect(mergeAlerts(alertWith(), again, 600)).toMatchObject({ startsAtMs: 600, endsAtMs: 900, receivedAtMs: 600 });
  });

  it('at the very instant of its end is not merged with what has ended', () => {
    const again = alertWith({ startsAtMs: 400, endsAtMs: 700, updatedAtMs: 400 });
    expect(mergeAlerts(alertWith(), again, 400)).toMatchObject({ startsAtMs: 400, endsAtMs: 700 });
  });

  it('takes everything else from the younger post, also if that arrives first', () => {
    const young = alertWith({ updatedAtMs: 300, annotations: { summary: 'young' } });
    const late = alertWith({ startsAtMs: 150, endsAtMs: 350, updatedAtMs: 200, annotations: { summary: 'late' } });
    expect(mergeAlerts(young, late, 310)).toMatchObject({ annotations: { summary: 'young' }, updatedAtMs: 300 });
  });

  it('prefers the newcomer of two posts of the same instant', () => {
    const incoming = alertWith({ startsAtMs: 150, generatorURL: 'http://b' });
    expect(mergeAlerts(alertWith({ generatorURL: 'http://a' }), incoming, 200).generatorURL).toBe('http://b');
  });

  it('as a mere refresh keeps the time it was first heard of', () => {
    const refresh = alertWith({ endsAtMs: 500, updatedAtMs: 200, receivedAtMs: 200 });
    expect(mergeAlerts(alertWith(), refresh, 200)).toMatchObject({ endsAtMs: 500, receivedAtMs: 100 });
  });

  it('carries the text of each time along with that time', () => {
    const stored = alertWith({ startsAtText: 'start of stored', endsAtText: 'end of stored' });
    const later = alertWith({ startsAtMs: 150, endsAtMs: 500, updatedAtMs: 200, startsAtText: 'start of later' });
    const merged = mergeAlerts(stored, later, 200);
    expect(merged.startsAtText).toBe('start of stored');
    expect(merged).not.toHaveProperty('endsAtText');
  });

  it('shares the labels of the stored one and never changes the identity', () => {
    const times = fc.record({
      startsAtMs: fc.integer({ min: 0, max: 50 }),
      endsAtMs: fc.integer({ min: 0, max: 50 }),
      updatedAtMs: fc.integer({ min: 0, max: 50 }),
      timeout: fc.boolean(),
    });
    fc.assert(
      fc.property(times, times, fc.integer({ min: 0, max: 50 }), (storedTimes, incomingTimes, nowMs) => {
        const stored = alertWith(storedTimes);
        const incoming = alertWith({ ...incomingTimes, labels: { ...LABELS } });
        const merged = mergeAlerts(stored, incoming, nowMs);
        expect(merged.labels).toBe(stored.labels);
        expect(merged.fingerprint).toBe(stored.fingerprint);
      }),
    );
  });

  it('repeated unchanged changes nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        fc.boolean(),
        (start, length, timeout) => {
          const alert = alertWith({ startsAtMs: start, endsAtMs: start + length, timeout });
          expect(mergeAlerts(alert, { ...alert }, 50)).toEqual(alert);
        },
      ),
    );
  });
});

describe('the order of alerts in a message', () => {
  const order = (...sets: Record<string, string>[]) =>
    sets
      .map((labels) => ({ labels }))
      .sort(compareForNotification)
      .map(({ labels }) => labels);

  it('goes by job, then by instance, with those that have none last', () => {
    expect(
      order(
        { instance: 'a' },
        { job: 'b', instance: 'a' },
        { job: 'a' },
        { job: 'a', instance: 'b' },
        { job: 'a', instance: 'a' },
      ),
    ).toEqual([
      { job: 'a', instance: 'a' },
      { job: 'a', instance: 'b' },
      { job: 'a' },
      { job: 'b', instance: 'a' },
      { instance: 'a' },
    ]);
  });

  it('treats an empty job as a job', () => {
    expect(order({ a: '1' }, { job: '' })).toEqual([{ job: '' }, { a: '1' }]);
  });

  it('goes by all labels where job and instance are the same', () => {
    const sets = [{ job: 'a', severity: 'warning' }, { job: 'a', severity: 'critical' }, { job: 'a' }];
    expect(order(...sets)).toEqual([...sets].sort(compareLabels));
  });
});
