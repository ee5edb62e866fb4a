import { expect, test } from 'vitest';
import { groupName, stateCountWords } from './group-words.ts';

test('a group is called by its alert first', () => {
  expect(groupName({ cluster: 'a', alertname: 'DiskFull' })).toBe('DiskFull · cluster=a');
  expect(groupName({ cluster: 'a' })).toBe('cluster=a');
  expect(groupName({})).toBe('Everything in one group');
});

test('how its alerts stand', () => {
  expect(stateCountWords({ active: 3, silenced: 2, inhibited: 0, muted: 0, resolved: 0 })).toBe('3 fire, 2 silenced');
  expect(stateCountWords({ active: 0, silenced: 0, inhibited: 0, muted: 0, resolved: 0 })).toBe('No alerts');
});
