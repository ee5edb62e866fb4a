/** One group as API v3 shows it. Made only of groups that are on the page. */
import { compareForNotification } from '../../model/alert.ts';
import { compareText, type Labels, labelNames, labelValue } from '../../model/labels.ts';
import type { Now } from '../../model/now.ts';
import { severityRank } from '../../model/severity.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { GroupNotification, GroupSummary, ListedAlert } from '../../shapes/groups.ts';
import type { ApiFiring, ApiPlaceState } from '../dependencies.ts';
import { pacedFirst } from '../paced-sort.ts';
import type { Pacer } from '../pacer.ts';
import type { FoundGroup, SeenAlert } from './firing.ts';
import { listAlert } from './listed-alert.ts';

const MOST_SILENCES_SHOWN = 20;

export interface Showing {
  readonly firing: Pick<ApiFiring, 'alert'>;
  readonly now: Now;
  readonly pacer: Pacer;
}

export async function summaryOf(found: FoundGroup, showing: Showing): Promise<GroupSummary> {
  const { group, members, counts, sinceMs, latestMs, severity } = found;
  const common = await commonOf(found, showing);
  return {
    id: group.id,
    groupKey: group.key,
    labels: group.labels,
    receiver: group.receiver,
    severity,
    alerts: counts,
    since: formatApiTimestamp(sinceMs),
    latest: formatApiTimestamp(latestMs),
    commonLabels: common.labels,
    commonAnnotations: common.annotations,
    mutedBy: [...group.mutedBy],
    silencedBy: await silencesOf(members, showing.pacer),
    notifications: group.places().map(shownPlace),
    nextFlushAt: formatApiTimestamp(group.nextFlushMs),
  };
}

/** `count` of the alerts from `offset`: the gravest first, of those in the order in which they are told. */
export async function listMembers(
  { group, members }: Pick<FoundGroup, 'group' | 'members'>,
  { offset, count }: { readonly offset: number; readonly count: number },
  { now, pacer }: Pick<Showing, 'now' | 'pacer'>,
): Promise<ListedAlert[]> {
  if (count === 0) return [];
  const isMuted = group.mutedBy.length > 0;
  const first = await pacedFirst(members, { count: offset + count, compare: compareMembers }, pacer);
  return first.slice(offset).map(({ alert, suppression }) => listAlert(alert, { suppression, isMuted }, now));
}

function compareMembers(a: SeenAlert, b: SeenAlert): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    compareForNotification(a.alert, b.alert) ||
    (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1)
  );
}

/** Of all alerts of the group, also those the query does not show: its name does not change with a filter. */
async function commonOf(
  { group }: FoundGroup,
  { firing, pacer }: Showing,
): Promise<{ labels: Labels; annotations: Labels }> {
  let labels: Map<string, string> | undefined;
  let annotations: Map<string, string> | undefined;
  for (const fingerprint of [...group.fingerprints]) {
    if (pacer.isDue()) await pacer.pause();
    const alert = firing.alert(fingerprint);
    if (alert === undefined) continue;
    labels = keepCommon(labels, alert.labels);
    annotations = keepCommon(annotations, alert.annotations);
    if (labels.size === 0 && annotations.size === 0) break;
  }
  for (const name of labelNames(group.labels)) labels?.delete(name);
  return { labels: Object.fromEntries(labels ?? []), annotations: Object.fromEntries(annotations ?? []) };
}

function keepCommon(common: Map<string, string> | undefined, labels: Labels): Map<string, string> {
  if (common === undefined) return new Map(labelNames(labels).map((name) => [name, labelValue(labels, name)]));
  for (const [name, value] of common) {
    if (!Object.hasOwn(labels, name) || labels[name] !== value) common.delete(name);
  }
  return common;
}

async function silencesOf(members: readonly SeenAlert[], pacer: Pacer): Promise<string[]> {
  const ids = new Set<string>();
  for (const { suppression } of members) {
    if (pacer.isDue()) await pacer.pause();
    for (const id of suppression.silencedBy) ids.add(id);
  }
  return [...ids].sort(compareText).slice(0, MOST_SILENCES_SHOWN);
}

function shownPlace({ integration, index, state, atMs, node, message }: ApiPlaceState): GroupNotification {
  const at = atMs === undefined ? null : formatApiTimestamp(atMs);
  return { integration, index, state, at, node: node ?? null, message };
}
