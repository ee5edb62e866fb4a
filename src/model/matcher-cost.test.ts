import { expect, test } from 'vitest';
import { Matcher } from './matcher.ts';
import { isAffordable, madeAffordably } from './matcher-cost.ts';

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

test.each([
  ['groups that multiply', (index: number) => `${'(a|b)'.repeat(15)}${index}`],
  ['large repetitions', (index: number) => `(a[bc]{0,90}){19}${index}`],
])('a hundred patterns of %s are refused before anybody waits for them', (_what, pattern) => {
  const startedMs = performance.now();
  const make = () => Array.from({ length: 100 }, (_, index) => new Matcher('=~', 'x', pattern(index)));
  expect(() => madeAffordably(make)).toThrow('take too long to match');
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test('what one text costs is not taken from the next, nor from those of the operator', () => {
  const make = () => new Matcher('=~', 'x', '[ax]{1000}');
  expect(() => [madeAffordably(make), madeAffordably(make), madeAffordably(make), make(), make()]).not.toThrow();
});
