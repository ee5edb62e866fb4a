/** What a chart of the past is drawn from, of one node, and of several put together. */
import type { HistoryQuery } from '../model/history-query.ts';
import { eventMatch } from './event-match.ts';
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
  const within = { fromMs, toMs: fromMs + points * stepMs - 1 };
  const pointOf = (atMs: number) => Math.min(points - 1, Math.max(0, Math.floor((atMs - fromMs) / stepMs)));
  const add = (counted: number[], point: number, number: number) => {
    counted[point] = (counted[point] ?? 0) + number;
  };
  const told = { ...query, ...within, kinds: ['notification'] };
  const matches = eventMatch(told);
  const isFiltered = !isForAll(query);
  const isWhole = await reader.eachRecord(told, {
    pace,
    // What a record sums up is of half a second.
    onRecord(head, events) {
      const point = pointOf(head.toMs);
      firing[point] = most(firing[point] ?? null, head.firing ?? null);
      if (!isFiltered) {
        add(sent, point, head.sent ?? 0);
        add(failed, point, head.failed ?? 0);
      } else if (head.kinds.includes('notification')) {
        for (const event of events()) {
          const atMs = Date.parse(event.at);
          if (event.kind === 'notification' && matches(event, atMs)) {
            add(event.outcome === 'sent' ? sent : failed, pointOf(atMs), 1);
          }
        }
      }
    },
  });
  return { firing, sent, failed, isWhole };
}

/** Whether the query leaves no notification out. */
function isForAll({ receivers, nodes, outcomes, matchers, fingerprint, group, text }: HistoryQuery): boolean {
  const lists = [receivers, nodes, outcomes, matchers];
  return lists.every(({ length }) => length === 0) && fingerprint === undefined && group === undefined && text === '';
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
