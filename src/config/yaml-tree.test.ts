/** YAML as plain values: what is kept, what is refused, and that every value knows its line. */
import { describe, expect, test } from 'vitest';
import { yamlValueOf } from '../../receivers/yaml-value.ts';
import { readYaml } from './yaml-tree.ts';

function plainOf(text: string): unknown {
  const { root, errors } = readYaml(text);
  expect(errors).toEqual([]);
  return structuredClone(root);
}

function errorsOf(text: string): string[] {
  return readYaml(text).errors.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

describe('scalars', () => {
  test.each([
    ['on', 'on'],
    ['0123', '0123'],
    ['1_000', '1_000'],
    ['2026-11-21', '2026-11-21'],
    ['08:30', '08:30'],
    ['.inf', '.inf'],
    ['"a\\tb"', 'a\tb'],
    ["'it''s'", "it's"],
    ['!!str 5', '5'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['"null"', 'null'],
  ])('%s is %j', (written, expected) => {
    expect(plainOf(`key: ${written}`)).toEqual({ key: expected });
  });

  test('a field that takes any YAML still gets numbers and booleans', () => {
    const { root } = readYaml('{a: 5, b: on, c: [1.5, "5", ~, 12:30, 2026-01-01], d: {e: 0x10}}');
    expect(JSON.stringify(yamlValueOf(root))).toBe(
      '{"a":5,"b":true,"c":[1.5,"5",null,"12:30","2026-01-01"],"d":{"e":16}}',
    );
  });

  test('keys that objects inherit are keys like others', () => {
    const { root } = readYaml('__proto__: x\nconstructor: y');
    expect(Object.entries(root ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('anchors, aliases and merge keys', () => {
  test('an alias stands for the value of its anchor', () => {
    expect(plainOf('a: &x [1, 2]\nb: *x')).toEqual({ a: ['1', '2'], b: ['1', '2'] });
  });

  test('an anchor that is used again names the nearest value before the alias', () => {
    expect(plainOf('a: &x 1\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: '1', b: '1', c: '2', d: '2' });
  });

  test('a block keeps its own keys over merged ones, and the first of several sources wins', () => {
    const text = 'a: &a {k: 1, l: 1}\nb: &b {k: 2, l: 2, m: 2}\nc: {k: 0, <<: [*a, *b]}';
    expect(plainOf(text)).toMatchObject({ c: { k: '0', l: '1', m: '2' } });
  });

  test('a quoted << is a key like others', () => {
    expect(plainOf('"<<": 1')).toEqual({ '<<': '1' });
  });

  test('an own key above the merge key is pointed out, since Alertmanager reads it differently', () => {
    const { warnings } = readYaml('a: &a {k: 1}\nb:\n  k: 2\n  <<: *a');
    expect(warnings).toEqual([expect.objectContaining({ line: 3, path: 'b.k' })]);
  });

  test('a value found through an alias has the place where it is written', () => {
    const tree = readYaml('base: &base\n  k: 1\nuser:\n  <<: *base\n  l: 2');
    expect(tree.placeOf(['user', 'k'])).toEqual({ line: 2, column: 3 });
    expect(tree.placeOf(['user', 'l'])).toEqual({ line: 5, column: 3 });
  });

  test.each([
    ['an alias without anchor', 'a: *nowhere', '1 a: no anchor before this alias has its name'],
    ['an alias before its anchor', 'a: *x\nb: &x 1', '1 a: no anchor before this alias has its name'],
    ['an alias inside its anchor', 'a: &x\n  - *x', '2 a[0]: this alias stands inside the value it names'],
    ['a merge of a text', 'a:\n  <<: b', '2 a["<<"]: a merge key takes a block'],
  ])('%s is an error', (_what, text, expected) => {
    expect(errorsOf(text)).toEqual([expect.stringContaining(expected)]);
  });

  test('a file that multiplies itself by aliases is refused at once', () => {
    const levels = Array.from({ length: 60 }, (_, level) => {
      const item = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(10).fill(item).join(', ')}]`;
    });
    expect(errorsOf(levels.join('\n'))).toEqual([expect.stringContaining('stand for more than 200000 values')]);
  });
});

describe('what is refused', () => {
  test('duplicate keys, each with the line of the first', () => {
    expect(errorsOf('a: 1\nb:\n  c: 1\n  c: 2\na: 2\na: 3')).toEqual([
      '4 b.c: is given twice, the first time on line 3; remove one',
      '5 a: is given twice, the first time on line 1; remove one',
      '6 a: is given twice, the first time on line 1; remove one',
    ]);
  });

  test.each([
    ['a tab as indentation', 'a:\n\tb: 1', '2 : not valid YAML: tabs cannot indent'],
    ['a quote that is not closed', 'a: 1\nb: "x', '2 : not valid YAML: a character is missing: a closing quote'],
    ['a second colon', 'a: b: c', '1 : not valid YAML: a second ": "'],
    ['an unknown escape', 'a: "\\d"', '1 : not valid YAML: unknown escape'],
    ['an unknown tag', 'a: !vault x', '1 : not valid YAML: unknown tag'],
    ['binary', 'a: !!binary eA==', '1 a: binary, set, omap and pairs are not read'],
    ['another YAML', '%YAML 1.2\n---\na: 1', '1 : YAML 1.2 is not read'],
    ['a control character', 'a: 1\nb: x\u0000y', '2 : not valid YAML: control character U+0000'],
    ['half a surrogate pair', 'a: "\\ud800"', '1 a: holds half a surrogate pair'],
    ['a list as a key', '? [a]\n: b', '1 : a key must be a plain text'],
    ['deep nesting', `a: ${'['.repeat(300)}${']'.repeat(300)}`, '1 a[0][0]: nested more than 200 levels deep'],
    ['very deep nesting', '['.repeat(100_000), '1 : not valid YAML: nested too deeply'],
  ])('%s', (_what, text, expected) => {
    expect(errorsOf(text)[0]).toContain(expected);
  });

  test('of the errors that follow from one slip only the first few are told', () => {
    expect(errorsOf('a: 1\n'.repeat(3) + '} b\n'.repeat(100)).length).toBeLessThanOrEqual(5);
  });

  test('a second document is ignored, with a warning', () => {
    const { root, warnings } = readYaml('a: 1\n---\nb: 2');
    expect(root).toEqual({ a: '1' });
    expect(warnings).toEqual([expect.objectContaining({ line: 2 })]);
  });
});

test('of what is absent, the nearest block around it is the place', () => {
  const tree = readYaml('a:\n  - b: 1\n  - c: 2\n');
  expect(tree.placeOf(['a', 1, 'c', 'd'])).toEqual({ line: 3, column: 5 });
  expect(tree.placeOf(['a', 1, 'missing'])).toEqual({ line: 3, column: 5 });
  expect(tree.placeOf(['a', 7])).toEqual({ line: 1, column: 1 });
});
