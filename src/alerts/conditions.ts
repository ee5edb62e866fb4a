/** What can be wrong with a node or its cluster, in words for whoever is told. */
import type { Labels } from '../model/labels.ts';
import type { Condition } from './self-alerts.ts';

export function storageFailing(cause: unknown): Condition {
  return {
    alertname: 'TocsinStorageFailing',
    severity: 'important',
    summary: 'The disk of this Tocsin node does not take writes',
    description: `Alerts are still accepted and pages still go out, but a restart would forget the latest of them. Free space or repair the disk under --storage.path. The error: ${messageOf(cause)}`,
  };
}

export function webConfigBroken(problem: string): Condition {
  return {
    alertname: 'TocsinWebConfigBroken',
    severity: 'important',
    summary: 'This Tocsin node cannot use its web configuration any more',
    description: `The former one stays in force: former passwords still count, and former certificates are shown until they expire. Correct the file; it is read again by itself. The mistakes: ${problem}`,
  };
}

export function storeDamaged({
  movedTo,
  repaired,
  message,
}: {
  movedTo: string;
  repaired: boolean;
  message: string;
}): Condition {
  const outcome = repaired
    ? 'A repaired copy is in use; some silences, alerts or log entries may be missing.'
    : 'It could not be repaired, so the node began with an empty store: check that your silences still stand.';
  return {
    alertname: 'TocsinStoreDamaged',
    severity: 'important',
    summary: 'This Tocsin node found its store damaged when it started',
    description: `${outcome} The damaged store is kept in ${movedTo}. This alert ends with the next restart. The error: ${message}`,
  };
}

/** Said by whichever node comes first, so it says whom it is about. */
export type ClusterCondition = Condition & { readonly about: Labels };

/** One for the whole cluster. `told` are the configurations, each with the names of those who have it. */
export function configDiffers(told: ReadonlyMap<string, readonly string[]>): ClusterCondition {
  const sides = [...told].map(([hash, names]) => `${names.join(', ')} (${hash.slice(0, 12)})`);
  return {
    alertname: 'TocsinConfigDiffers',
    severity: 'important',
    about: {},
    summary: 'Members of this Tocsin cluster have different configurations',
    description: `They may tell different people, or tell twice. Give all the same configuration and reload them. They differ as follows: ${sides.join(' / ')}`,
  };
}

export interface MemberConcerned {
  readonly id: string;
  readonly name: string | undefined;
}

export function memberCloned({ id, name = id }: MemberConcerned): ClusterCondition {
  return {
    alertname: 'TocsinMemberCloned',
    severity: 'urgent',
    // Two processes, and so perhaps two names.
    about: { instance: id, member: id },
    summary: `Two Tocsin nodes run as the same member ${name}`,
    description: `Somebody has copied a data directory, key and all. The others cannot tell the two apart, and both may tell the same. Stop one of them, delete its data directory and start it again. The id of both: ${id}`,
  };
}

export function clockWrong({ id, name = id }: MemberConcerned, offsetMs: number): ClusterCondition {
  const seconds = Math.abs(offsetMs / 1_000).toFixed(0);
  return {
    alertname: 'TocsinClockWrong',
    severity: 'important',
    about: { instance: name, member: id },
    summary: `The clock of the Tocsin node ${name} is wrong`,
    description: `It is ${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} the cluster’s, which is the median of all. The node goes by the cluster’s clock while it has peers; alone it would end silences too ${offsetMs > 0 ? 'early' : 'late'}. Look at its time synchronisation.`,
  };
}

function messageOf(cause: unknown): string {
  const parts: string[] = [];
  for (let error = cause; error instanceof Error; error = error.cause) parts.push(error.message);
  return parts.length > 0 ? parts.join(': ') : String(cause);
}
