import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatMatchers, type Matcher, matchesAll, sortMatchers } from '../../src/model/matcher.ts';
import { MatcherParseError, type MatcherSyntax, parseMatcher, parseMatchers } from '../../src/model/matcher-parser.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';
import { acceptedConfigs, drawnMatchers, routedReceivers, yamlText } from './amtool.ts';
import { matcherDifferences } from './matcher-differences.ts';
import { NEWER_PATTERN, PATTERNS, TEXTS as SAMPLE_TEXTS } from './regex-samples.ts';

const TEXTS = 500;
/** Another seed shows other texts; a difference is replayed with the seed it was found with. */
const SEED = Number(process.env.MATCHER_SEED ?? 20261121);

const space = fc.constantFrom('', '', '', ' ', '\t', '\n', '\r', '\u00a0', '\u2003', '\v', '\u0085');
const name = fc.constantFrom('a', 'b_c', '_', ':x', 'a:b', 'A9', 'a.b', '9a', '', '"a"', 'ü', 'a-b');
const operator = fc.constantFrom('=', '!=', '=~', '!~', '==', '=!', '~', '!', '=~~', '');
const value = fc.oneof(
  fc.constantFrom('x', '', '"x"', '""', '"x', 'x"', '"x"y"', "'x'", '`x`', '"a,b"', '"a\\"b"', 'a\\"b', '"\\\\"', '\\'),
  fc.constantFrom(
    '"\\d+"',
    '\\d',
    '"\\n"',
    'x\\n',
    '"\\t"',
    '"\\u00e9"',
    'ü',
    '"🚒"',
    '"{}"',
    '{',
    '}',
    '"x}"',
    '~',
    '=',
  ),
  fc.constantFrom(
    '[a-z]+',
    'a|b',
    '"a|b"',
    '(',
    '"("',
    'a{2}',
    '"a{2,1}"',
    '"(?i)x"',
    '"(?P<n>x)"',
    '"(?=x)"',
    '"\\pL"',
  ),
  fc.constantFrom('.*', '".+"', '"\\\\\\""', '"\\', '"x\\"', 'x,', '#', '"<&>"', '"%d"', '"\u2028"', '"\u0000"'),
);
const piece = fc.tuple(space, name, space, operator, space, value, space).map((parts) => parts.join(''));
const list = fc
  .tuple(
    fc.constantFrom('', '', '{', ' {', '{ '),
    fc.array(piece, { maxLength: 3 }),
    fc.constantFrom(',', ',', ', ', ',,', ';', ' '),
    fc.constantFrom('', '', ',', ', ', ',\u00a0'),
    fc.constantFrom('', '', '}', '} ', '}}'),
  )
  .map(([open, pieces, separator, comma, close]) => open + pieces.join(separator) + comma + close);
/** Some that are surely right, which chance makes seldom. */
const right = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b_c', ':x'),
      fc.constantFrom('=', '!=', '=~', '!~'),
      fc.constantFrom('"x|y"', 'x', '"\\\\"', '"a\\nb"'),
    ),
    {
      maxLength: 3,
    },
  )
  .map((pieces) => `{${pieces.map((parts) => parts.join('')).join(', ')}}`);
const damaged = fc
  .tuple(right, fc.nat(), fc.constantFrom('', '"', '\\', ',', '{', '}', '=', '~', ' ', 'ü'))
  .map(([text, at, character]) => text.slice(0, at % text.length) + character + text.slice((at % text.length) + 1));

/** Of a single matcher the brace is part of the value. */
const BRACED = 'a=x}';

describe('amtool and we', () => {
  const texts = [
    ...new Set([BRACED, ...fc.sample(fc.oneof(list, list, right, damaged), { numRuns: TEXTS, seed: SEED })]),
  ];
  let accepted: readonly boolean[] = [];

  beforeAll(async () => {
    using directory = new TemporaryDirectory();
    const files = texts.map((text, index) => directory.write(`${index}.yml`, configOf([text])));
    accepted = await acceptedConfigs(files);
  });

  test('take the same texts for matchers', () => {
    const differences = texts.flatMap((text, index) => {
      const ours = read(text, 'classic') !== undefined;
      return ours === accepted[index] ? [] : [{ text, amtool: accepted[index], tocsin: ours }];
    });
    expect(differences, `with MATCHER_SEED=${SEED}`).toEqual([]);
    const taken = accepted.filter(Boolean).length;
    expect(taken).toBeGreaterThan(texts.length / 5);
    expect(taken).toBeLessThan((texts.length * 4) / 5);
  });

  test('mean the same by them', async () => {
    using directory = new TemporaryDirectory();
    const taken = texts.filter((_text, index) => accepted[index]);
    const drawn = await drawnMatchers(directory.write('config.yml', configOf(taken)));
    const differences = taken.flatMap((text, index) => {
      const matchers = sortMatchers(read(text, 'classic') ?? []);
      const ours = matchers.length === 0 ? 'default-route' : formatMatchers(matchers);
      const theirs = drawn.get(`r${index}`);
      return ours === theirs ? [] : [{ text, amtool: theirs, tocsin: ours }];
    });
    expect(differences, `with MATCHER_SEED=${SEED}`).toEqual([]);
  });

  test(`differ on purpose, by default: ${matcherDifferences.names}`, () => {
    for (const [index, text] of texts.entries()) {
      const ours = read(text, 'fallback');
      if (accepted[index]) expect(formatMatchers(ours ?? []), text).toBe(formatMatchers(read(text, 'classic') ?? []));
      else if (ours) expect(formatMatchers(read(text, 'utf8') ?? []), text).toBe(formatMatchers(ours));
    }
  });

  test(`differ on purpose, by default: ${matcherDifferences.braces}`, () => {
    const differing = texts.filter((text) => readOne(text, 'classic') && !readOne(text, 'fallback'));
    expect(differing.filter((text) => !text.startsWith('{') && !text.endsWith('}'))).toEqual([]);
    expect(differing).toContain(BRACED);
  });

  test('take the same regular expressions', async () => {
    using directory = new TemporaryDirectory();
    const files = PATTERNS.map((pattern, index) => directory.write(`${index}.yml`, configOf([matcherOf(pattern)])));
    const theirs = await acceptedConfigs(files);
    const differences = PATTERNS.flatMap((pattern, index) => {
      const ours = read(matcherOf(pattern), 'classic') !== undefined;
      return ours === theirs[index] ? [] : [{ pattern, amtool: theirs[index], tocsin: ours }];
    });
    expect(differences).toEqual([]);
  });

  test(`differ on purpose: ${matcherDifferences.groups}`, async () => {
    using directory = new TemporaryDirectory();
    const file = directory.write('config.yml', configOf([matcherOf(NEWER_PATTERN)]));
    expect(await acceptedConfigs([file])).toEqual([false]);
    expect(read(matcherOf(NEWER_PATTERN), 'classic')).toHaveLength(1);
  });

  test('find the same matches with them', async () => {
    using directory = new TemporaryDirectory();
    const matchers = PATTERNS.flatMap((pattern) => read(matcherOf(pattern), 'classic') ?? []);
    const file = directory.write('config.yml', configOf(matchers.map(({ value: pattern }) => matcherOf(pattern))));
    const theirs = await routedReceivers(SAMPLE_TEXTS.map((text) => ({ file, labels: { v: text } })));
    const differences = SAMPLE_TEXTS.flatMap((text, index) =>
      matchers.flatMap((matcher, number) => {
        const ours = matchesAll([matcher], { v: text });
        const amtool = theirs[index]?.includes(`r${number}`);
        return ours === amtool ? [] : [{ pattern: matcher.value, value: text, amtool, tocsin: ours }];
      }),
    );
    expect(differences).toEqual([]);
  });
});

function matcherOf(pattern: string): string {
  return `v=~"${pattern.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function read(text: string, syntax: MatcherSyntax): readonly Matcher[] | undefined {
  return unlessRefused(() => parseMatchers(text, syntax).matchers);
}

function readOne(text: string, syntax: MatcherSyntax): Matcher | undefined {
  return unlessRefused(() => parseMatcher(text, syntax).matcher);
}

function unlessRefused<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MatcherParseError) return undefined;
    throw error;
  }
}

/** A route for each text, all of which are tried. */
function configOf(texts: readonly string[]): string {
  const routes = texts.map(
    (text, index) => `    - {receiver: r${index}, continue: true, matchers: [${yamlText(text)}]}`,
  );
  const receivers = texts.map((_text, index) => `  - {name: r${index}}`);
  return [
    'route:',
    '  receiver: none',
    '  routes:',
    ...routes,
    'receivers:',
    '  - {name: none}',
    ...receivers,
    '',
  ].join('\n');
}
