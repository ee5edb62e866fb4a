// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Go's replacement templates look like that
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileRegex, compileUnanchored, RegexError } from './regex.ts';

describe('an anchored regular expression', () => {
  it.each([
    ['web', 'web', 'web1'],
    ['web.*', 'web1', 'aweb'],
    ['web.+', 'web1', 'web'],
    ['(node|kube)-exporter', 'kube-exporter', 'cube-exporter'],
    ['', '', 'a'],
    ['a||b', '', 'ab'],
    ['5..', '503', '50'],
    ['(?i)web', 'WEB', 'we'],
    ['\\d{3}', '123', '12a'],
    ['a\\.b', 'a.b', 'axb'],
    ['a[.]b', 'a.b', 'axb'],
    ['^a$', 'a', '^a$'],
    ['\\pL+', 'é', '1'],
  ])('%s matches %j but not %j', (pattern, matching, other) => {
    const regex = compileRegex(pattern);
    expect(regex.test(matching)).toBe(true);
    expect(regex.test(other)).toBe(false);
  });

  it('does not let the dot match a line feed', () => {
    expect(compileRegex('a.*').test('a\nb')).toBe(false);
    expect(compileRegex('a.b').test('a\nb')).toBe(false);
    expect(compileRegex('.*').test('\n')).toBe(false);
    expect(compileRegex('(?s)a.*').test('a\nb')).toBe(true);
  });

  it('finds a line feed that is written in the pattern', () => {
    expect(compileRegex('a\n.*').test('a\nb')).toBe(true);
    expect(compileRegex('a\nb').test('a\nb')).toBe(true);
  });

  it('ends at the end of the value, not before a last line feed', () => {
    expect(compileRegex('[a]').test('a\n')).toBe(false);
    expect(compileRegex('a').test('a\n')).toBe(false);
  });

  it('counts an emoji as one character', () => {
    expect(compileRegex('.').test('😀')).toBe(true);
    expect(compileRegex('..').test('😀')).toBe(false);
  });

  it('gives the same answer with and without the engine, for any pattern', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '.*',
      '.+',
      '.*?',
      '|',
      '(',
      ')',
      '(?:',
      '\\.',
      '[.]',
      '^',
      '$',
      '\n',
      '😀',
      '*',
      '?',
      '{2}',
    );
    const pattern = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
    const value = fc
      .array(fc.constantFrom('a', 'b', '.', '\n', '😀', 'ab'), { maxLength: 6 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, fc.array(value, { minLength: 1, maxLength: 8 }), (regex, values) => {
        let engine: RE2JS | undefined;
        try {
          engine = RE2JS.compile(`^(?:${regex})$`);
        } catch {
          expect(() => compileRegex(regex)).toThrow(RegexError);
          return;
        }
        const compiled = compileRegex(regex);
        for (const text of values) expect(compiled.test(text)).toBe(engine.test(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a broken pattern', () => {
  it.each([
    ['a[b', 'error parsing regexp: missing closing ]: `[b)$`'],
    ['*', 'error parsing regexp: missing argument to repetition operator: `*`'],
    ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
    ['a{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'error parsing regexp: invalid escape sequence: `\\1`'],
    ['\ud83d', 'error parsing regexp: invalid UTF-8'],
  ])('%j is refused as Go refuses it', (pattern, message) => {
    expect(() => compileRegex(pattern)).toThrow(new RegexError(message));
  });
});

describe('a hostile pattern', () => {
  it.each(['(a+)+$', '(a|a)*b', '(.*a){20}', '(a?){50}a{50}', '.*.*.*.*.*x', '(x+x+)+y'])(
    '%s looks at a long value once',
    (pattern) => {
      const regex = compileRegex(pattern);
      // A backtracking engine would not be done in the lifetime of the universe.
      expect(regex.test(`${'a'.repeat(50_000)}!`)).toBe(false);
    },
    10_000,
  );

  it('is refused if its repetitions would make the engine slow', () => {
    for (const pattern of [
      '(.{0,1000}x){20}',
      '.?'.repeat(20_000),
      '((a{1000}){1000}){1000}',
      '\\pL'.repeat(5_000),
      '[[:'.repeat(5_000),
    ]) {
      expect(() => compileRegex(pattern)).toThrow(/too large/);
    }
  });

  it('is refused if it is longer than anything sensible', () => {
    expect(() => compileRegex('a'.repeat(100_001))).toThrow(/100001 characters are too long/);
  });

  it('does not keep out a list of thousands of hosts', () => {
    const hosts = Array.from({ length: 3_000 }, (_, index) => `node-${index}.example.com`);
    const regex = compileRegex(hosts.join('|'));
    expect(regex.test('node-2999.example.com')).toBe(true);
    expect(regex.test('node-3000.example.com')).toBe(false);
  });
});

describe('an unanchored regular expression', () => {
  it('matches anywhere', () => {
    expect(compileUnanchored('b+').test('abbc')).toBe(true);
    expect(compileUnanchored('^b').test('abbc')).toBe(false);
  });

  it.each([
    ['(\\w+)@(\\w+)', 'me@home you@work', '$2 at $1', 'home at me work at you'],
    ['(?P<user>\\w+)@', 'me@home', '<${user}>', '<me>home'],
    ['a(b)?', 'ab a', '[$1]', '[b] []'],
    ['(a)', 'a', '$1x', ''],
    ['(a)', 'a', '${1}x', 'ax'],
    ['(a)', 'a', '$0$2$nobody|$constructor', 'a|'],
    ['(a)', 'a', '$$1', '$1'],
    ['(a)', 'a', '$ ${ ${} ${1', '$ ${ ${} ${1'],
    ['(a)', 'a', '$01', ''],
    ['a*', 'baac', 'X', 'XbXcX'],
    ['', '😀', '-', '-😀-'],
    ['\\b', 'a b', '|', '|a| |b|'],
    ['^a', 'aaa', '', 'aa'],
    ['x', 'abc', 'y', 'abc'],
  ])('%s on %j with %j gives %j', (pattern, text, replacement, replaced) => {
    expect(compileUnanchored(pattern).replaceAll(text, replacement)).toBe(replaced);
  });
});
