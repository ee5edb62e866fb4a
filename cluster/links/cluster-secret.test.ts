import { expect, test } from 'vitest';
import { handshakePrologue } from './cluster-secret.ts';

test('a secret gives the same prologue everywhere, another one or none another', () => {
  const secret = new Uint8Array(32).fill(7);
  const prologues = [secret, new Uint8Array(32).fill(8), undefined].map((given) => handshakePrologue(given).join());
  expect(handshakePrologue(new Uint8Array(secret)).join()).toBe(prologues[0]);
  expect(new Set(prologues).size).toBe(3);
  expect(prologues[0]).not.toContain(secret.join());
});

test('a secret that could be guessed is refused', () => {
  expect(() => handshakePrologue(new Uint8Array(15))).toThrow(/15 bytes.*take 32 random ones/);
  expect(() => handshakePrologue(new Uint8Array())).toThrow(RangeError);
});
