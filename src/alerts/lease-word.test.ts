/** A peer's word on a lease is taken when it is one, and says something new. */
import { expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { leaseWordOf, readLeaseWords, withLeaseWord } from './lease-word.ts';

const HERE = { wallMs: 1_000_000, monotonicMs: 5 };
const THERE = { wallMs: 9_000_000, monotonicMs: 5 };

const alert: Alert = {
  fingerprint: 'f',
  labels: { alertname: 'Down' },
  annotations: {},
  generatorURL: '',
  startsAtMs: 0,
  endsAtMs: HERE.wallMs + 2_000,
  endsAtText: 'as it was written',
  timeout: true,
  updatedAtMs: HERE.wallMs - 300_000,
  receivedAtMs: 0,
};
const elsewhere = { ...alert, updatedAtMs: THERE.wallMs - 60_000, endsAtMs: THERE.wallMs + 240_000 };

test('it is read on the clock of who asks', () => {
  const [word] = readLeaseWords(JSON.parse(JSON.stringify([leaseWordOf(elsewhere, THERE)])), 1);
  const { endsAtText: _, ...expected } = alert;
  expect(word && withLeaseWord(alert, word, HERE)).toEqual({
    ...expected,
    endsAtMs: HERE.wallMs + 240_000,
    updatedAtMs: HERE.wallMs - 60_000,
  });
});

test('a lease that was put off keeps how long it was meant to be', () => {
  const word = leaseWordOf({ ...elsewhere, askedEndsAtMs: THERE.wallMs - 10 }, THERE);
  expect(word && withLeaseWord(alert, word, HERE)?.askedEndsAtMs).toBe(HERE.wallMs - 10);
});

test('an end that is later by no more than messages take is none', () => {
  expect(withLeaseWord(alert, ['f', 300_000, 2_100, 2_100], HERE)).toBeUndefined();
});

test('there is none of what does not fire', () => {
  expect(leaseWordOf({ ...elsewhere, endsAtMs: THERE.wallMs }, THERE)).toBeUndefined();
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['an object', { length: 0 }],
  [
    'more words than were asked for',
    [
      ['f', 1, 1, 1],
      ['g', 1, 1, 1],
    ],
  ],
  ['too short a word', [['f', 1, 1]]],
  ['an age below nothing', [['f', -1, 1, 1]]],
  ['a lease for ever', [['f', 1, 1e300, 1]]],
  ['a number in words', [['f', '1', 1, 1]]],
])('%s is no answer', (_, answer) => {
  expect(() => readLeaseWords(answer, 1)).toThrow();
});
