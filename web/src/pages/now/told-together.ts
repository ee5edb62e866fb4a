/**
 * The same alerts, told to several receivers, are one row: a ladder whose routes continue makes a group for each, and whoever
 * is woken by one alert should not see three.
 */
import type { ShownGroup } from '../../../../src/shapes/groups.ts';

export interface ToldTogether extends ShownGroup {
  /** The same alerts for other receivers. */
  readonly others: readonly ShownGroup[];
}

/** In the order of the first of each. */
export function toldTogether(groups: readonly ShownGroup[]): readonly ToldTogether[] {
  const rows = new Map<string, { readonly first: ShownGroup; readonly others: ShownGroup[] }>();
  for (const group of groups) {
    const key = whatIsTold(group);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { first: group, others: [] });
    else row.others.push(group);
  }
  return [...rows.values()].map(({ first, others }) => ({ ...first, others }));
}

/** Groups with all of this in common have the same alerts, or ones that look the same from here. */
function whatIsTold({ labels, commonLabels, since, latest, alerts, severity }: ShownGroup): string {
  const { active, silenced, inhibited, muted, resolved } = alerts;
  // Muted by a time interval is said of the way, not of the alert.
  return JSON.stringify([labels, commonLabels, since, latest, active + muted, silenced, inhibited, resolved, severity]);
}
