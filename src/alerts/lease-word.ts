/**
 * What peers tell each other when one of them asks whether an alert that is about to run out was heard of since: only until
 * when it fires, since that is all that is asked, and thousands of alerts may end together. Ages, no times.
 */
import type { Alert } from '../model/alert.ts';
import type { Now } from '../model/now.ts';
import { LEASE_JITTER_MS } from './lease.ts';

/** `[fingerprint, heard ago, ends in, would end in had it not been put off]`, in milliseconds. */
export type LeaseWord = readonly [fingerprint: string, heardAgoMs: number, endsInMs: number, askedEndsInMs: number];

/** Undefined if it does not fire: then there is nothing to know better. */
export function leaseWordOf(alert: Alert, { wallMs }: Now): LeaseWord | undefined {
  const { fingerprint, updatedAtMs, endsAtMs, askedEndsAtMs } = alert;
  if (endsAtMs <= wallMs) return undefined;
  return [fingerprint, Math.max(0, wallMs - updatedAtMs), endsAtMs - wallMs, (askedEndsAtMs ?? endsAtMs) - wallMs];
}

/** Of an answer to a question about `most` alerts. @throws if it is none */
export function readLeaseWords(answer: unknown, most: number): readonly LeaseWord[] {
  if (!Array.isArray(answer) || answer.length > most || !answer.every(isLeaseWord)) {
    throw new Error('the answer to a question for leases is none');
  }
  return answer;
}

/**
 * The alert as it would be with a peer's lease; undefined if that ends no later. Between nodes an end moves by the time a
 * message takes: taken for later, it would be put off by that for ever.
 */
export function withLeaseWord(alert: Alert, word: LeaseWord, { wallMs }: Now): Alert | undefined {
  const [, heardAgoMs, endsInMs, askedEndsInMs] = word;
  const endsAtMs = Math.round(wallMs + endsInMs);
  if (endsAtMs <= alert.endsAtMs + LEASE_JITTER_MS) return undefined;
  const { endsAtText: _, askedEndsAtMs: __, ...rest } = alert;
  const askedEndsAtMs = Math.round(wallMs + askedEndsInMs);
  return {
    ...rest,
    endsAtMs,
    updatedAtMs: Math.round(wallMs - heardAgoMs),
    ...(askedEndsAtMs < endsAtMs && { askedEndsAtMs }),
  };
}

function isLeaseWord(value: unknown): value is LeaseWord {
  if (!Array.isArray(value) || value.length !== 4 || typeof value[0] !== 'string') return false;
  const [, heardAgoMs, endsInMs, askedEndsInMs] = value;
  return isMilliseconds(heardAgoMs) && heardAgoMs >= 0 && isMilliseconds(endsInMs) && isMilliseconds(askedEndsInMs);
}

/** An age or a time to come that ends in years which can be shown. */
const MOST_MS = 7_000 * 365 * 86_400_000;

function isMilliseconds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MOST_MS;
}
