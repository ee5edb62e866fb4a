/**
 * A firing alert is a lease: it fires until its end unless its checker speaks again. Pure rules of how long one is, when it
 * is put off, and what tells a lease that ran out from an end a checker has said.
 */
import { type Alert, isResolved } from '../model/alert.ts';
import type { Now } from '../model/now.ts';

/** Two leases that differ by less say the same: posts are not punctual, and an age does not count its own way. */
export const LEASE_JITTER_MS = 5_000;

export interface LeaseDisturbance {
  readonly reason: 'start' | 'stall' | 'clock jump';
  /** What the wall clock showed when checkers were heard for the last time; minus infinity at a start. */
  readonly sinceWallMs: number;
}

/** How long its checker asked it to fire from when it was heard last, whatever was added since; not positive if it was ended. */
export function leaseMs({ askedEndsAtMs, endsAtMs, updatedAtMs }: Alert): number {
  return (askedEndsAtMs ?? endsAtMs) - updatedAtMs;
}

/** A checker said that it is over. One that ran out is not, even when that was acted upon. */
export function isEndedByWord({ endsAtMs, updatedAtMs, lastHeardMs }: Alert): boolean {
  return endsAtMs <= updatedAtMs && lastHeardMs === undefined;
}

/** When a checker last spoke of it, on this node's wall clock. */
export function heardAtMs({ updatedAtMs, lastHeardMs }: Alert): number {
  return lastHeardMs ?? updatedAtMs;
}

/** The end of a lease that is given once more, from now. */
export function oneMoreLeaseEndsAtMs(alert: Alert, { now, resolveTimeoutMs }: LeaseContext): number {
  return now.wallMs + Math.max(leaseMs(alert), resolveTimeoutMs);
}

export interface LeaseContext {
  readonly now: Now;
  readonly resolveTimeoutMs: number;
}

/** The end an alert has after a disturbance; undefined if it stays as it is; now, if it is over and must stay so. */
export function disturbedEndsAtMs(
  alert: Alert,
  disturbance: LeaseDisturbance,
  context: LeaseContext,
): number | undefined {
  const { reason, sinceWallMs } = disturbance;
  const { wallMs } = context.now;
  // An end at or before its own posting is a checker's word (or a run-out already seen), not a lease.
  const wasFiring = alert.endsAtMs > sinceWallMs;
  if (leaseMs(alert) <= 0 || !wasFiring) return isResolved(alert, wallMs) ? undefined : wallMs;
  const oneMoreMs = oneMoreLeaseEndsAtMs(alert, context);
  const isFirst = reason === 'start' || alert.askedEndsAtMs === undefined;
  const endsAtMs = isFirst ? oneMoreMs : Math.min(oneMoreMs, alert.endsAtMs + Math.max(0, wallMs - sinceWallMs));
  return endsAtMs > alert.endsAtMs ? endsAtMs : undefined;
}
