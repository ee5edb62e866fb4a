/** What a newer version says of a record survives a node that does not understand it, and costs it nothing much. */
import { describe, expect, test } from 'vitest';
import { digestOfFields, mergeUnknownFields, unknownFieldsOf } from './unknown-fields.ts';

const KNOWN = new Set(['state']);
const of = (record: Record<string, unknown>) => unknownFieldsOf(record, KNOWN).unknownFields;

describe('what is kept of a record', () => {
  test('is what is not known of it, whatever its name', () => {
    const record = JSON.parse('{"state": 1, "b": [{"c": null}], "__proto__": "x", "a": 2}');
    expect(JSON.stringify(of(record))).toBe('{"__proto__":"x","a":2,"b":[{"c":null}]}');
  });

  test('is nothing, and no field of its own, where all is known', () => {
    expect(unknownFieldsOf({ state: 1 }, KNOWN)).toEqual({});
  });

  test.each<[string, unknown]>([
    ['too large', 'x'.repeat(2 * 1024)],
    ['nested too deep', JSON.parse('['.repeat(10) + ']'.repeat(10))],
  ])('is not a field that is %s', (_, field) => {
    expect(of({ state: 1, field, small: 1 })).toEqual({ small: 1 });
  });

  test('is eight fields, the first by name', () => {
    const record = Object.fromEntries([...'zyxwvutsrq'].map((name) => [name, name]));
    expect(Object.keys(of(record) ?? {}).join('')).toBe('qrstuvwx');
  });
});

describe('two copies of one word', () => {
  test('that know the same are the same, in whatever order it was written', () => {
    const [one, other] = [{ unknownFields: { a: { x: 1, y: 2 } } }, { unknownFields: { a: { y: 2, x: 1 } } }];
    expect(mergeUnknownFields(one, other)).toBe(one);
    expect(digestOfFields(one.unknownFields)).toBe(digestOfFields(other.unknownFields));
  });

  test('that know different things together know both', () => {
    const [one, other] = [{ word: 'w', unknownFields: { a: 1 } }, { unknownFields: { a: 22, b: 3 } }];
    expect(mergeUnknownFields(one, other)).toEqual({ word: 'w', unknownFields: { a: 22, b: 3 } });
  });

  test('still know no more than one may', () => {
    const fields = (names: string) => ({ unknownFields: Object.fromEntries([...names].map((name) => [name, 1])) });
    expect(mergeUnknownFields(fields('bcdefghi'), fields('a'))).toEqual(fields('abcdefgh'));
  });
});

test('a record of which all is known has the digest it always had', () => {
  expect([digestOfFields(undefined), digestOfFields({})]).toEqual(['', '']);
});
