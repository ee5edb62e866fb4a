import { expect, test } from 'vitest';
import { axisTimes } from './axis-times.ts';

const at = (text: string) => Date.parse(text) / 1_000;

test('the axis says the time, and the day where one begins', () => {
  const seconds = ['2026-03-01T20:00Z', '2026-03-02T00:00Z', '2026-03-02T04:00Z'].map(at);
  expect(axisTimes(seconds, 14_400, 'UTC')).toEqual(['20:00', '2 Mar', '04:00']);
});

test('of whole days it says the day, of seconds the second', () => {
  expect(axisTimes([at('2026-03-01T00:00Z'), at('2026-03-02T00:00Z')], 86_400, 'UTC')).toEqual(['1 Mar', '2 Mar']);
  expect(axisTimes([at('2026-03-01T10:00:15Z')], 15, 'UTC')).toEqual(['10:00:15']);
});
