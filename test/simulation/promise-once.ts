/**
 * Promise 2: a page is told once. Every message that says nothing new is put down to the cause that excuses it, or is a
 * violation: a crash, freeze or pause between send and record; a partition; a lost answer; a lost disk. Pure.
 */
import {
  type Excuse,
  type JudgedHistory,
  type JudgedMessage,
  mayBeTold,
  statusIn,
  type Violation,
} from './judged-history.ts';
import { holdsThroughout } from './stretches.ts';

export interface Duplicate {
  readonly message: JudgedMessage;
  readonly cause: Excuse;
}

/** Clocks drift apart and ticks are aligned within a moment; a repeat so much early is on time. */
const REPEAT_TOLERANCE_MS = 2_000;

/** How long a node that began anew may remember the rhythm of a group that is gone: until the log is collected. */
const LOG_KEPT_MS = 15 * 60_000;

export function judgeOnce(history: JudgedHistory): { violations: Violation[]; duplicates: Duplicate[] } {
  const violations: Violation[] = [];
  const duplicates: Duplicate[] = [];
  for (const message of history.messages) {
    if (message.toldAtMs === undefined) continue;
    const earlier = history.messages.filter(
      (other) =>
        other.attempt < message.attempt && other.place === message.place && other.groupKey === message.groupKey,
    );
    if (saysNews(history, message, earlier)) continue;
    const unknown = earlier.flatMap((other) => {
      const excuse = history.whyUnknown(other, message);
      return excuse !== undefined && mayBeTold(other) ? [{ other, excuse }] : [];
    });
    const excuses = new Map(unknown.map(({ other, excuse }) => [other, excuse]));
    const known = earlier.filter((other) => !excuses.has(other));
    const cause = unknown.at(-1)?.excuse;
    if (cause !== undefined && (saysNews(history, message, known) || isUncertain(message, earlier, excuses)))
      duplicates.push({ message, cause });
    else violations.push({ promise: 2, atMs: message.atMs, text: repeatText(message, known) });
  }
  return { violations, duplicates };
}

/** As whoever knows only of those earlier messages must see it. */
function saysNews(history: JudgedHistory, message: JudgedMessage, earlier: readonly JudgedMessage[]): boolean {
  const told = earlier.filter(({ toldAtMs }) => toldAtMs !== undefined);
  const isNews = message.alerts.some(({ alert, status }) => {
    if (status === 'firing') return isNewlyFiring(history, { message, alert, told });
    // A message of which nothing was heard may have said that it fires, so its end is news.
    const last = lastAbout(earlier.filter(mayBeTold), alert);
    return !last || statusIn(last, alert) !== 'resolved';
  });
  return isNews || isRepeatDue(history, message, told);
}

/** What an alert was last told is not known to anybody: a message about it was begun, and what became of it was lost. */
function isUncertain(
  message: JudgedMessage,
  earlier: readonly JudgedMessage[],
  excuses: ReadonlyMap<JudgedMessage, Excuse>,
): boolean {
  return message.alerts.some(({ alert }) => {
    const last = lastAbout(earlier.filter(mayBeTold), alert);
    const excuse = last && excuses.get(last);
    return excuse !== undefined && excuse !== 'its sender could not be heard';
  });
}

function isNewlyFiring(
  history: JudgedHistory,
  { message, alert, told }: { message: JudgedMessage; alert: string; told: readonly JudgedMessage[] },
): boolean {
  const last = lastAbout(told, alert);
  if (!last || statusIn(last, alert) !== 'firing') return true;
  const place = history.standing.ring(alert)?.places.find(({ name }) => name === message.place);
  // Who wants to hear of no end is told again when it fires again.
  const mayHaveEnded = !holdsThroughout(history.knowsFiring(message.node, alert), last.atMs, message.atMs);
  return place?.sendResolved === false && mayHaveEnded;
}

function isRepeatDue(history: JudgedHistory, message: JudgedMessage, told: readonly JudgedMessage[]): boolean {
  const [first] = message.alerts;
  const last = told.at(-1);
  const ring = first && history.standing.ring(first.alert);
  if (!last || !ring) return true;
  const { repeatIntervalMs, groupIntervalMs } = ring;
  const sinceMs = Math.max(message.tickMs - last.tickMs, message.atMs - last.atMs);
  // After a restart or a stall a tick may come late, and still counts as of the instant at which it was due.
  const isOnTime = holdsThroughout(history.standing.undisturbed(), last.tickMs - LOG_KEPT_MS, last.atMs);
  return sinceMs >= repeatIntervalMs - REPEAT_TOLERANCE_MS - (isOnTime ? 0 : groupIntervalMs);
}

function lastAbout(messages: readonly JudgedMessage[], alert: string): JudgedMessage | undefined {
  return messages.findLast((message) => statusIn(message, alert) !== undefined);
}

function repeatText({ attempt, node, place }: JudgedMessage, known: readonly JudgedMessage[]): string {
  const told = known.findLast(({ toldAtMs }) => toldAtMs !== undefined);
  return `#${attempt}: ${node} tells ${place} again what #${told?.attempt} told, of which it must have known`;
}
