/** What can be wrong with a node itself, in words for whoever is told. */
import type { Condition } from './self-alerts.ts';

export const STORAGE_FAILING = 'TocsinStorageFailing';

export function storageFailing(cause: unknown): Condition {
  return {
    alertname: STORAGE_FAILING,
    severity: 'important',
    summary: 'The disk of this Tocsin node does not take writes',
    description: `Alerts are still accepted and pages still go out, but a restart would forget the latest of them. Free space or repair the disk under --storage.path. The error: ${messageOf(cause)}`,
  };
}

export const WEB_CONFIG_BROKEN = 'TocsinWebConfigBroken';

export function webConfigBroken(problem: string): Condition {
  return {
    alertname: WEB_CONFIG_BROKEN,
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

function messageOf(cause: unknown): string {
  const parts: string[] = [];
  for (let error = cause; error instanceof Error; error = error.cause) parts.push(error.message);
  return parts.length > 0 ? parts.join(': ') : String(cause);
}
