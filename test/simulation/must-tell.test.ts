import { expect, test } from 'vitest';
import { mustTell } from './must-tell.ts';

const message = (seconds: number, place = 'phone') => ({
  node: 'n1',
  place,
  reason: 'first notification' as const,
  alerts: [
    { alert: 'Down/b', status: 'firing' as const },
    { alert: 'Down/a', status: 'resolved' as const },
  ],
  toldAtMs: seconds * 1000,
});
const text = 'phone: first notification: Down/a resolved, Down/b firing';

test('as it must be, in any order', () => {
  expect(mustTell([message(91.9), message(30)], [`1:31 ${text}`, `0:30 ${text}`])).toEqual([]);
});

test('a second too late is not as it must be', () => {
  expect(mustTell([message(92)], [`1:31 ${text}`])).toEqual([`not told: 1:31 ${text}`, `told: 1:32 ${text}, by n1`]);
});

test('unless it may be late', () => {
  expect(mustTell([message(95.9)], [`1:30+5s ${text}`])).toEqual([]);
  expect(mustTell([message(96)], [`1:30+5s ${text}`])).not.toEqual([]);
  expect(mustTell([message(89.9)], [`1:30+5s ${text}`])).not.toEqual([]);
});

test('twice is once too often', () => {
  expect(mustTell([message(30), message(30)], [`0:30 ${text}`])).toEqual([`told: 0:30 ${text}, by n1`]);
});

test('another place is another message', () => {
  expect(mustTell([message(30, 'mail')], [`0:30 ${text}`])).toHaveLength(2);
});
