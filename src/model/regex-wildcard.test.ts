import { describe, expect, it } from 'vitest';
import { matchesGlob, wildcardRegex } from './regex-wildcard.ts';

function matches(pattern: string, value: string): boolean | undefined {
  const wildcard = wildcardRegex(pattern);
  return wildcard && (wildcard.exact.has(value) || wildcard.globs.some((glob) => matchesGlob(glob, value)));
}

describe('a pattern of plain texts and wildcards', () => {
  it('becomes a set of texts where there is no wildcard', () => {
    expect([...(wildcardRegex('(a|b)(c|d)|^x\\.y$|')?.exact ?? [])]).toEqual(['ac', 'ad', 'bc', 'bd', 'x.y', '']);
  });

  it.each([
    ['a.*b', 'ab', true],
    ['a.+b', 'ab', false],
    ['a.+b', 'axb', true],
    ['aba.*aba', 'ababa', false],
    ['.*ab.*ab.*', 'aab', false],
    ['.*ab.*ab.*', 'xabxabx', true],
    ['.*a.+', 'aa', true],
    ['.+a', 'a', false],
    ['.*.+', '', false],
    ['.*.+', 'x', true],
    ['(a|.*)b', 'xxb', true],
  ])('%s on %j: %s', (pattern, value, isMatch) => {
    expect(matches(pattern, value)).toBe(isMatch);
  });

  it.each([
    '.',
    'a.b',
    'ab*',
    'a+',
    'a?',
    'a{2}',
    '.*?',
    '.+.+',
    '[ab]',
    '[^a]',
    '[a',
    '\\d',
    '\\b',
    'a\\',
    '(?i)a',
    '(^a)',
    'a$b',
    'a)',
    '(a',
    '*',
    '\ud83d',
  ])('leaves %j to the engine', (pattern) => {
    expect(wildcardRegex(pattern)).toBeUndefined();
  });

  it('gives up when groups multiply beyond reason', () => {
    expect(wildcardRegex('(a|b|c|d|e|f|g|h|i|j)'.repeat(12))).toBeUndefined();
    expect(wildcardRegex('(a|b)'.repeat(13))).toBeUndefined();
    expect(wildcardRegex(`${'(a|b)'.repeat(10)}${'(x)'.repeat(5_000)}`)).toBeUndefined();
    expect(wildcardRegex(`${'('.repeat(50)}a${')'.repeat(50)}`)).toBeUndefined();
  });
});
