/**
 * What fires, as the lists of API v3 choose from it: every alert is looked at once, however many groups hold it, and
 * counted by what it would be counted as, so that a filter's choices can say how much each would show. Stands aside while
 * it works; nothing is written here, since only a page of it is.
 */
import { type Alert, isResolved } from '../../model/alert.ts';
import { type Matcher, matchesAll } from '../../model/matcher.ts';
import type { Now } from '../../model/now.ts';
import { SEVERITIES, type Severity, severityOf, severityRank } from '../../model/severity.ts';
import { type AlertStateName, alertState } from '../../shapes/groups.ts';
import type { ApiFiringGroup } from '../dependencies.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';
import { type Suppression, suppressionOf } from '../v2/alert-json.ts';
import { alertStateOf } from './listed-alert.ts';

export interface FiringQuery {
  readonly filters: readonly Matcher[];
  /** Undefined: any text will do. */
  readonly fitsText?: ((alert: Alert) => boolean) | undefined;
  readonly states: ReadonlySet<AlertStateName>;
  readonly severities: ReadonlySet<Severity>;
  /** Exact names; undefined for all. */
  readonly receivers: ReadonlySet<string> | undefined;
}

export const EVERYTHING: FiringQuery = {
  filters: [],
  states: new Set(alertState.options),
  severities: new Set(SEVERITIES),
  receivers: undefined,
};

export type StateCounts = Record<AlertStateName, number>;
export type SeverityCounts = Record<Severity, number>;

/** An alert that passes the filters. */
export interface SeenAlert {
  readonly alert: Alert;
  readonly severity: Severity;
  readonly suppression: Suppression;
}

export interface FoundGroup {
  readonly group: ApiFiringGroup;
  /** Those that match the whole query, in no order. */
  readonly members: readonly SeenAlert[];
  /** Of those. */
  readonly counts: StateCounts;
  /** Of those that fire, or of all if none does; so is what follows. */
  readonly sinceMs: number;
  readonly latestMs: number;
  /** The gravest. */
  readonly severity: Severity;
}

export interface Found {
  readonly groups: readonly FoundGroup[];
  /** Alerts that match the whole query. */
  readonly alerts: number;
  /** Each of these of alerts that match the query but for this one choice; an alert counts once for each value it has. */
  readonly severities: SeverityCounts;
  readonly states: StateCounts;
  readonly receivers: ReadonlyMap<string, number>;
}

export function noStates(): StateCounts {
  return { active: 0, silenced: 0, inhibited: 0, muted: 0, resolved: 0 };
}

export function noSeverities(): SeverityCounts {
  return { urgent: 0, important: 0, interesting: 0, other: 0 };
}

/** What has been counted of an alert already. */
interface Looked extends SeenAlert {
  /** A bit for each state: an alert may be muted in one group and active in another. */
  countedStates: number;
  isCountedBySeverity: boolean;
  isCounted: boolean;
  /** The receiver it was counted for last; groups are gone through receiver by receiver. */
  countedFor: string | undefined;
}

const STATE_BITS: Readonly<StateCounts> = { active: 1, silenced: 2, inhibited: 4, muted: 8, resolved: 16 };

/** Rejects with the reason of the pacer's signal. */
export async function findFiring(
  parts: Pick<ApiParts, 'firing' | 'silences' | 'inhibitor'>,
  query: FiringQuery,
  { now, pacer }: { readonly now: Now; readonly pacer: Pacer },
): Promise<Found> {
  const looked = new Map<string, Looked | undefined>();
  const look = (fingerprint: string): Looked | undefined => {
    if (looked.has(fingerprint)) return looked.get(fingerprint);
    const seen = lookAt(parts.firing.alert(fingerprint), { parts, query, now });
    looked.set(fingerprint, seen);
    return seen;
  };
  const found = {
    ...{ groups: [] as FoundGroup[], alerts: 0, severities: noSeverities(), states: noStates() },
    receivers: new Map<string, number>(),
  };
  for (const [receiver, groups] of await byReceiver(parts.firing.groups(now), pacer)) {
    const isWantedReceiver = query.receivers?.has(receiver) ?? true;
    let alertsOfReceiver = 0;
    for (const group of groups) {
      const members: SeenAlert[] = [];
      const isMuted = group.mutedBy.length > 0;
      // A copy, because groups go on changing whenever this stands aside.
      for (const fingerprint of [...group.fingerprints]) {
        if (pacer.isDue()) await pacer.pause();
        const seen = look(fingerprint);
        if (seen === undefined) continue;
        const state = alertStateOf(seen.alert, { suppression: seen.suppression, isMuted }, now);
        const isWantedState = query.states.has(state);
        const isWantedSeverity = query.severities.has(seen.severity);
        if (isWantedReceiver && isWantedState && !seen.isCountedBySeverity) {
          seen.isCountedBySeverity = true;
          found.severities[seen.severity]++;
        }
        if (isWantedReceiver && isWantedSeverity && (seen.countedStates & STATE_BITS[state]) === 0) {
          seen.countedStates |= STATE_BITS[state];
          found.states[state]++;
        }
        if (!isWantedState || !isWantedSeverity) continue;
        if (seen.countedFor !== receiver) {
          seen.countedFor = receiver;
          alertsOfReceiver++;
        }
        if (!isWantedReceiver) continue;
        if (!seen.isCounted) {
          seen.isCounted = true;
          found.alerts++;
        }
        members.push(seen);
      }
      if (members.length > 0) found.groups.push(await summed(group, members, { now, pacer }));
    }
    if (alertsOfReceiver > 0) found.receivers.set(receiver, alertsOfReceiver);
  }
  return found;
}

/** Undefined if it is gone, or does not pass the filters: then nobody needs to know what mutes it. */
function lookAt(
  alert: Alert | undefined,
  { parts, query, now }: { parts: Pick<ApiParts, 'silences' | 'inhibitor'>; query: FiringQuery; now: Now },
): Looked | undefined {
  if (alert === undefined || !matchesAll(query.filters, alert.labels)) return undefined;
  if (query.fitsText?.(alert) === false) return undefined;
  return {
    alert,
    severity: severityOf(alert.labels),
    suppression: suppressionOf(alert, now, parts),
    countedStates: 0,
    isCountedBySeverity: false,
    isCounted: false,
    countedFor: undefined,
  };
}

/** Two routes with equal matchers and the same receiver make groups of one name: to people they are one. */
async function byReceiver(
  groups: Iterable<ApiFiringGroup>,
  pacer: Pacer,
): Promise<ReadonlyMap<string, Iterable<ApiFiringGroup>>> {
  const receivers = new Map<string, Map<string, ApiFiringGroup>>();
  for (const group of groups) {
    if (pacer.isDue()) await pacer.pause();
    let known = receivers.get(group.receiver);
    if (known === undefined) {
      known = new Map();
      receivers.set(group.receiver, known);
    }
    const twin = known.get(group.id);
    known.set(group.id, twin === undefined ? group : united(twin, group));
  }
  return new Map([...receivers].map(([receiver, known]) => [receiver, known.values()]));
}

function united(a: ApiFiringGroup, b: ApiFiringGroup): ApiFiringGroup {
  return {
    ...a,
    fingerprints: a.fingerprints.union(b.fingerprints),
    // What is muted on one way only is told on the other.
    mutedBy: a.mutedBy.length === 0 ? a.mutedBy : b.mutedBy,
    nextFlushMs: Math.min(a.nextFlushMs, b.nextFlushMs),
  };
}

async function summed(
  group: ApiFiringGroup,
  members: readonly SeenAlert[],
  { now, pacer }: { readonly now: Now; readonly pacer: Pacer },
): Promise<FoundGroup> {
  const counts = noStates();
  const isMuted = group.mutedBy.length > 0;
  for (const { alert, suppression } of members) {
    if (pacer.isDue()) await pacer.pause();
    counts[alertStateOf(alert, { suppression, isMuted }, now)]++;
  }
  const isOver = counts.resolved === members.length;
  let sinceMs = Number.POSITIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  let gravest = SEVERITIES.length - 1;
  for (const { alert, severity } of members) {
    if (!isOver && isResolved(alert, now.wallMs)) continue;
    sinceMs = Math.min(sinceMs, alert.startsAtMs);
    latestMs = Math.max(latestMs, alert.startsAtMs);
    gravest = Math.min(gravest, severityRank(severity));
  }
  return { group, members, counts, sinceMs, latestMs, severity: SEVERITIES[gravest] ?? 'other' };
}
