/**
 * The stages that take alerts out of a flush: inhibition, time intervals, silences. A firing alert that is muted is
 * dropped; a resolved one stays, marked, because its "resolved" is owed to whoever was told that it fires.
 */

import type { Alert } from '../model/alert.ts';
import type { Now } from '../model/now.ts';
import type { TimeInterval } from '../model/time-interval.ts';
import { anyContains } from '../model/time-interval.ts';
import type { Flush, FlushAlert, FlushRoute, Stage, Stop } from './flush.ts';

export type SuppressionReason = 'inhibition' | 'silence' | 'mute_time_interval' | 'active_time_interval';

/** What a stage held back, and what made it. */
export interface Mute {
  readonly reason: SuppressionReason;
  /** Ids of silences, fingerprints, or names of intervals. */
  readonly by: readonly string[];
  readonly alerts: readonly Alert[];
}

export type OnSuppressed = (mute: Mute) => void;

/** Drops the firing alerts that something mutes, by `mutedBy`, and marks the resolved ones. */
export function muteStage(
  reason: SuppressionReason,
  mutedBy: (alert: Alert, now: Now) => readonly string[],
  onSuppressed: OnSuppressed,
): Stage {
  return (flush) => {
    const alerts: FlushAlert[] = [];
    const suppressed: Alert[] = [];
    const by = new Set<string>();
    for (const entry of flush.alerts) {
      const muting = mutedBy(entry.alert, flush.now);
      if (muting.length === 0) alerts.push(entry);
      else if (entry.status === 'resolved') alerts.push({ ...entry, isMuted: true });
      else {
        suppressed.push(entry.alert);
        for (const each of muting) by.add(each);
      }
    }
    if (suppressed.length > 0) onSuppressed({ reason, by: [...by], alerts: suppressed });
    if (alerts.length === 0) return { stop: 'nothing left', by: [reason] };
    return { ...flush, alerts };
  };
}

/** Holds the whole flush back, resolved alerts too, while the route is muted or not active. */
export function timeIntervalStage(
  timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>,
  onSuppressed: OnSuppressed,
): Stage {
  return (flush) => {
    const held = heldByTimeIntervals(flush.route, timeIntervals, flush.now);
    if (!held) return flush;
    const reason = held.stop === 'inside mute_time_intervals' ? 'mute_time_interval' : 'active_time_interval';
    onSuppressed({ reason, by: held.by, alerts: flush.alerts.map(({ alert }) => alert) });
    return held;
  };
}

/**
 * Pure. Outside all active intervals the route is muted by all their names; inside mute intervals by the names of those.
 * Unknown names were refused when the configuration was loaded.
 */
export function heldByTimeIntervals(
  route: Pick<FlushRoute, 'muteTimeIntervals' | 'activeTimeIntervals'>,
  timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>,
  now: Now,
): Stop | undefined {
  const contains = (name: string) => anyContains(timeIntervals.get(name) ?? [], now.wallMs);
  if (route.activeTimeIntervals.length > 0 && !route.activeTimeIntervals.some(contains)) {
    return { stop: 'outside active_time_intervals', by: route.activeTimeIntervals };
  }
  const muting = route.muteTimeIntervals.filter(contains);
  return muting.length > 0 ? { stop: 'inside mute_time_intervals', by: muting } : undefined;
}

/** The flush as it would be if the pipeline had run now: what is asked again before each retry. */
export function rerun(stages: readonly Stage[], flush: Flush): Flush | Stop {
  let current: Flush | Stop = flush;
  for (const stage of stages) {
    if ('stop' in current) return current;
    current = stage(current);
  }
  return current;
}
