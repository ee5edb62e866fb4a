/** What a merge means for those who watch alerts, for the disk and for the peers. Pure. */
import { type Alert, isResolved } from '../model/alert.ts';
import { sameLabels } from '../model/labels.ts';
import type { Now } from '../model/now.ts';
import { isEndedByWord, LEASE_JITTER_MS } from './lease.ts';

export type AlertChange = 'new' | 'ended' | 'firing again';

export function changeOf(before: Alert | undefined, after: Alert, now: Now): AlertChange | undefined {
  const ended = isResolved(after, now.wallMs);
  if (!before) return ended ? 'ended' : 'new';
  // Once over, it is over, even if the wall clock was set back since.
  const wasOver = isResolved(before, now.wallMs) || before.endsAtMs <= before.updatedAtMs;
  if (wasOver === ended) return undefined;
  return ended ? 'ended' : 'firing again';
}

/**
 * Whether a checker has now said that it is over, or that it is not. It may be no {@link changeOf}: of an alert that had run
 * out, the word is news for peers only.
 */
export function isOtherState(before: Alert, after: Alert): boolean {
  return isEndedByWord(before) !== isEndedByWord(after);
}

/** Whether both say the same to whoever reads them. */
export function sameWords(a: Alert, b: Alert): boolean {
  return (
    a.startsAtMs === b.startsAtMs &&
    a.generatorURL === b.generatorURL &&
    (a.annotations === b.annotations || sameLabels(a.annotations, b.annotations))
  );
}

/** Whether a restart may as well begin from `stored`: nothing but the instants of a refresh differs. */
export function samePromise(stored: Alert, merged: Alert): boolean {
  return (
    stored.timeout === merged.timeout &&
    Math.abs(stored.endsAtMs - stored.updatedAtMs - (merged.endsAtMs - merged.updatedAtMs)) < LEASE_JITTER_MS &&
    sameWords(stored, merged)
  );
}
