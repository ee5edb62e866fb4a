/**
 * How grave an alert is, by its label `severity`: a word of the ladder, or one that the rules which come with Prometheus
 * and Kubernetes use for the same. It sorts, counts and colours; who is told at all is the routing tree's to say.
 */
import { type Labels, labelValue } from './labels.ts';

/** `other` is none of the words, or no label at all. */
export type Severity = 'urgent' | 'important' | 'interesting' | 'other';

/** From the gravest. A word that is not known might be somebody's highest, so it stands before what can surely wait. */
export const SEVERITIES: readonly Severity[] = ['urgent', 'important', 'other', 'interesting'];

const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['urgent', 'urgent'],
  ['critical', 'urgent'],
  ['page', 'urgent'],
  ['important', 'important'],
  ['error', 'important'],
  ['warning', 'important'],
  ['warn', 'important'],
  ['interesting', 'interesting'],
  ['info', 'interesting'],
  ['none', 'interesting'],
]);

export function severityOf(labels: Labels): Severity {
  return WORDS.get(labelValue(labels, 'severity').trim().toLowerCase()) ?? 'other';
}

/** For people: of what the ladder does not know, the word of the label itself. */
export function severityWord(severity: Severity, labels: Labels): string {
  return severity === 'other' ? labelValue(labels, 'severity').trim() || severity : severity;
}

/** 0 for the gravest. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
