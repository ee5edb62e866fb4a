/**
 * One attempt to put a notification in front of its receiver, with a deadline of its own. Whatever the receiver does,
 * hang or throw, the answer is an Outcome and comes in time.
 */
import type { Outcome, Receiver, Trace } from '../../receivers/receiver.ts';
import type { Notification } from '../model/notification.ts';
import { DeadlineError, deadline, type System, sleep } from '../system.ts';
import type { PlaceHealth } from './place-health.ts';

/** A receiver that does not settle this long after its signal aborted is left behind. */
const GRACE_MS = 1_000;

export async function attempt(
  { system, receiver, health, trace }: { system: System; receiver: Receiver; health: PlaceHealth; trace?: Trace },
  notification: Notification,
  signal: AbortSignal,
): Promise<Outcome> {
  const startedMs = system.now().monotonicMs;
  const outcome = await send({ system, receiver, trace }, notification, signal);
  health.note(outcome, { startedMs, now: system.now() });
  return outcome;
}

async function send(
  { system, receiver, trace }: { system: System; receiver: Receiver; trace: Trace | undefined },
  notification: Notification,
  signal: AbortSignal,
): Promise<Outcome> {
  using limit = deadline(system, receiver.attemptTimeoutMs, signal);
  const settled = new AbortController();
  const sending = Promise.try(() => receiver.send(notification, { signal: limit.signal, trace })).catch(
    (cause: unknown): Outcome =>
      unknownOutcome(`the receiver failed: ${cause instanceof Error ? cause.message : String(cause)}`, 'other'),
  );
  const leftBehind = whenAborted(limit.signal, settled.signal)
    .then(() => sleep(system, GRACE_MS, settled.signal))
    .then(() =>
      unknownOutcome(`no answer within ${Math.round(receiver.attemptTimeoutMs)} ms`, abortReason(limit.signal)),
    )
    // Only the end of the race rejects it, and then nobody looks.
    .catch(() => unknownOutcome('', 'other'));
  try {
    return await Promise.race([sending, leftBehind]);
  } finally {
    settled.abort();
  }
}

function unknownOutcome(message: string, reason: 'other' | 'contextCanceled' | 'contextDeadlineExceeded'): Outcome {
  return { kind: 'unknown', reason, message };
}

/** Deadlines and stops are counted apart (Alertmanager's failure reasons). */
export function abortReason(signal: AbortSignal): 'contextCanceled' | 'contextDeadlineExceeded' {
  return signal.reason instanceof DeadlineError ? 'contextDeadlineExceeded' : 'contextCanceled';
}

function whenAborted(signal: AbortSignal, giveUp: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: giveUp });
    giveUp.addEventListener('abort', () => reject(giveUp.reason), { once: true });
  });
}
