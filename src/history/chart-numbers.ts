/** What a chart of the past is drawn from, of one node, and of several put together. */
import type { HistoryQuery } from '../model/history-query.ts';
import type { HistoryReader } from './history-reader.ts';
import type { Pace } from './pace.ts';

export const MOST_POINTS = 1_000;

/** Urgent, important, interesting, other. */
type Firing = readonly [number, number, number, number];

/** Each list has one entry a point. */
export interface ChartNumbers {
  /** The most that fired; null where nothing is known. */
  readonly firing: readonly (Firing | null)[];
  readonly sent: readonly number[];
  /** Attempts that did not surely arrive. */
  readonly failed: readonly number[];
  /** Whether there was time to look at all of it. */
  readonly isWhole: boolean;
}

export async function chartNumbers(
  reader: HistoryReader,
  { query, fromMs, stepMs, points }: { query: HistoryQuery; fromMs: number; stepMs: number; points: number },
  pace: Pace,
): Promise<ChartNumbers> {
  const firing = new Array<Firing | null>(points).fill(null);
  const sent = new Array<number>(points).fill(0);
  const failed = new Array<number>(points).fill(0);
  const pointOf = (atMs: number) => Math.floor((atMs - fromMs) / stepMs);
  const within = { fromMs, toMs: fromMs + points * stepMs - 1 };
  // Filters are on what was told; what fired is everything.
  const counts: HistoryQuery = { ...NOTHING_ASKED, ...within, kinds: ['count'], nodes: query.nodes };
  const isWhole = await reader.each(counts, {
    pace,
    onEvent(event, atMs) {
      if (event.kind !== 'count') return;
      const { urgent, important, interesting, other } = event.firing;
      firing[pointOf(atMs)] = most(firing[pointOf(atMs)] ?? null, [urgent, important, interesting, other]);
    },
  });
  const isToldWhole = await reader.each(
    { ...query, ...within, kinds: ['notification'] },
    {
      pace,
      onEvent(event, atMs) {
        if (event.kind !== 'notification') return;
        const counted = event.outcome === 'sent' ? sent : failed;
        counted[pointOf(atMs)] = (counted[pointOf(atMs)] ?? 0) + 1;
      },
    },
  );
  return { firing, sent, failed, isWhole: isWhole && isToldWhole };
}

/** What fired is the most on any node, since all have the same alerts; what was told is the sum. */
export function together(all: readonly ChartNumbers[], points: number): Omit<ChartNumbers, 'isWhole'> {
  const at = Array.from({ length: points }, (_, point) => point);
  const sum = (of: (numbers: ChartNumbers) => readonly number[], point: number) =>
    all.reduce((total, numbers) => total + (of(numbers)[point] ?? 0), 0);
  return {
    firing: at.map((point) => all.reduce<Firing | null>((so, { firing }) => most(so, firing[point] ?? null), null)),
    sent: at.map((point) => sum(({ sent }) => sent, point)),
    failed: at.map((point) => sum(({ failed }) => failed, point)),
  };
}

/** The one with more in all: a point shows what fired together. */
function most(a: Firing | null, b: Firing | null): Firing | null {
  if (a === null || b === null) return a ?? b;
  const total = (firing: Firing) => firing.reduce((sum, number) => sum + number, 0);
  return total(b) > total(a) ? b : a;
}

const NOTHING_ASKED: HistoryQuery = {
  fromMs: undefined,
  toMs: undefined,
  kinds: [],
  receivers: [],
  nodes: [],
  outcomes: [],
  matchers: [],
  fingerprint: undefined,
  group: undefined,
  text: '',
};
