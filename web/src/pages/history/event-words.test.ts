import { expect, test } from 'vitest';
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import { eventWords } from './event-words.ts';

const base = { id: '1', at: '2026-03-02T00:00:00Z', node: 'a' };
const group = { groupId: 'g/1', groupLabels: { alertname: 'Disk', job: 'db' }, receiver: 'on-call' };
const words = (event: HappenedEvent) => eventWords(event, (instant) => `at ${instant}`);
const sent = {
  ...base,
  ...group,
  kind: 'notification',
  integration: 'email',
  index: 0,
  outcome: 'sent',
  reason: 'first notification',
  message: '',
  durationMs: 30,
  attempt: 1,
  willRetry: false,
  firing: 2,
  resolved: 1,
  fingerprints: ['ab'],
} as const satisfies HappenedEvent;

test('a message that went out says to whom, what of, and why', () => {
  expect(words(sent)).toMatchObject({
    tone: 'good',
    word: 'Sent',
    line: 'email to on-call: 2 firing, 1 resolved of the group Disk {job=db} (first notification)',
    path: '/groups/g%2F1',
  });
});

test('one that failed says what goes on and what the other side said', () => {
  const failed = words({ ...sent, outcome: 'refused', message: '550 no such user', willRetry: true, resolved: 0 });
  expect(failed).toMatchObject({ tone: 'bad', word: 'Failed' });
  expect(failed.line).toBe(
    'email to on-call: 2 firing of the group Disk {job=db}; it is tried again: 550 no such user',
  );
});

test('an alert is called by its name first', () => {
  const alert = {
    ...base,
    kind: 'alert',
    change: 'new',
    fingerprint: 'ab',
    labels: { job: 'db', alertname: 'Disk' },
    from: 'peer b',
  } as const;
  expect(words(alert)).toMatchObject({ word: 'Fires', line: 'Disk {job=db}', path: '/alerts/ab' });
  expect(words({ ...alert, change: 'ended', labels: {} })).toMatchObject({ tone: 'good', line: 'no labels' });
});

test('what was not told says why', () => {
  const mute = {
    ...base,
    ...group,
    kind: 'mute',
    reason: 'silence',
    by: ['1', '2', '3', '4', '5'],
    alerts: 1,
    fingerprints: [],
  } as const;
  const said = words({ ...mute, by: [...mute.by], fingerprints: [] });
  expect(said.line).toBe('1 alert of the group Disk {job=db} not told to on-call: silenced');
  expect(said.details).toContainEqual(['Because of', '1, 2, 3 and 2 more']);
});

test('a refused configuration is bad news, a lost peer a warning', () => {
  expect(words({ ...base, kind: 'configuration', change: 'refused', hash: 'x', message: 'line 3: no' }).tone).toBe(
    'bad',
  );
  expect(words({ ...base, kind: 'member', change: 'lost', member: 'b', reason: 'silent for 3 s' })).toMatchObject({
    tone: 'warning',
    line: 'b, as a sees it: silent for 3 s',
  });
  const unknown = '12D3KooWJqMqkM5CasswuWUtNAwc4AxqizY6L1xcqLSqHT9mUzkR';
  const joined = words({ ...base, kind: 'member', change: 'joined', member: unknown, reason: 'heard' });
  expect(joined.line).toBe('…HT9mUzkR, as a sees it: heard');
  expect(joined.details).toContainEqual(['Member', unknown]);
});
