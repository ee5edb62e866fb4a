import { describe, expect, test } from 'vitest';
import { later, registerDigest } from './last-writer.ts';

const register = (time: number, content: unknown, node = 'a.1') => ({ version: { time, node }, content });

test('the later version wins, and what is stored against an older one stays itself', () => {
  const [older, newer] = [register(1, 'z'), register(2, 'a')];
  expect([later(older, newer), later(newer, older)]).toEqual([newer, newer]);
  expect(later(newer, older)).toBe(newer);
});

describe('of one version with two contents', () => {
  test('every node keeps the same', () => {
    const [one, other] = [register(1, 'one'), register(1, 'other')];
    expect(later(one, other)).toBe(later(other, one));
  });

  test('the digests differ, so that nodes find out', () => {
    expect(registerDigest(register(1, 'one'))).not.toBe(registerDigest(register(1, 'other')));
  });
});

test('content is the same in whatever order its fields came, and its nested fields count', () => {
  const stored = register(1, { a: { x: 1, y: 2 }, b: [1] });
  const reordered = register(1, { b: [1], a: { y: 2, x: 1 } });
  expect([later(stored, reordered), registerDigest(reordered)]).toEqual([stored, registerDigest(stored)]);
  expect(registerDigest(stored)).not.toBe(registerDigest(register(1, { b: [1], a: { y: 2, x: 3 } })));
});

test('a field called __proto__ is content like any other', () => {
  const [plain, odd] = [register(1, {}), register(1, JSON.parse('{"__proto__":{"a":1}}'))];
  expect(registerDigest(plain)).not.toBe(registerDigest(odd));
});

test('what a node notes beside version and content decides nothing', () => {
  const stored = { ...register(1, 'a'), heardMs: 5 };
  expect(later(stored, { ...register(1, 'a'), heardMs: 9 })).toBe(stored);
});
