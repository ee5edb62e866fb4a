import { expect, test } from 'vitest';
import { localInputText, readLocalInput } from './local-input.ts';

test('an instant comes back from the field as it went there, to the second', () => {
  const ms = Date.parse('2026-03-29T01:30:15Z');
  expect(readLocalInput(localInputText(ms))).toBe(ms);
  expect(readLocalInput('')).toBeUndefined();
  expect(readLocalInput('nonsense')).toBeUndefined();
});
