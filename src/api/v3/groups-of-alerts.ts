/** Which groups hold some given alerts, and which of the alerts time intervals keep quiet. */
import type { Now } from '../../model/now.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';

export interface GroupsOfAlerts {
  /** How many groups hold any of them. */
  readonly groups: number;
  /** Fingerprints of those that are muted in every group that holds them. */
  readonly muted: ReadonlySet<string>;
}

export async function groupsOfAlerts(
  fingerprints: ReadonlySet<string>,
  { dispatcher }: Pick<ApiParts, 'dispatcher'>,
  { now, pacer }: { readonly now: Now; readonly pacer: Pacer },
): Promise<GroupsOfAlerts> {
  const muted = new Set<string>();
  const told = new Set<string>();
  let groups = 0;
  for (const group of fingerprints.size === 0 ? [] : dispatcher.groups(now)) {
    const held = group.mutedBy.length > 0 ? muted : told;
    let holdsAny = false;
    for (const fingerprint of [...group.fingerprints]) {
      if (pacer.isDue()) await pacer.pause();
      if (!fingerprints.has(fingerprint)) continue;
      holdsAny = true;
      held.add(fingerprint);
    }
    if (holdsAny) groups++;
  }
  return { groups, muted: muted.difference(told) };
}
