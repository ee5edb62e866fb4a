import { expect, test } from 'vitest';
import { isAffordable } from './matcher-cost.ts';

const regexes = (...values: string[]) => values.map((value) => ({ type: '=~' as const, value }));

test.each([
  ['a few classes and repetitions', '(web|db)-[0-9]{1,3}\\.example\\.(com|org)(:[0-9]+)?'],
  ['a thousand plain host names', Array.from({ length: 1000 }, (_, index) => `host-${index}`).join('|')],
  ['dozens of names that begin alike', Array.from({ length: 60 }, (_, index) => `cluster-${index}-.*`).join('|')],
])('anybody may ask for %s', (_what, pattern) => {
  expect(isAffordable(regexes(pattern))).toBe(true);
});

test.each([
  ['a thousand optional ways', '(.*a.*){800}b'],
  ['thousands of steps', 'x*([ax]{1000}){4}'],
])('nobody may ask for %s', (_what, pattern) => {
  expect(isAffordable(regexes(pattern))).toBe(false);
});

test('many matchers may not cost together what one may not', () => {
  expect(isAffordable(regexes(...Array.from({ length: 20 }, () => '[ax]{100}')))).toBe(false);
});

test('what is compared as it stands costs nothing', () => {
  expect(isAffordable([{ type: '=', value: '(.*a.*){800}b' }])).toBe(true);
});
