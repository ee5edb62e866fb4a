/**
 * Times in a node's sentences are in UTC, since a node does not know its reader's zone: here they become the reader's own, as
 * all other times on the page are.
 */
import { shortInstantText } from './instant.ts';

const IN_UTC = /(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC/g;

/** `nowMs`: when it was said. A time without a date is of that day in UTC. */
export function localTimes(text: string, nowMs: number): string {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return text.replace(IN_UTC, (found, day: string | undefined, time: string) => {
    const instantMs = Date.parse(`${day ?? today}T${time}Z`);
    return Number.isNaN(instantMs) ? found : shortInstantText(instantMs, nowMs);
  });
}
