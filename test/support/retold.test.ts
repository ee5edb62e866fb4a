/** The judge of repeats is not fooled, and is not unfair. */
import { expect, test } from 'vitest';
import { type HeardMessage, judge } from './retold.ts';

function heard(life: number, ...alerts: string[]): HeardMessage {
  return {
    life,
    groupKey: 'group',
    alerts: alerts.map((alert) => ({
      id: alert.slice(1),
      status: alert.startsWith('+') ? ('firing' as const) : ('resolved' as const),
    })),
  };
}

const allRecorded = () => Number.POSITIVE_INFINITY;
const noneRecorded = () => 0;

test('news is no repeat', () => {
  const messages = [heard(0, '+a'), heard(0, '+a', '+b'), heard(0, '+a', '-b'), heard(0, '-a'), heard(0, '+a')];
  expect(judge(messages, allRecorded)).toMatchObject({ repeats: [], excused: 0 });
});

test.each([
  ['the same alert firing', [heard(0, '+a'), heard(1, '+a')]],
  ['the same end', [heard(0, '+a'), heard(0, '-a'), heard(1, '-a')]],
  ['the end of what was never told', [heard(0, '-a')]],
])('%s is a repeat once its message was recorded', (_, messages) => {
  expect(judge(messages, allRecorded).repeats).toHaveLength(1);
});

test('what a dying node could not record may be said again, once', () => {
  const twice = [heard(0, '+a'), heard(1, '+a')];
  const recordedFrom = (first: number) => (life: number) => (life < first ? 0 : Number.POSITIVE_INFINITY);
  expect(judge(twice, recordedFrom(1))).toMatchObject({ repeats: [], excused: 1 });
  expect(judge([...twice, heard(1, '+a')], recordedFrom(1)).repeats).toHaveLength(1);
  expect(judge([...twice, heard(2, '+a')], recordedFrom(2))).toMatchObject({ repeats: [], excused: 2 });
});

test('only the news of an unrecorded message may be said again', () => {
  const recorded = (life: number) => (life === 0 ? 1 : Number.POSITIVE_INFINITY);
  const messages = [heard(0, '+a'), heard(0, '+a', '+b'), heard(1, '+a')];
  expect(judge(messages, recorded).repeats).toEqual(['life 1, group: a firing']);
});

test('a node back from the dead may call over, first of all and once, what nobody heard of', () => {
  expect(judge([heard(1, '-a')], noneRecorded)).toMatchObject({ repeats: [], excused: 1 });
  expect(judge([heard(1, '+b'), heard(1, '-a')], noneRecorded).repeats).toEqual(['life 1, group: a resolved']);
  const recorded = (life: number) => (life === 0 ? 0 : Number.POSITIVE_INFINITY);
  expect(judge([heard(1, '-a'), heard(2, '-a')], recorded).repeats).toEqual(['life 2, group: a resolved']);
  expect(judge([heard(1, '-a')], allRecorded).repeats).toHaveLength(1);
});

test('an end that was told in doubt and then again is believed', () => {
  const { believed, repeats } = judge([heard(0, '+a'), heard(0, '-a'), heard(1, '-a')], noneRecorded);
  expect([repeats, believed.get('a')]).toEqual([[], 'resolved']);
});
