import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { regexSize } from './regex-size.ts';

describe('the size of a regular expression', () => {
  it.each([
    ['', 0, 0],
    ['abc', 3, 0],
    ['a|bc', 4, 0],
    ['a*b+c?', 3, 3],
    ['[a-z]{10}', 10, 0],
    ['[]a[:alpha:]\\]]{3}x', 4, 0],
    ['(ab){5}', 10, 0],
    ['a{2,}', 3, 1],
    ['a{2,5}', 5, 3],
    ['((a?b){3}c){10}', 70, 30],
    ['a{,5}', 5, 0],
    ['(?:a)', 2, 0],
    ['\\pL\\p{Greek}\\x{1f600}\\x{100}', 5, 0],
    ['a\\{1000}', 7, 0],
    ['[a{1000}]', 1, 0],
    ['((((', 0, 0],
    ['a)b', 2, 0],
    ['[abc', 1, 0],
  ])('%s has %i steps and %i branches', (pattern, steps, branches) => {
    expect(regexSize(pattern)).toEqual({ steps, branches });
  });

  it('is not much less than what the engine makes of it', () => {
    const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('a', '.', '[a-c]', '[^]a]', '\\d', '\\pL', '\\x{1f600}', '[[:alpha:]x]'),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{3}', '{2,4}', '{2,}'))
          .map(([a, times]) => `(?:${a})${times}`),
      ),
    })).node;
    fc.assert(
      fc.property(pattern, (text) => {
        const { steps, branches } = regexSize(text);
        const instructions = RE2JS.compile(text).programSize();
        // Besides one a step and one a branch there are the alternations, the ends of groups, and the frame.
        expect(instructions).toBeLessThanOrEqual(4 * (steps + branches) + 10);
      }),
    );
  });

  it('is found in one pass however the brackets are nested', () => {
    for (const hostile of ['[[:', '\\p{', '(', '{9', '[', '(?']) {
      expect(regexSize(hostile.repeat(30_000)).steps).toBeLessThanOrEqual(90_000);
    }
  });
});
