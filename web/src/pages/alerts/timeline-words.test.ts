import { expect, test } from 'vitest';
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import { timelineWords } from './timeline-words.ts';

const base = { id: 'e1', at: '2026-11-29T03:00:00.000Z', node: 'a' };
const ofGroup = { groupId: 'g/1', groupLabels: { alertname: 'Down' }, receiver: 'night' };
const words = (event: HappenedEvent) => timelineWords(event, (instant) => instant.slice(11, 16));

const sent: HappenedEvent = {
  ...base,
  ...ofGroup,
  kind: 'notification',
  integration: 'email',
  index: 0,
  outcome: 'sent',
  reason: 'first notification',
  message: '',
  durationMs: 1240,
  attempt: 1,
  willRetry: false,
  firing: 2,
  resolved: 0,
  fingerprints: ['f1', 'f2'],
};

test('an alert begins with who told of it', () => {
  const event: HappenedEvent = {
    ...base,
    kind: 'alert',
    change: 'new',
    fingerprint: 'f',
    labels: {},
    from: 'checker 10.0.0.7',
  };
  expect(words(event)).toMatchObject({ tone: 'fires', title: 'Began to fire', detail: 'heard from checker 10.0.0.7' });
});

test('what was told says to whom, by what, why, and which node did it', () => {
  expect(words(sent)).toMatchObject({
    tone: 'good',
    title: 'a told night by email',
    detail: 'first notification · 2 firing · took 1.2 s',
  });
});

test('the second channel of a kind is told from the first', () => {
  const places = new Map([['night', ['irc', 'email 1', 'email 2']]]);
  expect(timelineWords({ ...sent, index: 2 }, String, places)?.title).toBe('a told night by email 2');
  expect(timelineWords({ ...sent, index: 7 }, String, places)?.title).toBe('a told night by email');
});

test('what was refused says what went wrong and whether it is tried again', () => {
  const refused = {
    ...sent,
    outcome: 'refused',
    message: '550 no such user',
    willRetry: true,
    attempt: 2,
    durationMs: 40,
  } as const;
  expect(words(refused)).toMatchObject({
    tone: 'bad',
    title: 'a could not tell night by email',
    detail: '550 no such user · it is tried again · attempt 2 · took 40 ms',
  });
});

test('muted by a silence leads to it, by an alert to that, by the time of day nowhere', () => {
  const mute = { ...base, ...ofGroup, kind: 'mute' as const, alerts: 1, fingerprints: ['f'] };
  expect(words({ ...mute, reason: 'silence', by: ['0123456789-?'] })?.links).toEqual([
    { text: 'silence 01234567', path: '/silences/0123456789-%3F' },
  ]);
  const many = words({ ...mute, reason: 'silence', by: ['a', 'b', 'c', 'd', 'e', 'f'] });
  expect([many?.links.length, many?.detail]).toEqual([4, 'and 2 more']);
  expect(words({ ...mute, reason: 'inhibition', by: ['abcdef0123'] })?.links[0]?.path).toBe('/alerts/abcdef0123');
  expect(words({ ...mute, reason: 'mute_time_interval', by: ['weekend'] })).toMatchObject({
    title: 'Not told to night: muted at this time',
    detail: 'weekend',
    links: [],
  });
});

test('a peer that waits says why', () => {
  const turn = {
    ...base,
    ...ofGroup,
    kind: 'turn',
    integration: 'email',
    decision: 'waits',
    reason: 'b is first in line',
  } as const;
  expect(words(turn)).toMatchObject({
    title: 'a waits before it tells to night by email',
    detail: 'b is first in line',
  });
});

test('what concerns no alert is left out', () => {
  expect(words({ ...base, kind: 'member', change: 'lost', member: 'b', reason: '' })).toBeUndefined();
});
