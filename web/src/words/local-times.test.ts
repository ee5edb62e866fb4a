import { expect, test } from 'vitest';
import { shortInstantText } from './instant.ts';
import { localTimes } from './local-times.ts';

const NOW_MS = Date.UTC(2026, 10, 29, 22, 30);
const local = (instant: string) => shortInstantText(instant, NOW_MS);

test("times in a node's sentence are the reader's", () => {
  expect(localTimes('a message at 22:31:05 UTC; a repetition at 2026-11-30 02:00:00 UTC, or never', NOW_MS)).toBe(
    `a message at ${local('2026-11-29T22:31:05Z')}; a repetition at ${local('2026-11-30T02:00:00Z')}, or never`,
  );
});

test('what is no time stays as it is', () => {
  expect(localTimes('of 99:99:99 UTC, 12:00 UTC and UTC', NOW_MS)).toBe('of 99:99:99 UTC, 12:00 UTC and UTC');
});
