/** An alert comes through the wire as it was, on whatever clock; and whatever else comes is refused. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { fingerprint } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { alertDigest, readAlert, readStoredAlert, storedAlert, writeAlert } from './alert-record.ts';

const MINUTE_MS = 60_000;
const LABELS = { alertname: 'Down', instance: 'db1' };
const HERE: Now = { wallMs: Date.UTC(2026, 0, 5, 12), monotonicMs: 1_000 };
const FAST: Now = { wallMs: HERE.wallMs + 5 * MINUTE_MS, monotonicMs: 77 };

function alert(fields: Partial<Alert> = {}): Alert {
  return {
    fingerprint: fingerprint(LABELS),
    labels: LABELS,
    annotations: { summary: 'it is down' },
    generatorURL: 'http://prometheus.test/',
    startsAtMs: HERE.wallMs - 10 * MINUTE_MS,
    endsAtMs: HERE.wallMs + 4 * MINUTE_MS,
    timeout: false,
    updatedAtMs: HERE.wallMs - MINUTE_MS,
    receivedAtMs: HERE.wallMs - 9 * MINUTE_MS,
    version: { time: 5, node: 'a.1' },
    ...fields,
  };
}

function sent(given: Alert, known?: Alert): Alert {
  const record: unknown = JSON.parse(JSON.stringify(writeAlert(given, HERE)));
  return readAlert(record, { key: given.fingerprint, now: FAST, known });
}

test('the start and the words travel as they are, all else by its age', () => {
  const shifted = {
    endsAtMs: FAST.wallMs + 4 * MINUTE_MS,
    updatedAtMs: FAST.wallMs - MINUTE_MS,
    receivedAtMs: FAST.wallMs - 9 * MINUTE_MS,
  };
  expect(sent(alert())).toEqual(alert(shifted));
  const putOff = { askedEndsAtMs: HERE.wallMs + MINUTE_MS };
  expect(sent(alert(putOff))).toEqual(alert({ ...shifted, askedEndsAtMs: FAST.wallMs + MINUTE_MS }));
});

test('what a checker wrote comes through to the letter', () => {
  const texts = { startsAtText: '2026-01-05T12:50:00+01:00', endsAtText: '2026-01-05T13:04:00.000000001+01:00' };
  expect(sent(alert(texts))).toMatchObject(texts);
});

test('what was ended is over, and what ran out has run out, whatever was done to the clock of who sends it', () => {
  const ended = sent(alert({ endsAtMs: HERE.wallMs + 3, updatedAtMs: HERE.wallMs + 5 }));
  expect(ended.endsAtMs).toBeLessThanOrEqual(ended.updatedAtMs);
  const ranOut = sent(alert({ endsAtMs: HERE.wallMs + 3, updatedAtMs: HERE.wallMs + 3, lastHeardMs: HERE.wallMs - 9 }));
  expect(ranOut).toMatchObject({ endsAtMs: FAST.wallMs, lastHeardMs: FAST.wallMs - 9 });
  expect(alertDigest(ranOut)).not.toBe(alertDigest(ended));
});

test('what is known already is not held twice', () => {
  const known = alert();
  const copy = sent(alert(), known);
  expect(copy.labels).toBe(known.labels);
  expect(copy.annotations).toBe(known.annotations);
});

describe('what a newer version says besides', () => {
  const newer = { ticket: 'T-1', acknowledged: { by: 'somebody' } };

  test('goes through this one as it came, and tells two copies apart', () => {
    const received = readAlert(
      { ...(writeAlert(alert(), HERE) as object), ...newer },
      { key: alert().fingerprint, now: HERE, known: undefined },
    );
    expect(writeAlert(received, HERE)).toEqual({ ...newer, ...(writeAlert(alert(), HERE) as object) });
    expect(alertDigest(received)).not.toBe(alertDigest(alert()));
  });

  test('lies on disk where the newer version will look for it', () => {
    const stored = storedAlert(alert({ unknownFields: newer }));
    expect(JSON.parse(stored)).toMatchObject(newer);
    expect(readStoredAlert(stored)).toEqual(alert({ unknownFields: newer }));
  });

  test('never passes for something this version keeps on disk', () => {
    const record = { ...(writeAlert(alert(), HERE) as object), lastHeardMs: 'soon' };
    expect(readAlert(record, { key: alert().fingerprint, now: HERE, known: undefined })).toEqual(alert());
  });

  test('is nothing, if all that can be said was said by this version', () => {
    const whole = alert({
      startsAtText: '2026-01-05T12:50:00+01:00',
      endsAtText: '2026-01-05T13:04:00.000000001+01:00',
      askedEndsAtMs: HERE.wallMs + MINUTE_MS,
      endsAtMs: HERE.wallMs,
      lastHeardMs: HERE.wallMs - 9,
    });
    expect(sent(whole)).not.toHaveProperty('unknownFields');
    expect(readStoredAlert(storedAlert(whole))).toEqual(whole);
  });
});

describe('refused is', () => {
  const whole = writeAlert(alert(), HERE) as Record<string, unknown>;
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, number) => [`label${number}`, 'x']));

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['a text', 'alert'],
    ['no labels', { ...whole, labels: {} }],
    ['a label that is no text', { ...whole, labels: { ...LABELS, job: 1 } }],
    ['labels of another alert', { ...whole, labels: { alertname: 'Other' } }],
    ['labels whose name would set a prototype', JSON.parse('{"labels":{"__proto__":"x"}}')],
    ['labels without number', { ...whole, labels: many }],
    ['half a character', { ...whole, annotations: { summary: '\ud800' } }],
    ['annotations that are a list', { ...whole, annotations: ['x'] }],
    ['a generatorURL that is no text', { ...whole, generatorURL: 5 }],
    ['no version', { ...whole, version: undefined }],
    ['a version beyond all clocks', { ...whole, version: `${(2 ** 53).toString(36)}@a.1` }],
    ['a start that is no number', { ...whole, startsAt: '2026' }],
    ['a start nobody could read', { ...whole, startsAt: 1e18 }],
    ['a start and the text of another', { ...whole, startsAtText: '2026-01-05T12:50:00.000000001Z' }],
    ['a text that is no time', { ...whole, endsAtText: '<script>' }],
    ['an end that is not finite', { ...whole, endsIn: Number.POSITIVE_INFINITY }],
    ['an age below nothing', { ...whole, heardAgo: -1 }],
    ['one that ran out and goes on', { ...whole, ranOut: true }],
  ])('%s', (_, record) => {
    expect(() => readAlert(record, { key: fingerprint(LABELS), now: FAST, known: undefined })).toThrow();
  });

  test('what has the fingerprint of other labels that stand here', () => {
    const known = alert({ labels: { alertname: 'Other' } });
    expect(() => sent(alert(), known)).toThrow();
  });
});

test('an end in the year 9999 is one on a fast clock, too', () => {
  const endless = sent(alert({ endsAtMs: Date.parse('9999-12-31T23:59:59.999Z') }));
  expect(endless.endsAtMs).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
});
