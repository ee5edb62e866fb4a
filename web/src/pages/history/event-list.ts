/**
 * The events on the page: pages of older ones are added below, newer ones above; an event is in the list once, latest first.
 */
import type { HistoryEntry } from '../../../../src/shapes/history.ts';

export interface EventList {
  readonly entries: readonly HistoryEntry[];
  /** The cursor that goes on below; null at the end. */
  readonly next: string | null;
}

interface Page {
  readonly entries: readonly HistoryEntry[];
  readonly next: string | null;
}

export function withOlder(list: EventList, page: Page): EventList {
  return { entries: merged(list.entries, page.entries), next: page.next };
}

/**
 * With the newest page, asked for again. If so much has happened that it does not reach down to what is known, the list
 * begins anew with it: a hole in the middle would look as if nothing had happened then.
 */
export function withNewer(list: EventList, page: Page): EventList {
  const known = new Set(list.entries.map(({ event }) => event.id));
  const reaches = page.next === null || page.entries.some(({ event }) => known.has(event.id));
  if (!reaches) return page;
  return { entries: merged(list.entries, page.entries), next: list.entries.length === 0 ? page.next : list.next };
}

/** How many of `list` are not in `shown`. */
export function newEvents(list: EventList, shown: EventList): number {
  const known = new Set(shown.entries.map(({ event }) => event.id));
  return list.entries.filter(({ event }) => !known.has(event.id)).length;
}

/** The later word on an event counts: more nodes may have noted it meanwhile. */
function merged(known: readonly HistoryEntry[], heard: readonly HistoryEntry[]): HistoryEntry[] {
  const byId = new Map(known.map((entry) => [entry.event.id, entry]));
  for (const entry of heard) byId.set(entry.event.id, entry);
  return [...byId.values()].toSorted(
    (a, b) => Date.parse(b.event.at) - Date.parse(a.event.at) || (a.event.id < b.event.id ? 1 : -1),
  );
}

export interface Day {
  /** The local date, as `2026-03-02`. */
  readonly date: string;
  readonly entries: readonly HistoryEntry[];
}

/** By local day, in the order given. `timeZone` is the reader's own unless given. */
export function byDay(entries: readonly HistoryEntry[], timeZone?: string): Day[] {
  const dateOf = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone });
  const days = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const date = dateOf.format(Date.parse(entry.event.at));
    const day = days.get(date);
    if (day) day.push(entry);
    else days.set(date, [entry]);
  }
  return [...days].map(([date, ofDay]) => ({ date, entries: ofDay }));
}
