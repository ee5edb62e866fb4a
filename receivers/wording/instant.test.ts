import { expect, it } from 'vitest';
import { formatInstant, formatSpan } from './instant.ts';

const startsAtMs = Date.UTC(2026, 0, 2, 3, 4, 59, 999);

it('is told to the minute, in UTC', () => expect(formatInstant(startsAtMs)).toBe('2026-01-02 03:04 UTC'));

it('since it began, as long as it fires', () =>
  expect(formatSpan({ startsAtMs, endsAtMs: undefined })).toBe('since 2026-01-02 03:04 UTC'));

it('from its begin to its end, once it is resolved', () =>
  expect(formatSpan({ startsAtMs, endsAtMs: startsAtMs + 3_600_000 })).toBe(
    'from 2026-01-02 03:04 UTC to 2026-01-02 04:04 UTC',
  ));
