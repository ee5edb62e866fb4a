import { expect, test } from 'vitest';
import { mutingWords, whenWords } from './silence-words.ts';

const span = { startsAt: '2026-11-29T10:00:00.000Z', endsAt: '2026-11-29T12:00:00.000Z' };
const at = (time: string, state: 'pending' | 'active' | 'expired') =>
  whenWords({ ...span, state }, Date.parse(`2026-11-29T${time}Z`));

test('before, during and after', () => {
  expect(at('09:55:00', 'pending')).toBe('begins in 5 min, lasts 2 h');
  expect(at('10:00:00', 'active')).toBe('ends in 2 h');
  expect(at('10:00:03', 'active')).toBe('ends in 2 h');
  expect(at('09:59:59', 'active')).toBe('ends in 2 h');
  expect(at('11:59:30', 'active')).toBe('ends in 30 s');
  expect(at('15:00:00', 'expired')).toBe('ended 3 h ago');
});

test('what it mutes, would mute, or muted', () => {
  expect(mutingWords({ state: 'active', muting: 1 })).toBe('mutes 1 alert');
  expect(mutingWords({ state: 'pending', muting: 3 })).toBe('would mute 3 alerts now');
  expect(mutingWords({ state: 'expired', muting: 2 })).toBe('2 alerts like it fire');
  expect(mutingWords({ state: 'active', muting: 0 })).toBe('mutes nothing now');
});
