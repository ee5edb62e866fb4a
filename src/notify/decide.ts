/**
 * The decision: is there something to tell this receiver at this tick, and why. Pure, so that every row can be tested.
 * It follows Alertmanager's table, with three differences it makes on purpose:
 * an alert that was never told causes no message when it resolves; a "resolved" is owed per alert; and a repeat is due
 * exactly repeat_interval after the tick of the last message, not after the instant its sending was over.
 */
import type { NotificationReason } from '../model/notification.ts';
import { isOwedResolved, type NotificationLogEntry } from '../state/notification-log.ts';
import type { FlushAlert } from './flush.ts';

export type Decision =
  | { readonly tell: true; readonly reason: NotificationReason }
  | { readonly tell: false; readonly reason: QuietReason };

export type QuietReason = 'never told' | 'nothing new';

export interface DecideInput {
  readonly entry: NotificationLogEntry | undefined;
  /** As chosen by {@link listed}. */
  readonly alerts: readonly FlushAlert[];
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  /** Of the flush's tick, on the monotonic clock. */
  readonly tickMs: number;
}

/**
 * The alerts of a flush that a message to this receiver lists: all that fire, and of the resolved ones those whose end it
 * has not heard of. A muted resolved one only if it was told firing.
 */
export function listed(
  alerts: readonly FlushAlert[],
  entry: NotificationLogEntry | undefined,
  sendResolved: boolean,
): FlushAlert[] {
  return alerts.filter(({ alert, status, isMuted }) => {
    if (status === 'firing') return true;
    if (!sendResolved) return false;
    const told = entry?.told.get(alert.fingerprint);
    return told === undefined ? !isMuted : isOwedResolved(told);
  });
}

export function decide({ entry, alerts, sendResolved, repeatIntervalMs, tickMs }: DecideInput): Decision {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const isToldFiring = ({ alert }: FlushAlert) => entry?.told.get(alert.fingerprint) === 'firing';

  if (firing.some((candidate) => !isToldFiring(candidate))) {
    const anyToldFiring = entry !== undefined && [...entry.told.values()].includes('firing');
    return { tell: true, reason: anyToldFiring ? 'new alerts added' : 'first notification' };
  }

  const owed = alerts.filter(
    ({ alert, status }) => status === 'resolved' && isOwedResolved(entry?.told.get(alert.fingerprint)),
  );
  if (sendResolved && owed.length > 0) {
    const resolved = new Set(owed.map(({ alert }) => alert.fingerprint));
    const allResolved = ![...(entry?.told ?? [])].some(
      ([fingerprint, told]) => isOwedResolved(told) && !resolved.has(fingerprint),
    );
    return { tell: true, reason: allResolved ? 'all alerts resolved' : 'some alerts resolved' };
  }

  if (firing.length === 0) return { tell: false, reason: 'never told' };
  // Whoever was told firing has a tick.
  if (
    entry?.toldAtMs !== undefined &&
    tickMs - entry.toldAtMs >= repeatIntervalMs - inexactnessMs(entry, repeatIntervalMs)
  ) {
    return { tell: true, reason: 'repeat interval elapsed' };
  }
  return { tell: false, reason: 'nothing new' };
}

/**
 * Among peers a tick is known only to within the time that word of it takes: a repeat may not wait a whole group_interval
 * for that.
 */
function inexactnessMs({ isExact }: NotificationLogEntry, repeatIntervalMs: number): number {
  return isExact ? 0 : Math.min(1_000, repeatIntervalMs / 20);
}
