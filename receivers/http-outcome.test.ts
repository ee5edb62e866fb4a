import { describe, expect, it } from 'vitest';
import { DeadlineError } from '../src/system.ts';
import { describeError, failureReasonOf, outcomeOf, parseRetryAfterMs } from './http-outcome.ts';

const answered = (status: number) =>
  ({ kind: 'answered', status, body: '', explanation: '', retryAfterMs: 5000 }) as const;

describe('outcomeOf', () => {
  it('honours Retry-After only where a retry makes sense', () => {
    expect(outcomeOf(answered(503))).toHaveProperty('retryAfterMs', 5000);
    expect(outcomeOf(answered(429))).not.toHaveProperty('retryAfterMs');
  });

  it('lets a receiver name further statuses worth a retry', () => {
    expect(outcomeOf(answered(429), [429])).toMatchObject({
      retryable: true,
      reason: 'rateLimited',
      retryAfterMs: 5000,
    });
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);
  it.each([
    ['0', 0],
    [' 30 ', 30_000],
    ['Thu, 01 Jan 2026 12:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2026 11:59:00 GMT', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['99999999999999999999', undefined],
    ['tomorrow', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => expect(parseRetryAfterMs(header, nowMs)).toBe(expected));
});

it('tells a deadline from a stop from anything else', () => {
  expect(failureReasonOf(AbortSignal.abort(new DeadlineError('late')))).toBe('contextDeadlineExceeded');
  expect(failureReasonOf(AbortSignal.abort())).toBe('contextCanceled');
  expect(failureReasonOf(new AbortController().signal)).toBe('other');
});

it('describes errors that come without words', () => {
  const refused = (address: string) =>
    Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
  expect(describeError(new AggregateError([refused('::1'), refused('127.0.0.1')]))).toBe(
    'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
  );
  expect(describeError(Object.assign(new Error(''), { code: 'EPIPE' }))).toBe('EPIPE');
  expect(describeError('just so')).toBe('just so');
});
