import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareMatchers,
  formatMatchers,
  Matcher,
  type MatcherType,
  matchesAll,
  sameMatchers,
  sortMatchers,
} from './matcher.ts';
import { RegexError } from './regex.ts';

const TYPES: readonly MatcherType[] = ['=', '!=', '=~', '!~'];

describe('a matcher', () => {
  it('compares the whole value', () => {
    expect(new Matcher('=', 'job', 'node').matches({ job: 'node' })).toBe(true);
    expect(new Matcher('=', 'job', 'node').matches({ job: 'node2' })).toBe(false);
    expect(new Matcher('=~', 'job', 'node|db').matches({ job: 'node2' })).toBe(false);
    expect(new Matcher('=~', 'job', 'node|db').matches({ job: 'db' })).toBe(true);
  });

  it('takes a missing label for an empty one', () => {
    const results = TYPES.map((type) => [
      type,
      new Matcher(type, 'job', 'x').matches({}),
      new Matcher(type, 'job', '').matches({}),
    ]);
    expect(results).toEqual([
      ['=', false, true],
      ['!=', true, false],
      ['=~', false, true],
      ['!~', true, false],
    ]);
  });

  it('does not find what every object inherits', () => {
    expect(new Matcher('=', 'constructor', '').matches({})).toBe(true);
  });

  it('is the contrary of its negation', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'a', 'a|b', 'a.*', '[ab]+'),
        fc.constantFrom('', 'a', 'ab', 'b', 'c'),
        (pattern, value) => {
          expect(new Matcher('!=', 'l', pattern).matchesValue(value)).toBe(
            !new Matcher('=', 'l', pattern).matchesValue(value),
          );
          expect(new Matcher('!~', 'l', pattern).matchesValue(value)).toBe(
            !new Matcher('=~', 'l', pattern).matchesValue(value),
          );
        },
      ),
    );
  });

  it('cannot be made of a broken regular expression', () => {
    expect(() => new Matcher('=~', 'job', '(')).toThrow(RegexError);
    expect(() => new Matcher('=', 'job', '(')).not.toThrow();
  });
});

describe('a list of matchers', () => {
  const list = [new Matcher('=', 'job', 'node'), new Matcher('!=', 'env', 'dev')];

  it('demands all of them', () => {
    expect(matchesAll(list, { job: 'node' })).toBe(true);
    expect(matchesAll(list, { job: 'node', env: 'dev' })).toBe(false);
  });

  it('matches everything when empty', () => {
    expect(matchesAll([], { any: 'thing' })).toBe(true);
  });

  it('is sorted by name, value, then operator', () => {
    const sorted = [
      new Matcher('=', 'a', '2'),
      new Matcher('=', 'b', '1'),
      new Matcher('!=', 'b', '1'),
      new Matcher('=~', 'b', '1'),
      new Matcher('!~', 'b', '1'),
      new Matcher('=', 'b', '2'),
    ];
    expect(sortMatchers([...sorted].reverse())).toEqual(sorted);
    expect(compareMatchers(new Matcher('=', 'a', '1'), new Matcher('=', 'a', '1'))).toBe(0);
  });

  it('is the same only in the same order with the same operators', () => {
    expect(sameMatchers(list, [new Matcher('=', 'job', 'node'), new Matcher('!=', 'env', 'dev')])).toBe(true);
    expect(sameMatchers(list, [...list].reverse())).toBe(false);
    expect(sameMatchers(list, [new Matcher('=', 'job', 'node'), new Matcher('!~', 'env', 'dev')])).toBe(false);
    expect(sameMatchers(list, list.slice(1))).toBe(false);
    expect(sameMatchers(list.slice(1), list)).toBe(false);
  });
});

describe('printing matchers', () => {
  it.each([
    [new Matcher('=', 'job', 'node'), 'job="node"'],
    [new Matcher('!~', 'job', 'a|b'), 'job!~"a|b"'],
    [new Matcher('=', 'a.b-c', 'é'), 'a.b-c="é"'],
    [new Matcher('=', 'job', 'a\\b\n"c"\t'), 'job="a\\\\b\\n\\"c\\"\t"'],
    [new Matcher('=~', 'with space', 'a\tb'), '"with space"=~"a\\tb"'],
    [new Matcher('=', 'a=b', 'c'), '"a=b"="c"'],
    [new Matcher('=', 'a\u0085b', 'c'), '"a\\u0085b"="c"'],
  ])('%s', (matcher, printed) => {
    expect(String(matcher)).toBe(printed);
  });

  it('joins a list without spaces', () => {
    expect(formatMatchers([new Matcher('=', 'a', '1'), new Matcher('!=', 'b', '2')])).toBe('{a="1",b!="2"}');
    expect(formatMatchers([])).toBe('{}');
  });
});

describe('a matcher as JSON', () => {
  it('says its operator in two flags and comes back the same', () => {
    const flags = TYPES.map((type) => new Matcher(type, 'job', 'a').toJson()).map(({ isRegex, isEqual }) => ({
      isRegex,
      isEqual,
    }));
    expect(flags).toEqual([
      { isRegex: false, isEqual: true },
      { isRegex: false, isEqual: false },
      { isRegex: true, isEqual: true },
      { isRegex: true, isEqual: false },
    ]);
    for (const type of TYPES) {
      const matcher = new Matcher(type, 'job', 'a');
      expect(sameMatchers([Matcher.fromJson(matcher.toJson())], [matcher])).toBe(true);
    }
  });

  it('is positive when an old client leaves isEqual out', () => {
    expect(Matcher.fromJson({ name: 'job', value: 'a', isRegex: false }).type).toBe('=');
    expect(Matcher.fromJson({ name: 'job', value: 'a', isRegex: true }).type).toBe('=~');
  });
});
