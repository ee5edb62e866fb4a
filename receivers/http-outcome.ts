/** What an HTTP answer, or its absence, means for a notification, with the failure reasons of Alertmanager. */
import { DeadlineError } from '../src/system.ts';
import type { FailureReason, Outcome } from './receiver.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;
type Unknown = Extract<Outcome, { kind: 'unknown' }>;

export type HttpResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** As it came; may repeat secrets, so it belongs in no message. */
      readonly body: string;
      /** The body on one line, cut, secrets hidden; '' if there was none. */
      readonly explanation: string;
      /** The answer's Retry-After header (RFC 9110). */
      readonly retryAfterMs: number | undefined;
    }
  | Refused
  | Unknown;

/** 401 and 403 are authError, 429 is rateLimited, other 4xx clientError, 5xx serverError, everything else other. */
export function failureReasonOfStatus(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 400 && status < 500) return 'clientError';
  return status >= 500 && status < 600 ? 'serverError' : 'other';
}

/**
 * 2xx is sent; 5xx and the given statuses are refused and worth a retry; everything else is refused until the next tick.
 * These are the rules of Alertmanager's `Retrier`.
 */
export function outcomeOf(result: HttpResult, retryableStatuses: readonly number[] = []): Outcome {
  if (result.kind !== 'answered') return result;
  const { status, explanation, retryAfterMs } = result;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const retryable = (status >= 500 && status < 600) || retryableStatuses.includes(status);
  const message = `unexpected status code ${status}${explanation && `: ${explanation}`}`;
  const refused: Refused = { kind: 'refused', retryable, reason: failureReasonOfStatus(status), message };
  return retryable && retryAfterMs !== undefined ? { ...refused, retryAfterMs } : refused;
}

/** Why something ended without an answer: the signal's deadline, its stop, or the error itself. */
export function failureReasonOf(signal: AbortSignal): FailureReason {
  if (!signal.aborted) return 'other';
  return signal.reason instanceof DeadlineError ? 'contextDeadlineExceeded' : 'contextCanceled';
}

/** The error in words. Node reports a host all of whose addresses failed as an error without a message of its own. */
export function describeError(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError) return [...new Set(cause.errors.map(describeError))].join('; ') || cause.name;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (cause.message === '') return code || cause.name;
  return code === '' || cause.message.includes(code) ? cause.message : `${cause.message} (${code})`;
}

/** Delta-seconds or an HTTP date; undefined for anything else and for the past. Dates are read with the wall clock. */
export function parseRetryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = header.trim();
  if (/^\d{1,9}$/.test(seconds)) return Number(seconds) * 1000;
  const dateMs = /^[A-Za-z]{3,9}, /.test(seconds) ? Date.parse(seconds) : Number.NaN;
  return dateMs > wallMs ? dateMs - wallMs : undefined;
}
