import { expect, test } from 'vitest';
import { severityWord } from './severity-word.ts';

test.each([
  ['urgent', { severity: 'critical' }, 'urgent'],
  ['other', { severity: ' sev1 ' }, 'sev1'],
  ['other', { severity: ' ' }, 'other'],
  ['other', {}, 'other'],
  ['other', undefined, 'other'],
] as const)('%s of %j is called %s', (severity, labels, word) => {
  expect(severityWord(severity, labels)).toBe(word);
});
