/** What happened to an alert together with what happened to its groups, in one order. Pure. */
import type { HistoryAnswer, HistoryEntry } from '../../../../src/shapes/history.ts';

/**
 * The latest first, each event once. Where the alert's own history is only known down to some instant, that of the groups is
 * cut off there, too: it would look as if nothing else had happened before.
 */
export function mergedHistory(
  own: HistoryAnswer,
  others: readonly (HistoryAnswer | undefined)[],
): readonly HistoryEntry[] {
  const lastKnown = own.entries.at(-1);
  const downToMs =
    own.next === null || lastKnown === undefined ? Number.NEGATIVE_INFINITY : Date.parse(lastKnown.event.at);
  const byId = new Map(own.entries.map((entry) => [entry.event.id, entry]));
  for (const entry of others.flatMap((answer) => answer?.entries ?? [])) {
    if (Date.parse(entry.event.at) >= downToMs && !byId.has(entry.event.id)) byId.set(entry.event.id, entry);
  }
  return [...byId.values()].toSorted((a, b) => Date.parse(b.event.at) - Date.parse(a.event.at));
}
