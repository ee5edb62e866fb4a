/** The closing line of `npm test` counts what really happened. */
import { expect, test } from 'vitest';
import { summarise } from './vitest-result.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

test('tests are counted over all files', () => {
  const testResults = [
    file('passed', 'passed', 'passed'),
    file('failed', 'passed', 'failed'),
    file('passed', 'skipped', 'todo'),
  ];
  expect(summarise({ testResults })).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that could not be loaded is a failure', () => {
  expect(summarise({ testResults: [file('passed', 'passed'), file('failed')] })).toMatchObject({
    passed: 1,
    failed: 1,
  });
});

test('a run that left no report is a failure', () => {
  expect(summarise(undefined)).toMatchObject({ passed: 0, failed: 1 });
});
