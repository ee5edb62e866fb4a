import { expect, test } from 'vitest';
import { severityOf, severityRank } from './severity.ts';

test.each([
  ['urgent', 'urgent'],
  ['critical', 'urgent'],
  [' Page ', 'urgent'],
  ['warning', 'important'],
  ['info', 'interesting'],
  ['blue', 'other'],
  ['constructor', 'other'],
] as const)('severity %s is %s', (word, severity) => {
  expect(severityOf({ severity: word })).toBe(severity);
});

test('no label is no known severity, and comes last', () => {
  expect(severityOf({})).toBe('other');
  expect(severityRank('urgent')).toBeLessThan(severityRank('other'));
});
