/** The word for a severity: of one that the ladder does not know, the word its people use themselves. */
import type { SeverityName } from '../../../src/shapes/terms.ts';

/** `labels` of an alert, or those that all alerts of a group have. */
export function severityWord(severity: SeverityName, labels: Readonly<Record<string, string>> = {}): string {
  if (severity !== 'other' || !Object.hasOwn(labels, 'severity')) return severity;
  return labels.severity?.trim() || severity;
}
