/** What a group is called, and how its alerts stand. Pure. */
import type { GroupSummary } from '../../../../src/shapes/groups.ts';

/** `DiskFull · cluster=a`. */
export function groupName(labels: Readonly<Record<string, string>>): string {
  const { alertname, ...rest } = labels;
  const others = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return [alertname, others.join(', ')].filter(Boolean).join(' · ') || 'Everything in one group';
}

/** `3 fire, 2 silenced`. */
export function stateCountWords({ active, silenced, inhibited, muted, resolved }: GroupSummary['alerts']): string {
  const counts = [
    [active, active === 1 ? 'fires' : 'fire'],
    [silenced, 'silenced'],
    [inhibited, 'inhibited'],
    [muted, 'muted at this time'],
    [resolved, 'resolved'],
  ] as const;
  return (
    counts
      .filter(([count]) => count > 0)
      .map(([count, word]) => `${count} ${word}`)
      .join(', ') || 'No alerts'
  );
}
