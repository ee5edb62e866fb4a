/**
 * Turn, decide, deliver, record: one flush for one receiver, until it is told, quiet, refused for good, or out of time.
 * The log is read again before every attempt, and so are the mutes and the configuration, so that a silence made during
 * an outage holds, and a reload that mends a receiver helps at once.
 * Before the first attempt the intent is on disk: after a crash the node knows what may have been said.
 */
import type { Logger } from 'pino';
import type { Outcome, Receiver } from '../../receivers/receiver.ts';
import type { Metrics } from '../metrics.ts';
import { type Alert, isResolved } from '../model/alert.ts';
import type { Notification, NotificationReason } from '../model/notification.ts';
import { urgencyOf } from '../model/urgency.ts';
import type { ClaimState } from '../state/log-records.ts';
import { isOwedResolved, type NotificationLog, type Told } from '../state/notification-log.ts';
import { type System, sleep } from '../system.ts';
import { attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { decide, listed } from './decide.ts';
import { type Flush, type FlushAlert, isStop, type Stop } from './flush.ts';
import type { Gate } from './gate.ts';
import type { PlaceHealth } from './place-health.ts';
import type { TakeTurn, Turn } from './turn.ts';

/** One integration of a receiver: a place to tell. */
export interface ReceiverTarget {
  /** The receiver's name in the configuration. */
  readonly name: string;
  /** Names the place in the notification log. */
  readonly key: string;
  readonly receiver: Receiver;
  readonly gate: Gate;
  readonly health: PlaceHealth;
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
  readonly currentAlert: (fingerprint: string) => Alert | undefined;
  /** The flush as the muting stages leave it if asked now. */
  readonly remute: (flush: Flush) => Flush | Stop;
  readonly buildNotification: (flush: Flush, alerts: readonly FlushAlert[], reason: NotificationReason) => Notification;
  /** Told of each attempt that did not succeed. */
  readonly onFailure?: (target: ReceiverTarget, flush: Flush, failure: Failure) => void;
  /** Must not throw and must not wait. */
  readonly onAttempt?: ((attempt: AttemptMade) => void) | undefined;
}

/** An attempt that is over, or one that could not even be made since the receiver had no room. */
export interface AttemptMade extends Sending {
  readonly flush: Flush;
  /** From 1. */
  readonly attempt: number;
  readonly willRetry: boolean;
}

interface Sending {
  readonly outcome: Outcome;
  readonly target: ReceiverTarget;
  readonly alerts: readonly FlushAlert[];
  readonly reason: NotificationReason;
  readonly durationMs: number;
}

export interface TellSignals {
  /** Aborts at the flush's deadline, or when sends under way must end. */
  readonly deadline: AbortSignal;
  /** Aborts when no further attempt may begin; one under way goes on. */
  readonly stopping: AbortSignal;
}

export interface TellWork {
  readonly flush: Flush;
  readonly signals: TellSignals;
}

export type Failure = Exclude<Outcome, { kind: 'sent' }>;

/** How a flush ended for one receiver. */
export type Telling = 'told' | 'quiet' | 'failed';

export async function tell(
  dependencies: TellDependencies,
  place: ReceiverTarget,
  { flush, signals }: TellWork,
): Promise<Telling> {
  const { system, metrics } = dependencies;
  let last: Failure | undefined;
  for (let failures = 0; ; ) {
    const sending = await tellInTurn(dependencies, place, { flush, signals, isFirst: failures === 0 });
    if (sending === 'quiet') return quiet(dependencies, place, flush);
    const { outcome, target } = sending;
    if (outcome.kind === 'sent') {
      dependencies.onAttempt?.({ ...sending, flush, attempt: failures + 1, willRetry: false });
      return 'told';
    }
    failures++;
    logFailure(dependencies.logger, target, { flush, outcome, last, failures });
    dependencies.onFailure?.(target, flush, outcome);
    last = outcome;
    const mayRetry = outcome.kind === 'unknown' || outcome.retryable;
    const hasTime = !signals.deadline.aborted && !signals.stopping.aborted;
    dependencies.onAttempt?.({ ...sending, flush, attempt: failures, willRetry: mayRetry && hasTime });
    const afterMs = backoffMs(failures, system.random());
    // Perhaps it has arrived: until the next attempt is over nobody else may try.
    if (mayRetry && outcome.kind === 'unknown') await holdClaim(dependencies, target, { flush, forMs: afterMs });
    if (mayRetry && (await waitToRetry(system, signals, afterMs))) continue;
    const { integration } = target.receiver;
    metrics.notificationsFailedTotal.inc({ integration, reason: outcome.reason });
    dependencies.logger.error(
      { ...named(target, flush), attempts: failures, outcome: outcome.kind, error: outcome.message },
      'Notification failed; the group tries again at its next tick',
    );
    return 'failed';
  }
}

/** One attempt, once it is this node's turn; the turn ends with it. */
async function tellInTurn(
  dependencies: TellDependencies,
  place: ReceiverTarget,
  { flush, signals, isFirst }: TellWork & { readonly isFirst: boolean },
): Promise<Sending | 'quiet'> {
  const isWanted = () => consider(dependencies, place, flush) !== undefined;
  if (!isWanted()) return 'quiet';
  const signal = AbortSignal.any([signals.deadline, signals.stopping]);
  for (let isCounted = !isFirst; ; isCounted = true) {
    using turn = await dependencies.takeTurn(flush, place.key, { signal, isWanted });
    const wanted = turn.turn === 'go' ? consider(dependencies, place, flush) : undefined;
    if (turn.turn !== 'go' || !wanted) return 'quiet';
    const { integration } = wanted.target.receiver;
    if (!isCounted) dependencies.metrics.notificationsTotal.inc({ integration });
    const sent = await sendWhenItsTurn(dependencies, wanted, { flush, signals, turn });
    if (sent !== 'turn lost') return sent;
  }
}

interface Wanted {
  readonly target: ReceiverTarget;
  readonly alerts: readonly FlushAlert[];
  readonly reason: NotificationReason;
}

/** Renews the intent until the next attempt's own deadline. */
function holdClaim(
  { log, system }: TellDependencies,
  { key, receiver }: ReceiverTarget,
  { flush, forMs }: { readonly flush: Flush; readonly forMs: number },
): Promise<void> {
  const now = system.now();
  const untilMs = now.monotonicMs + forMs + receiver.attemptTimeoutMs;
  const claim = { state: 'intent', tickMs: flush.now.monotonicMs, untilMs } as const;
  return log.record({ groupKey: flush.groupKey, receiverKey: key, told: new Map(), claim }, now);
}

/** What there is to tell as things stand now: configuration, mutes and log are read again. */
function consider(dependencies: TellDependencies, place: ReceiverTarget, flush: Flush): Wanted | undefined {
  const { system, log, logger } = dependencies;
  const target = dependencies.currentTarget(place);
  const { wallMs } = system.now();
  const alerts = asKnownBy(wallMs, flush.alerts, dependencies.currentAlert);
  const current = dependencies.remute({ ...flush, alerts, now: { ...flush.now, wallMs } });
  if (!target || isStop(current)) return undefined;
  const { sendResolved } = target.receiver;
  const entry = log.entry(flush.groupKey, target.key);
  const told = listed(current.alerts, entry, sendResolved);
  const { repeatIntervalMs } = flush.route;
  const decision = decide({ entry, alerts: told, sendResolved, repeatIntervalMs, tickMs: flush.now.monotonicMs });
  if (decision.tell) return { target, alerts: told, reason: decision.reason };
  logger.debug({ ...named(target, flush), reason: decision.reason }, 'Nothing to tell');
  return undefined;
}

/**
 * A retry, or a wait for room, may take longer than an alert lasts. What has ended since the tick is told as ended, if at
 * all; what ended and fires again is left to the next tick.
 */
function asKnownBy(
  wallMs: number,
  alerts: readonly FlushAlert[],
  currentAlert: TellDependencies['currentAlert'],
): readonly FlushAlert[] {
  return alerts.flatMap((entry): FlushAlert[] => {
    const alert = currentAlert(entry.alert.fingerprint);
    if (!alert || isResolved(alert, wallMs) === (entry.status === 'resolved')) return [entry];
    return entry.status === 'firing' ? [{ ...entry, alert, status: 'resolved' }] : [];
  });
}

async function quiet(dependencies: TellDependencies, place: ReceiverTarget, flush: Flush): Promise<'quiet'> {
  if (!place.receiver.sendResolved) await forgetResolved(dependencies, place, flush);
  return 'quiet';
}

/**
 * Waits for room at the receiver, then looks again, since meanwhile a silence may have been made, or somebody else have
 * begun to speak, and sends.
 */
async function sendWhenItsTurn(
  dependencies: TellDependencies,
  { target, alerts, reason }: Wanted,
  { flush, signals, turn }: TellWork & { readonly turn: Turn & { readonly turn: 'go' } },
): Promise<Sending | 'quiet' | 'turn lost'> {
  const urgency = urgencyOf(alerts.map(({ alert, status }) => ({ status, labels: alert.labels })));
  let leave: () => void;
  try {
    leave = await target.gate.enter(AbortSignal.any([signals.deadline, signals.stopping]), urgency);
  } catch {
    const outcome: Outcome = signals.stopping.aborted
      ? { kind: 'refused', retryable: true, reason: 'contextCanceled', message: 'the node stops' }
      : { kind: 'refused', retryable: true, reason: 'rateLimited', message: target.gate.whyClosed() };
    return { outcome, target, alerts, reason, durationMs: 0 };
  }
  try {
    const wanted = consider(dependencies, target, flush);
    if (!wanted) return 'quiet';
    return turn.isStillGiven() ? await sendOnce(dependencies, wanted, { flush, signals }) : 'turn lost';
  } finally {
    leave();
  }
}

/** Intent, attempt, record. */
async function sendOnce(
  dependencies: TellDependencies,
  { target, alerts, reason }: Wanted,
  { flush, signals }: TellWork,
): Promise<Sending> {
  const { system, metrics, logger } = dependencies;
  const { integration } = target.receiver;
  const before = await recordIntent(dependencies, target, { flush, alerts });
  const notification = dependencies.buildNotification(flush, alerts, reason);
  const startedMs = system.now().monotonicMs;
  metrics.notificationRequestsTotal.inc({ integration });
  const outcome = await attempt({ system, ...target }, notification, signals.deadline);
  const durationMs = system.now().monotonicMs - startedMs;
  metrics.notificationLatencySeconds.observe({ integration }, durationMs / 1000);
  const sending: Sending = { outcome, target, alerts, reason, durationMs };
  if (outcome.kind === 'sent') {
    await recordSent(dependencies, target, { flush, alerts });
    logger.info({ ...named(target, flush), reason, alerts: alerts.length }, 'Notification sent');
    return sending;
  }
  metrics.notificationRequestsFailedTotal.inc({ integration });
  // It holds for every group that tells this receiver, and beyond this flush; and before the disk has its say, or others
  // would follow meanwhile.
  if (outcome.retryAfterMs !== undefined) target.gate.closeFor(outcome.retryAfterMs);
  if (outcome.kind === 'refused') await withdrawIntent(dependencies, target, { flush, told: before });
  return sending;
}

/** False if there is no time left, or the node stops. */
async function waitToRetry(system: System, signals: TellSignals, afterMs: number): Promise<boolean> {
  try {
    await sleep(system, afterMs, AbortSignal.any([signals.deadline, signals.stopping]));
    return true;
  } catch {
    return false;
  }
}

/**
 * Marks the alerts of which the message has news, so that a crash during the send, or a lost answer, is known afterwards:
 * what was last told of them is uncertain then. Resolves with what they were told before.
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
    const isNews = status === 'firing' ? !isOwedResolved(told) : told === 'firing';
    if (isNews) before.set(alert.fingerprint, told);
  }
  const told = new Map([...before.keys()].map((fingerprint) => [fingerprint, 'intent' as const]));
  await record(dependencies, target, { flush, told, claim: 'intent' });
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
  await record(dependencies, target, { ...change, claim: 'refused' });
}

function recordSent(dependencies: TellDependencies, target: ReceiverTarget, { flush, alerts }: Sent): Promise<void> {
  const told = new Map<string, Told | undefined>();
  // What ended, was told, and has left the group is over: the entry stays as small as the group. A peer may have told it anew.
  if (!dependencies.log.isShared) {
    const inFlush = new Set(flush.alerts.map(({ alert }) => alert.fingerprint));
    for (const [fingerprint, state] of dependencies.log.entry(flush.groupKey, target.key)?.told ?? []) {
      if (state === 'resolved' && !inFlush.has(fingerprint)) told.set(fingerprint, undefined);
    }
  }
  for (const { alert, status } of alerts) told.set(alert.fingerprint, status);
  if (!target.receiver.sendResolved)
    for (const fingerprint of owedIn(dependencies, target, flush)) told.set(fingerprint, 'resolved');
  return record(dependencies, target, { flush, told, claim: 'sent' });
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
  { flush, told, claim }: { flush: Flush; told: ReadonlyMap<string, Told | undefined>; claim?: ClaimState },
): Promise<void> {
  const now = system.now();
  const change = { groupKey: flush.groupKey, receiverKey: target.key, told };
  if (!claim) return log.record(change, now);
  const untilMs = now.monotonicMs + target.receiver.attemptTimeoutMs;
  return log.record({ ...change, claim: { state: claim, tickMs: flush.now.monotonicMs, untilMs } }, now);
}

interface Sent {
  readonly flush: Flush;
  readonly alerts: readonly FlushAlert[];
}

function named(target: ReceiverTarget, { groupKey }: Flush): Record<string, string> {
  return { receiver: target.name, integration: target.receiver.integration, groupKey };
}

function logFailure(
  logger: Logger,
  target: ReceiverTarget,
  { flush, outcome, last, failures }: { flush: Flush; outcome: Failure; last: Failure | undefined; failures: number },
): void {
  // The same error again and again is said once.
  if (last && gistOf(last) === gistOf(outcome)) return;
  logger.warn(
    { ...named(target, flush), attempt: failures, outcome: outcome.kind, error: outcome.message },
    'Notification attempt failed',
  );
}

/** Without numbers: "try again in 57 seconds" is no news after "try again in 58 seconds". */
function gistOf({ kind, reason, message }: Failure): string {
  return `${kind} ${reason} ${message.replace(/\d+(\.\d+)*/g, '#')}`;
}
