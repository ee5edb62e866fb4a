/**
 * Promise 3: with all well a message is begun at its tick; if one node dies or freezes at a bad moment, somebody else is
 * there within a second: of its death if its links close, of the verdict if it vanished or froze. Pure.
 */
import type { JudgedHistory, JudgedMessage, Violation } from './judged-history.ts';
import { common, holdsThroughout, type Stretches } from './stretches.ts';
import type { AlertText, WorldEvent } from './world-event.ts';

/** Three seconds of silence, and the next beat. */
const VERDICT_MS = 4_000;
const REPLACED_AFTER_MS = 1_000;
/** The way of messages, a disk, and an answer to who may speak. */
const MOMENT_MS = 1_500;
/** How long everything must have been well before, so that nobody has other things still to wait for. */
const CALM_MS = 60_000;

type End = WorldEvent & { readonly what: 'is killed' | 'vanishes' | 'is frozen' };

export function judgeTimely(history: JudgedHistory): Violation[] {
  const ends = history.standing.of('is killed', 'vanishes', 'is frozen');
  return history.messages.flatMap((message): Violation[] => {
    if (isLaterAttempt(history, message)) return [];
    const sinceMs = message.tickMs - CALM_MS;
    const [end, ...more] = ends.filter(({ atMs }) => sinceMs <= atMs && atMs <= message.atMs);
    if (more.length > 0 || end?.node === message.node || !isRestWell(history, message, end)) return [];
    if (!isRhythmShared(history, message) || !isKnownToAll(history, message, end)) return [];
    if (hasFlapped(history, message)) return [];
    const tickMs = sharedTickMs(history, message);
    const dueMs = end ? Math.max(tickMs, end.atMs + verdictMs(end) + REPLACED_AFTER_MS) : tickMs;
    if (message.atMs <= dueMs + MOMENT_MS) return [];
    const text = `#${message.attempt}: ${message.node} tells ${message.place} ${(message.atMs - dueMs).toFixed(0)} ms late${end ? ` after ${end.node} ${end.what}` : ''}`;
    return [{ promise: 3, atMs: message.atMs, text }];
  });
}

function verdictMs({ what }: End): number {
  return what === 'is killed' ? 0 : VERDICT_MS;
}

/** Who hears of something only as it ticks may leave it to the next tick, and to who heard of it before. */
function isKnownToAll(history: JudgedHistory, { alerts, tickMs }: JudgedMessage, end: End | undefined): boolean {
  const others = history.standing.nodes.filter((node) => node !== end?.node);
  return alerts.every(({ alert, status }) =>
    others.every((node) => {
      const knows = status === 'firing' ? history.knowsFiring(node, alert) : history.knowsOver(node, alert);
      return holdsThroughout(knows, tickMs - MOMENT_MS, tickMs);
    }),
  );
}

/** An alert that ended and fires again may have found its group on one node, and begun it anew on another. */
function hasFlapped({ standing }: JudgedHistory, { alerts, tickMs }: JudgedMessage): boolean {
  return alerts.some(({ alert, status }) => {
    const ring = standing.ring(alert);
    if (status !== 'firing' || !ring) return false;
    const sinceMs = tickMs - ring.groupWaitMs - 2 * ring.groupIntervalMs;
    return standing.of('ends').some((end) => end.alert === alert && sinceMs <= end.atMs && end.atMs <= tickMs);
  });
}

/** Whoever reloads goes on in a rhythm of its own, until somebody speaks. */
function isRhythmShared({ messages, standing }: JudgedHistory, { groupKey, tickMs, atMs }: JudgedMessage): boolean {
  const last = messages.findLast((other) => other.groupKey === groupKey && other.atMs < tickMs - MOMENT_MS);
  const sinceMs = last?.atMs ?? 0;
  return !standing.of('reloads').some((reload) => sinceMs <= reload.atMs && reload.atMs <= atMs);
}

/** Where a node's own tick comes before that of the rhythm all share, it may leave the word to whoever is first. */
function sharedTickMs({ messages, standing }: JudgedHistory, message: JudgedMessage): number {
  const isStillThere = (alert: AlertText) => message.alerts.some((listed) => listed.alert === alert);
  const last = messages.findLast(
    (other) =>
      other.attempt < message.attempt &&
      other.groupKey === message.groupKey &&
      other.alerts.some(({ alert, status }) => status === 'firing' && isStillThere(alert)),
  );
  const groupIntervalMs = last?.alerts[0] && standing.ring(last.alerts[0].alert)?.groupIntervalMs;
  if (!last || !groupIntervalMs) return message.tickMs;
  const intervals = Math.ceil((message.tickMs - MOMENT_MS - last.tickMs) / groupIntervalMs);
  return Math.max(message.tickMs, last.tickMs + intervals * groupIntervalMs);
}

/** The place was tried before about this tick: what follows is a matter of backoff. */
function isLaterAttempt({ messages, standing }: JudgedHistory, message: JudgedMessage): boolean {
  const [first] = message.alerts;
  const { groupIntervalMs = 0 } = (first && standing.ring(first.alert)) ?? {};
  return messages.some(
    (other) =>
      other.attempt < message.attempt &&
      other.place === message.place &&
      other.groupKey === message.groupKey &&
      Math.abs(other.tickMs - message.tickMs) < groupIntervalMs / 2,
  );
}

function isRestWell({ standing }: JudgedHistory, message: JudgedMessage, end: End | undefined): boolean {
  const sinceMs = message.tickMs - CALM_MS;
  const throughout = (stretches: Stretches, untilMs: number) => holdsThroughout(stretches, sinceMs, untilMs);
  const others = standing.nodes.filter((node) => node !== end?.node);
  const isWell = (nodes: readonly string[], untilMs: number) =>
    throughout(common(standing.calm(), ...nodes.map((node) => standing.up(node)), standing.soundAmong(nodes)), untilMs);
  return (
    throughout(standing.isPrompt(message.place), message.atMs) &&
    isWell(others, message.atMs) &&
    (!end || isWell(standing.nodes, end.atMs - 1))
  );
}
