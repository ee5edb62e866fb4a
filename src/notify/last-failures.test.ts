import { expect, test } from 'vitest';
import { LastFailures } from './last-failures.ts';

const REFUSED = { kind: 'refused', retryable: true, reason: 'serverError', message: 'the server says 503' } as const;

test('the last failure of a place is remembered', () => {
  const failures = new LastFailures();
  const place = { groupKey: '{}:{}', receiverKey: 'team/webhook/1' };
  failures.note(place, REFUSED, 1);
  failures.note(place, { kind: 'unknown', reason: 'other', message: 'no answer' }, 2);
  expect(failures.of(place.groupKey, place.receiverKey)).toEqual({ kind: 'unknown', message: 'no answer', atMs: 2 });
  expect(failures.of(place.groupKey, 'team/webhook/2')).toBeUndefined();
});

test('where very many fail the oldest are forgotten', () => {
  const failures = new LastFailures();
  const note = (number: number) => failures.note({ groupKey: `${number}`, receiverKey: 'team' }, REFUSED, number);
  for (let number = 0; number < 10_000; number++) note(number);
  note(0);
  note(10_000);
  expect(failures.of('1', 'team')).toBeUndefined();
  expect(failures.of('0', 'team')).toBeDefined();
  expect(failures.of('10000', 'team')).toBeDefined();
});

test('a message is cut to what somebody reads', () => {
  const failures = new LastFailures();
  failures.note({ groupKey: 'g', receiverKey: 'team' }, { ...REFUSED, message: 'x'.repeat(10_000) }, 1);
  expect(failures.of('g', 'team')?.message).toHaveLength(500);
});
