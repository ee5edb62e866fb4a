/** Scalars of configuration blocks, as they come from the YAML loader: source texts, and null. */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  goDurationMs,
  httpUrl,
  optional,
  secretText,
  text,
  yamlBoolean,
  yamlInteger,
  yamlUnsignedInteger,
} from './config-values.ts';

function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  return result.success ? result.data : 'refused';
}

test.each<[unknown, unknown]>([
  ...['true', 'True', 'yes', 'YES', 'on', 'y', 'Y'].map((word): [unknown, unknown] => [word, true]),
  ...['false', 'FALSE', 'no', 'off', 'Off', 'n'].map((word): [unknown, unknown] => [word, false]),
  ...['1', '0', '', 'TrUe', 'maybe', null, []].map((word): [unknown, unknown] => [word, 'refused']),
])('boolean %j is %j', (word, expected) => {
  expect(read(yamlBoolean, word)).toBe(expected);
});

test.each([
  ['5', 5],
  ['-5', -5],
  ['+5', 5],
  ['0', 0],
  ['-0', 0],
  ['1_000', 1000],
  ['0x1F', 31],
  ['-0x10', -16],
  ['017', 15],
  ['0o17', 15],
  ['0b101', 5],
  ['5.0', 5],
  ['1e3', 1000],
  ['-1001234567890', -1001234567890],
  ['1.5', 'refused'],
  ['09', 'refused'],
  ['0xg', 'refused'],
  ['1e400', 'refused'],
  ['9007199254740993', 'refused'],
  ['12:30', 'refused'],
  ['', 'refused'],
  [null, 'refused'],
])('whole number %j is %j', (written, expected) => {
  expect(read(yamlInteger, written)).toBe(expected);
});

test('an unsigned number is not negative', () => {
  expect(read(yamlUnsignedInteger, '-1')).toBe('refused');
});

test.each([
  ['1.5s', 1500],
  ['2h45m', 9_900_000],
  ['0', 0],
  ['-1s', 'refused'],
  ['5', 'refused'],
  ['1d', 'refused'],
])('Go duration %j is %j', (written, expected) => {
  expect(read(goDurationMs, written)).toBe(expected);
});

test.each([
  ['http://x/', 'http://x/'],
  ['HTTPS://x:99/p?q', 'HTTPS://x:99/p?q'],
  ['http://[::1]:80/', 'http://[::1]:80/'],
  ['x', 'refused'],
  ['ftp://x/', 'refused'],
  ['http:x', 'refused'],
  ['http:///x', 'refused'],
  ['http://', 'refused'],
])('URL %j is %j', (written, expected) => {
  expect(read(httpUrl, written)).toBe(expected);
});

describe('a secret', () => {
  test('cannot be printed', () => {
    const secret = read(secretText, 'hunter2');
    expect([String(secret), JSON.stringify(secret)]).toEqual(['<secret>', '"<secret>"']);
  });

  test('is not repeated when it is refused', () => {
    expect(JSON.stringify(secretText.safeParse(['hunter2']).error?.issues)).not.toContain('hunter2');
    expect(JSON.stringify(httpUrl.safeParse('hunter2').error?.issues)).not.toContain('hunter2');
  });
});

test('an optional key that is null counts as absent', () => {
  expect([read(optional(text), null), read(optional(text), undefined)]).toEqual([undefined, undefined]);
});
