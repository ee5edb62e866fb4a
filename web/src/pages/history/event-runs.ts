/**
 * Attempts that fail again and again, and whose turn it is meanwhile, fill pages and hide the rest. Those of one message are
 * folded into a line for each ten minutes, which stands where the latest of them does; nothing is left out of it.
 */
import type { HistoryEntry } from '../../../../src/shapes/history.ts';

export interface Run {
  /** Of the line: the latest attempt that failed, or the latest of all. */
  readonly shown: HistoryEntry;
  /** All of them, latest first; one for what is not folded. */
  readonly entries: readonly HistoryEntry[];
}

const FOLD_MS = 600_000;
/** Fewer are shown as they are. */
const FEWEST_FOLDED = 3;

/** `entries` are latest first. */
export function runsOf(entries: readonly HistoryEntry[]): Run[] {
  const folds = Map.groupBy(entries, foldOf);
  const seen = new Set<string>();
  const runs: Run[] = [];
  for (const entry of entries) {
    const fold = foldOf(entry);
    const all = folds.get(fold) ?? [];
    if (fold === undefined || all.length < FEWEST_FOLDED) runs.push({ shown: entry, entries: [entry] });
    else if (!seen.has(fold)) {
      seen.add(fold);
      runs.push({ shown: all.find(({ event }) => event.kind === 'notification') ?? entry, entries: all });
    }
  }
  return runs;
}

/** What it is folded with; undefined if it always has its own line. */
function foldOf({ event }: HistoryEntry): string | undefined {
  const isFolded = event.kind === 'turn' || (event.kind === 'notification' && event.outcome !== 'sent');
  if (!isFolded) return undefined;
  const span = Math.floor(Date.parse(event.at) / FOLD_MS);
  return JSON.stringify([span, event.groupId, event.receiver, event.integration]);
}
