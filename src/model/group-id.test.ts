import { expect, test } from 'vitest';
import { groupIdOf } from './group-id.ts';

test('names a group in sixteen characters that stand in a URL as they are', () => {
  expect(groupIdOf('{}/{severity="urgent"}:{alertname="Down"}', 'on call')).toMatch(/^[\w-]{16}$/);
});

test('is the same for the same group, and another for another receiver or key', () => {
  expect(groupIdOf('key', 'irc')).toBe(groupIdOf('key', 'irc'));
  const names = new Set([
    groupIdOf('key', 'irc'),
    groupIdOf('key', 'mail'),
    groupIdOf('key2', 'irc'),
    groupIdOf('', 'irc'),
  ]);
  expect(names.size).toBe(4);
});
