/**
 * The rows of a timeline: attempts that failed in the same way, one after the other, are one row that says how often and since
 * when, so that an evening without a mail server does not hide what else happened. Pure.
 */
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import type { HistoryEntry } from '../../../../src/shapes/history.ts';

export interface TimelineRow {
  /** The latest of those it stands for. */
  readonly event: HappenedEvent;
  readonly nodes: readonly string[];
  readonly count: number;
  /** Of the earliest. */
  readonly since: string;
}

/** What a node did before somebody was told: of use to who looks for why it took so long, and noise for everybody else. */
export function isPreparation(event: HappenedEvent): boolean {
  return event.kind === 'turn';
}

/** Takes entries as history gives them, the latest first, and keeps that order. */
export function timelineRows(entries: readonly HistoryEntry[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  /** Where in `rows` a failure stands, as long as nothing but failures follow. */
  let failures = new Map<string, number>();
  for (const { event, nodes } of entries) {
    const sameness = samenessOf(event);
    const known = sameness === undefined ? undefined : failures.get(sameness);
    const row = known === undefined ? undefined : rows[known];
    if (known !== undefined && row !== undefined) {
      const all = [...new Set([...row.nodes, ...nodes])];
      rows[known] = { ...row, nodes: all, count: row.count + 1, since: event.at };
      continue;
    }
    if (sameness === undefined) failures = new Map();
    else failures.set(sameness, rows.length);
    rows.push({ event, nodes, count: 1, since: event.at });
  }
  return rows;
}

function samenessOf(event: HappenedEvent): string | undefined {
  if (event.kind !== 'notification' || event.outcome === 'sent') return undefined;
  const { node, receiver, integration, index, outcome, message } = event;
  return JSON.stringify([node, receiver, integration, index, outcome, message]);
}
