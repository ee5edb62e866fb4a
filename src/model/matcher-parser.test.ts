import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMatchers, Matcher, type MatcherType, sameMatchers } from './matcher.ts';
import { MatcherParseError, type MatcherSyntax, parseMatcher, parseMatchers } from './matcher-parser.ts';

/** The matchers as printed, or the message of the error. */
function read(text: string, syntax: MatcherSyntax): string {
  try {
    return formatMatchers(parseMatchers(text, syntax).matchers);
  } catch (error) {
    if (error instanceof MatcherParseError) return error.message;
    throw error;
  }
}

function readOne(text: string, syntax: MatcherSyntax): string {
  try {
    return String(parseMatcher(text, syntax).matcher);
  } catch (error) {
    if (error instanceof MatcherParseError) return error.message;
    throw error;
  }
}

const warns = (text: string) => parseMatchers(text).warning !== undefined;

describe('texts that mean the same in both syntaxes', () => {
  it.each([
    ['', '{}'],
    ['{}', '{}'],
    ['foo=bar', '{foo="bar"}'],
    ['foo="bar",', '{foo="bar"}'],
    ['{foo="bar"}', '{foo="bar"}'],
    ['{ foo = "bar" , baz != qux , }', '{foo="bar",baz!="qux"}'],
    ['foo=~[a-z]+', '{foo=~"[a-z]+"}'],
    ['foo=~a|b', '{foo=~"a|b"}'],
    ['foo=""', '{foo=""}'],
    ['a="x,y",b!~"z"', '{a="x,y",b!~"z"}'],
    ['a="\\"quoted\\" \\\\ \\n"', '{a="\\"quoted\\" \\\\ \\n"}'],
    ['a="x\\\\",b="c"', '{a="x\\\\",b="c"}'],
    ['a="é😀"', '{a="é😀"}'],
  ])('%j', (text, printed) => {
    for (const syntax of ['utf8', 'classic', 'fallback'] as const) expect(read(text, syntax)).toBe(printed);
    expect(warns(text)).toBe(false);
  });
});

describe('texts only the classic syntax takes', () => {
  it.each([
    ['foo=', '{foo=""}', 'end of input: expected label value'],
    ['{foo=bar', '{foo="bar"}', '0:8: end of input: expected close brace'],
    ['foo=bar}', '{foo="bar"}', '0:8: }: expected opening brace'],
    ['{foo=bar}}', '{foo="bar}"}', '9:10: }: expected end of input'],
    ['tricky=~~~', '{tricky=~"~~"}', '8:9: ~: invalid input: expected label value'],
    ['foo=bar\\n', '{foo="bar\\n"}', '7:8: \\: invalid input: expected a comma or close brace'],
    ['foo="a\\d"', '{foo="a\\\\d"}', '4:9: "a\\d": invalid input'],
    ["foo='bar'", '{foo="\'bar\'"}', "4:5: ': invalid input: expected label value"],
  ])('%j is %s, with a warning', (text, printed, message) => {
    expect(read(text, 'classic')).toBe(printed);
    expect(read(text, 'fallback')).toBe(printed);
    expect(warns(text)).toBe(true);
    expect(read(text, 'utf8')).toBe(message);
  });

  it('come with a rewrite that means the same in every syntax and warns no more', () => {
    for (const text of ['foo=', '{foo=bar', 'tricky=~~~', 'foo="a\\d"', "foo='bar',a=b", 'foo="\\t"']) {
      const { matchers, warning = '' } = parseMatchers(text);
      const rewrite = warning.slice(warning.indexOf(', write ') + ', write '.length);
      for (const syntax of ['utf8', 'classic', 'fallback'] as const) {
        const reread = parseMatchers(rewrite, syntax);
        expect(sameMatchers(reread.matchers, matchers)).toBe(true);
        expect(reread.warning).toBeUndefined();
      }
    }
  });
});

describe('texts only the UTF-8 syntax takes', () => {
  it.each([
    ['"foo"="bar"', '{foo="bar"}', 'bad matcher format: "foo"="bar"'],
    ['foo.bar=baz', '{foo.bar="baz"}', 'bad matcher format: foo.bar=baz'],
    ['name-with-dashes="x"', '{name-with-dashes="x"}', 'bad matcher format: name-with-dashes="x"'],
    ['😀=x', '{😀="x"}', 'bad matcher format: 😀=x'],
    ['"a b"="c\\u00e9"', '{"a b"="cé"}', 'bad matcher format: "a b"="c\\u00e9"'],
  ])('%j is %s, without a warning', (text, printed, message) => {
    expect(read(text, 'utf8')).toBe(printed);
    expect(read(text, 'classic')).toBe(message);
    expect(read(text, 'fallback')).toBe(printed);
    expect(warns(text)).toBe(false);
  });
});

describe('a text with two meanings', () => {
  it('keeps the classic one, with a warning', () => {
    expect(read('foo="\\t"', 'utf8')).toBe('{foo="\t"}');
    expect(read('foo="\\t"', 'classic')).toBe('{foo="\\\\t"}');
    expect(read('foo="\\t"', 'fallback')).toBe('{foo="\\\\t"}');
    expect(warns('foo="\\t"')).toBe(true);
  });
});

describe('texts neither syntax takes', () => {
  it.each([
    ['a=b,,c=d', 'bad matcher format: '],
    ['{,}', 'bad matcher format: '],
    [',', 'bad matcher format: '],
    ['foo=~"a[b"', 'error parsing regexp: missing closing ]: `[b)$`'],
    ['foo="bar', 'matcher value contains unescaped double quote: "bar'],
    ['foo="b"ar"', 'matcher value contains unescaped double quote: "b"ar"'],
    ['foo=bar"', 'matcher value contains unescaped double quote: bar"'],
    ['foo', 'bad matcher format: foo'],
    ['foo="a",=b', 'bad matcher format: =b'],
    // The comma leaves the backslash in force, so the quote behind it does not end the quoted part.
    ['foo="a\\,",b=c', 'matcher value contains unescaped double quote: "a\\,",b=c'],
  ])('%j gets the classic complaint', (text, message) => {
    expect(read(text, 'fallback')).toBe(message);
    expect(read(text, 'classic')).toBe(message);
    expect(() => parseMatchers(text, 'utf8')).toThrow(MatcherParseError);
  });
});

describe('the complaints of the UTF-8 syntax', () => {
  it.each([
    ['foo', "end of input: expected an operator such as '=', '!=', '=~' or '!~'"],
    ['foo=', 'end of input: expected label value'],
    ['=bar', '0:1: unexpected =: expected label name'],
    ['foo!bar', "3:4: !: expected one of '=~': expected an operator such as '=', '!=', '=~' or '!~'"],
    [
      'foo!',
      "3:4: unexpected end of input, expected one of '=~': expected an operator such as '=', '!=', '=~' or '!~'",
    ],
    ['foo="bar', '4:8: "bar: missing end ": expected label value'],
    ['foo=bar baz', '8:11: unexpected baz: expected a comma or close brace'],
    ['foo=bar,,', '8:9: unexpected ,: expected a matcher or close brace after comma'],
    ['{foo=bar', '0:8: end of input: expected close brace'],
    ['}', '0:1: }: expected opening brace'],
    ['{}x', '2:3: x: expected end of input'],
    ['é😀=', 'end of input: expected label value'],
    ['é😀=="', '3:4: unexpected =: expected label value'],
    ['foo=~(', 'failed to create matcher: error parsing regexp: missing closing ): `^(?:()$`'],
    ['foo="\\xff"', '4:10: "\\xff": invalid input'],
  ])('%j: %s', (text, message) => {
    expect(read(text, 'utf8')).toBe(message);
  });
});

describe('white space', () => {
  it('of any kind stands between tokens in the UTF-8 syntax', () => {
    expect(read('\u00a0{\u2028a\t=\n"b"\u3000,\u0085c=d }\v', 'utf8')).toBe('{a="b",c="d"}');
  });

  it('is only trimmed around the pieces in the classic one, and belongs to the value inside', () => {
    expect(read(' a = b c \n, d="e" \u00a0', 'classic')).toBe('{a="b c",d="e"}');
    expect(read('a=b\u00a0,c=d', 'classic')).toBe('{a="b\u00a0",c="d"}');
  });
});

describe('a single matcher', () => {
  it('is read like a list of one', () => {
    for (const syntax of ['utf8', 'classic', 'fallback'] as const)
      expect(readOne('foo=~"b.*"', syntax)).toBe('foo=~"b.*"');
  });

  it('stands in no braces, which the classic syntax takes for a part of the value', () => {
    for (const text of ['{foo=bar}', 'foo=bar}']) {
      expect(readOne(text, 'utf8')).toBe(`unexpected open or close brace: ${text}`);
      expect(readOne(text, 'fallback')).toBe(`unexpected open or close brace: ${text}`);
    }
    expect(readOne('foo=bar}', 'classic')).toBe('foo="bar}"');
    expect(readOne('{foo=bar}', 'classic')).toBe('bad matcher format: {foo=bar}');
  });

  it('is exactly one', () => {
    expect(readOne('', 'utf8')).toBe('no matchers');
    expect(readOne('a=b,c=d', 'utf8')).toBe('expected 1 matcher, found 2');
    expect(readOne('a=b,c=d', 'fallback')).toBe('a="b,c=d"');
    expect(parseMatcher('a=b,c=d').warning).toContain('write a="b,c=d"');
  });
});

describe('any list of matchers', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '"', '\\', 'n', '\n', ',', '}', ' ', '{') }),
  );
  const matcherNamed = (name: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.constantFrom<MatcherType>('=', '!='), name, value)
      .map(([type, label, wanted]) => new Matcher(type, label, wanted));
  const anyMatchers = fc.array(
    matcherNamed(fc.oneof(value, fc.constantFrom('a.b', 'é', 'job')).filter((name) => name !== '')),
    { maxLength: 4 },
  );
  const classicMatchers = fc.array(matcherNamed(fc.constantFrom('job', 'instance', '_x9')), { maxLength: 4 });

  it('comes back from its printed form in the UTF-8 syntax', () => {
    fc.assert(
      fc.property(anyMatchers, (list) => {
        expect(sameMatchers(parseMatchers(formatMatchers(list), 'utf8').matchers, list)).toBe(true);
      }),
    );
  });

  it('with classic names comes back in every syntax, without a warning', () => {
    fc.assert(
      fc.property(classicMatchers, fc.constantFrom<MatcherSyntax>('utf8', 'classic', 'fallback'), (list, syntax) => {
        const { matchers, warning } = parseMatchers(formatMatchers(list), syntax);
        expect(sameMatchers(matchers, list)).toBe(true);
        expect(warning).toBeUndefined();
      }),
    );
  });
});

describe('a hostile text', () => {
  it('never gets anything but matchers or a MatcherParseError', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      ',',
      '=',
      '!',
      '~',
      '"',
      '\\',
      'a',
      ' ',
      '\n',
      '(',
      '[',
      "'",
      'é',
      '\ud83d',
      '__proto__',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom<MatcherSyntax>('utf8', 'classic', 'fallback'),
        (pieces, syntax) => {
          expect(() => read(pieces.join(''), syntax)).not.toThrow();
          expect(() => readOne(pieces.join(''), syntax)).not.toThrow();
        },
      ),
    );
  });

  it('is refused when too long, and cut where a message repeats it', () => {
    expect(() => parseMatchers('a'.repeat(100_001))).toThrow(/100001 characters are too long/);
    expect(read('a'.repeat(100_000), 'classic').length).toBeLessThan(300);
    expect(read('{'.repeat(100_000), 'utf8').length).toBeLessThan(300);
  });

  it('is refused when it is not valid UTF-8', () => {
    expect(read('a="\ud83d"', 'fallback')).toBe('matchers are not valid UTF-8');
  });
});
