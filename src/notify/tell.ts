/**
 * Turn, decide, deliver, record: one flush for one receiver, until it is told, quiet, refused for good, or out of time.
 * The log is read again before every attempt, and so are the mutes and the configuration, so that a silence made during
 * an outage holds, and a reload that mends a receiver helps at once.
 * Before the first attempt the intent is on disk: after a crash the node knows what may have been said.
 */
import type { Logger } from 'pino';
import type { FailureReason, Outcome, Receiver } from '../../receivers/receiver.ts';
import type { Metrics } from '../metrics.ts';
import type { Notification, NotificationReason } from '../model/notification.ts';
import { isOwedResolved, type NotificationLog, type Told } from '../state/notification-log.ts';
import { type System, sleep } from '../system.ts';
import { abortReason, attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { type Decision, decide, listed } from './decide.ts';
import { type Flush, type FlushAlert, isStop, type Stop } from './flush.ts';
import type { Gate } from './gate.ts';
import type { TakeTurn } from './turn.ts';

/** One integration of a receiver: a place to tell. */
export interface ReceiverTarget {
  /** The receiver's name in the configuration. */
  readonly name: string;
  /** Names the place in the notification log. */
  readonly key: string;
  readonly receiver: Receiver;
  readonly gate: Gate;
}

export interface TellDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Pick<
    Metrics,
    | 'notificationsTotal'
    | 'notificationsFailedTotal'
    | 'notificationRequestsTotal'
    | 'notificationRequestsFailedTotal'
    | 'notificationLatencySeconds'
  >;
  readonly log: NotificationLog;
  readonly takeTurn: TakeTurn;
  /** The place as the configuration in force describes it; undefined if it names it no more. */
  readonly currentTarget: (target: ReceiverTarget) => ReceiverTarget | undefined;
  /** The flush as the muting stages leave it if asked now. */
  readonly remute: (flush: Flush) => Flush | Stop;
  readonly buildNotification: (flush: Flush, alerts: readonly FlushAlert[], reason: NotificationReason) => Notification;
}

export interface TellSignals {
  /** Aborts at the flush's deadline, or when sends under way must end. */
  readonly deadline: AbortSignal;
  /** Aborts when no further attempt may begin; one under way goes on. */
  readonly stopping: AbortSignal;
}

/** How a flush ended for one receiver. */
export type Telling = 'told' | 'quiet' | 'failed';

export async function tell(
  dependencies: TellDependencies,
  place: ReceiverTarget,
  work: { readonly flush: Flush; readonly signals: TellSignals },
): Promise<Telling> {
  const { system, log, metrics } = dependencies;
  const { flush, signals } = work;
  let last: Exclude<Outcome, { kind: 'sent' }> | undefined;
  for (let failures = 0; ; ) {
    await dependencies.takeTurn(flush, place.key, { signal: signals.deadline });
    const target = dependencies.currentTarget(place);
    if (!target) return 'quiet';
    const { integration, sendResolved } = target.receiver;
    const current =
      failures === 0 ? flush : dependencies.remute({ ...flush, now: { ...flush.now, wallMs: system.now().wallMs } });
    const entry = log.entry(flush.groupKey, target.key);
    const alerts = isStop(current) ? [] : listed(current.alerts, entry, sendResolved);
    const decision: Decision = isStop(current)
      ? { tell: false, reason: 'nothing new' }
      : decide({
          entry,
          alerts,
          sendResolved,
          repeatIntervalMs: flush.route.repeatIntervalMs,
          tickMs: flush.now.monotonicMs,
        });
    if (!decision.tell) {
      if (!sendResolved) await forgetResolved(dependencies, target, flush);
      return 'quiet';
    }
    if (failures === 0) metrics.notificationsTotal.inc({ integration });
    const before = await recordIntent(dependencies, target, { flush, alerts });
    const notification = dependencies.buildNotification(flush, alerts, decision.reason);
    const outcome = await send(dependencies, target, { notification, signals });
    if (outcome.kind === 'sent') {
      await recordSent(dependencies, target, { flush, alerts });
      dependencies.logger.info(
        {
          receiver: target.name,
          integration,
          groupKey: flush.groupKey,
          reason: decision.reason,
          alerts: alerts.length,
        },
        'Notification sent',
      );
      return 'told';
    }
    failures++;
    metrics.notificationRequestsFailedTotal.inc({ integration });
    if (outcome.kind === 'refused') await withdrawIntent(dependencies, target, { flush, told: before });
    logFailure(dependencies.logger, target, { flush, outcome, last, failures });
    last = outcome;
    const mayRetry = outcome.kind === 'unknown' || outcome.retryable;
    if (!mayRetry || !(await waitToRetry(system, signals, failures, outcome))) {
      const reason: FailureReason =
        mayRetry && signals.deadline.aborted ? (outcome.reason ?? abortReason(signals.deadline)) : outcome.reason;
      metrics.notificationsFailedTotal.inc({ integration, reason });
      dependencies.logger.error(
        {
          receiver: target.name,
          integration,
          groupKey: flush.groupKey,
          attempts: failures,
          outcome: outcome.kind,
          error: outcome.message,
        },
        'Notification failed; the group tries again at its next tick',
      );
      return 'failed';
    }
  }
}

async function send(
  { system, metrics }: TellDependencies,
  target: ReceiverTarget,
  { notification, signals }: { notification: Notification; signals: TellSignals },
): Promise<Outcome> {
  const { integration } = target.receiver;
  let leave: () => void;
  try {
    leave = await target.gate.enter(AbortSignal.any([signals.deadline, signals.stopping]));
  } catch {
    return {
      kind: 'refused',
      retryable: true,
      reason: abortReason(signals.deadline),
      message: signals.stopping.aborted ? 'the node stops' : 'too many sends to this receiver are under way',
    };
  }
  const startedMs = system.now().monotonicMs;
  metrics.notificationRequestsTotal.inc({ integration });
  try {
    return await attempt({ system, receiver: target.receiver }, notification, signals.deadline);
  } finally {
    leave();
    metrics.notificationLatencySeconds.observe({ integration }, (system.now().monotonicMs - startedMs) / 1000);
  }
}

/** False if there is no time left, or the node stops. */
async function waitToRetry(
  system: System,
  signals: TellSignals,
  failures: number,
  outcome: Exclude<Outcome, { kind: 'sent' }>,
): Promise<boolean> {
  const retryAfterMs = outcome.kind === 'refused' ? outcome.retryAfterMs : undefined;
  const either = AbortSignal.any([signals.deadline, signals.stopping]);
  try {
    await sleep(system, backoffMs(failures, system.random(), retryAfterMs), either);
    return true;
  } catch {
    return false;
  }
}

/**
 * Marks the firing alerts that were never told, so that a crash during the send is known afterwards. Resolves with what
 * they were told before.
 */
async function recordIntent(
  dependencies: TellDependencies,
  target: ReceiverTarget,
  { flush, alerts }: Sent,
): Promise<ReadonlyMap<string, Told | undefined>> {
  const before = new Map<string, Told | undefined>();
  const entry = dependencies.log.entry(flush.groupKey, target.key);
  for (const { alert, status } of alerts) {
    const told = entry?.told.get(alert.fingerprint);
    if (status === 'firing' && !isOwedResolved(told)) before.set(alert.fingerprint, told);
  }
  if (before.size > 0) {
    const told = new Map([...before.keys()].map((fingerprint) => [fingerprint, 'intent' as const]));
    await record(dependencies, target, { flush, told });
  }
  return before;
}

/**
 * The other side surely has nothing of this attempt. An intent older than it stays: the attempt that left it may have
 * arrived.
 */
async function withdrawIntent(
  dependencies: TellDependencies,
  target: ReceiverTarget,
  change: { readonly flush: Flush; readonly told: ReadonlyMap<string, Told | undefined> },
): Promise<void> {
  if (change.told.size > 0) await record(dependencies, target, change);
}

function recordSent(dependencies: TellDependencies, target: ReceiverTarget, { flush, alerts }: Sent): Promise<void> {
  const told = new Map<string, Told | undefined>();
  const inFlush = new Set(flush.alerts.map(({ alert }) => alert.fingerprint));
  // What ended, was told, and has left the group is over: the entry stays as small as the group.
  for (const [fingerprint, state] of dependencies.log.entry(flush.groupKey, target.key)?.told ?? []) {
    if (state === 'resolved' && !inFlush.has(fingerprint)) told.set(fingerprint, undefined);
  }
  for (const { alert, status } of alerts) told.set(alert.fingerprint, status);
  if (!target.receiver.sendResolved)
    for (const fingerprint of owedIn(dependencies, target, flush)) told.set(fingerprint, 'resolved');
  return record(dependencies, target, { flush, told, toldAtMs: flush.now.monotonicMs });
}

/** A receiver that wants no "resolved" is done with an alert when it ends; if it fires again, that is news. */
async function forgetResolved(dependencies: TellDependencies, target: ReceiverTarget, flush: Flush): Promise<void> {
  const owed = owedIn(dependencies, target, flush);
  if (owed.length === 0) return;
  await record(dependencies, target, { flush, told: new Map(owed.map((fingerprint) => [fingerprint, 'resolved'])) });
}

function owedIn(dependencies: TellDependencies, target: ReceiverTarget, flush: Flush): string[] {
  const entry = dependencies.log.entry(flush.groupKey, target.key);
  return flush.alerts
    .filter(({ alert, status }) => status === 'resolved' && isOwedResolved(entry?.told.get(alert.fingerprint)))
    .map(({ alert }) => alert.fingerprint);
}

function record(
  { log, system }: TellDependencies,
  target: ReceiverTarget,
  { flush, told, toldAtMs }: { flush: Flush; told: ReadonlyMap<string, Told | undefined>; toldAtMs?: number },
): Promise<void> {
  const change = { groupKey: flush.groupKey, receiverKey: target.key, told };
  return log.record(toldAtMs === undefined ? change : { ...change, toldAtMs }, system.now());
}

interface Sent {
  readonly flush: Flush;
  readonly alerts: readonly FlushAlert[];
}

function logFailure(
  logger: Logger,
  target: ReceiverTarget,
  {
    flush,
    outcome,
    last,
    failures,
  }: { flush: Flush; outcome: Exclude<Outcome, { kind: 'sent' }>; last: Outcome | undefined; failures: number },
): void {
  // The same error again and again is said once.
  if (last && last.kind !== 'sent' && last.message === outcome.message) return;
  logger.warn(
    {
      receiver: target.name,
      integration: target.receiver.integration,
      groupKey: flush.groupKey,
      attempt: failures,
      outcome: outcome.kind,
      error: outcome.message,
    },
    'Notification attempt failed',
  );
}
