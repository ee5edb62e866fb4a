import { expect, test } from 'vitest';
import { severityOf, severityRank, severityWord } from './severity.ts';

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

test.each([
  ['critical', 'urgent'],
  ['sev1', 'sev1'],
  ['', 'other'],
] as const)('severity %s is called %s', (word, called) => {
  const labels = { severity: word };
  expect(severityWord(severityOf(labels), labels)).toBe(called);
});

test('no label is no known severity, and comes last', () => {
  expect(severityOf({})).toBe('other');
  expect(severityRank('urgent')).toBeLessThan(severityRank('other'));
});
