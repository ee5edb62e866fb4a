/** One alert as the lists of API v3 show it. */
import { type Alert, isResolved } from '../../model/alert.ts';
import type { Now } from '../../model/now.ts';
import { severityOf, severityRank } from '../../model/severity.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { AlertStateName, ListedAlert } from '../../shapes/groups.ts';
import type { Suppression } from '../v2/alert-json.ts';

/** `isMuted`: by time intervals, in every group that holds it. */
export interface ListedAs {
  readonly suppression: Suppression;
  readonly isMuted: boolean;
}

/** What keeps it quiet, the word of a human first: whoever silenced it looks for that. */
export function alertStateOf(alert: Alert, { suppression, isMuted }: ListedAs, now: Now): AlertStateName {
  if (isResolved(alert, now.wallMs)) return 'resolved';
  if (suppression.silencedBy.length > 0) return 'silenced';
  if (suppression.inhibitedBy.length > 0) return 'inhibited';
  return isMuted ? 'muted' : 'active';
}

export function listAlert(alert: Alert, listedAs: ListedAs, now: Now): ListedAlert {
  const { silencedBy, inhibitedBy } = listedAs.suppression;
  return {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    annotations: alert.annotations,
    generatorURL: alert.generatorURL,
    severity: severityOf(alert.labels),
    state: alertStateOf(alert, listedAs, now),
    // Of the number, not of the text a checker gave it: instants of API v3 are in UTC.
    startsAt: formatApiTimestamp(alert.startsAtMs),
    endsAt: formatApiTimestamp(alert.endsAtMs),
    silencedBy: [...silencedBy],
    inhibitedBy: [...inhibitedBy],
  };
}

/** The gravest first, of those the latest to start, then by fingerprint, so that the order is the same every time. */
export function compareByGravity(a: Alert, b: Alert): number {
  return (
    severityRank(severityOf(a.labels)) - severityRank(severityOf(b.labels)) ||
    b.startsAtMs - a.startsAtMs ||
    (a.fingerprint < b.fingerprint ? -1 : 1)
  );
}
