/** How a receiver is doing, in a word, and the order in which receivers are looked at: what fails comes first. */
import type { IntegrationHealth, ReceiverHealth } from '../../../../src/shapes/receivers.ts';

type Integration = ReceiverHealth['integrations'][number];
/** In the order of trouble. */
const STATES = ['failing', 'left alone', 'waiting', 'good', 'not used yet'] as const;
export type ReceiverState = (typeof STATES)[number];

export function nodeState(health: IntegrationHealth, nowMs: number): ReceiverState {
  if (health.isFailing) return 'failing';
  if (health.closedUntil !== null && Date.parse(health.closedUntil) > nowMs) return 'left alone';
  if (health.waiting > 0) return 'waiting';
  return health.lastSentAt === null ? 'not used yet' : 'good';
}

/** The worst of its nodes. */
export function integrationState({ nodes }: Pick<Integration, 'nodes'>, nowMs: number): ReceiverState {
  return worst(nodes.map((health) => nodeState(health, nowMs)));
}

export function receiverState({ integrations }: Pick<ReceiverHealth, 'integrations'>, nowMs: number): ReceiverState {
  return worst(integrations.map((integration) => integrationState(integration, nowMs)));
}

function worst(states: readonly ReceiverState[]): ReceiverState {
  const ranks = states.map((state) => STATES.indexOf(state));
  return STATES[Math.min(...ranks)] ?? 'not used yet';
}

/** Failing first, then those in use, by name. Names are unique, so nothing jumps between two answers. */
export function inOrder(receivers: readonly ReceiverHealth[], nowMs: number): ReceiverHealth[] {
  const rank = (receiver: ReceiverHealth) => STATES.indexOf(receiverState(receiver, nowMs));
  return receivers.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

export interface IntegrationSummary {
  /** By any node; null if never. */
  readonly lastSentAt: string | null;
  readonly lastFailedAt: string | null;
  /** Of the node that failed last. */
  readonly lastError: string;
  /** Of the latest attempt of all. */
  readonly latencyMs: number | null;
  readonly waiting: number;
  readonly underWay: number;
  readonly sent: number;
  readonly failed: number;
}

export function integrationSummary(nodes: readonly IntegrationHealth[]): IntegrationSummary {
  const latest = (instants: readonly (string | null)[]) =>
    instants.reduce((a, b) => (b !== null && (a === null || Date.parse(b) > Date.parse(a)) ? b : a), null);
  const sum = (count: (health: IntegrationHealth) => number) => nodes.reduce((all, health) => all + count(health), 0);
  const lastAttemptOf = (health: IntegrationHealth) => latest([health.lastSentAt, health.lastFailedAt]);
  const lastAttemptAt = latest(nodes.map(lastAttemptOf));
  const lastFailedAt = latest(nodes.map((health) => health.lastFailedAt));
  return {
    lastSentAt: latest(nodes.map((health) => health.lastSentAt)),
    lastFailedAt,
    lastError: nodes.find((health) => health.lastFailedAt === lastFailedAt && lastFailedAt !== null)?.lastError ?? '',
    latencyMs:
      lastAttemptAt === null
        ? null
        : (nodes.find((health) => lastAttemptOf(health) === lastAttemptAt)?.latencyMs ?? null),
    waiting: sum(({ waiting }) => waiting),
    underWay: sum(({ underWay }) => underWay),
    sent: sum(({ sent }) => sent),
    failed: sum(({ failed }) => failed),
  };
}

/** `340 ms`, `2.1 s`; null is not known. */
export function latencyWords(latencyMs: number | null): string {
  if (latencyMs === null) return '–';
  return latencyMs < 1_000 ? `${latencyMs} ms` : `${(latencyMs / 1_000).toFixed(1)} s`;
}

/** `empty`, `1 under way, 3 waiting`. */
export function queueWords(underWay: number, waiting: number): string {
  const words = [underWay > 0 ? `${underWay} under way` : '', waiting > 0 ? `${waiting} waiting` : ''].filter(Boolean);
  return words.join(', ') || 'empty';
}
