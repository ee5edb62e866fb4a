import { expect, test } from 'vitest';
import { refusedField } from './refusal.ts';

test.each([
  ['invalid silence: invalid label matcher 0: error parsing regexp', 'matchers'],
  ['invalid silence: at least one matcher must not match the empty string', 'matchers'],
  ["Failed to create silence: end time can't be in the past", 'when'],
  ['Failed to create silence: start time must be before end time', 'when'],
  ['createdBy in body is required', 'createdBy'],
  ['exceeded maximum number of silences: 10 (limit: 10)', 'whole'],
  ['silence not found', 'whole'],
] as const)('%s', (words, field) => {
  expect(refusedField(words)).toBe(field);
});
