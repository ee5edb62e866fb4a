/**
 * A document of a size that a mailbox takes and a phone shows. A storm of thousands of alerts is told as a digest: the first
 * in full, firing ones first, then the titles of the next, then their number.
 */
import type { Document } from '../wording/document.ts';

export interface BoundedDocument {
  /** With those alerts that are told in full. */
  readonly document: Document;
  readonly omitted: { readonly count: number; readonly titles: readonly string[] };
}

const MOST_TITLES = 1000;

/** @param mostAlerts told in full */
export function boundDocument(document: Document, mostAlerts: number): BoundedDocument {
  let left = mostAlerts;
  const rest: string[] = [];
  let count = 0;
  const sections = document.sections.map((section) => {
    const alerts = section.alerts.slice(0, left);
    left -= alerts.length;
    const omitted = section.alerts.slice(alerts.length);
    count += omitted.length;
    rest.push(...omitted.slice(0, MOST_TITLES).map(({ title, status }) => `${title} (${status})`));
    return { ...section, alerts };
  });
  // The headings stay: they say how many alerts there are, and not how many are shown.
  return { document: { ...document, sections }, omitted: { count, titles: rest.slice(0, MOST_TITLES) } };
}
