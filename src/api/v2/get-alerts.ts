/** GET /api/v2/alerts: every firing alert that passes the query, by fingerprint. */
import { type Alert, isResolved } from '../../model/alert.ts';
import { type Matcher, matchesAll } from '../../model/matcher.ts';
import type { Now } from '../../model/now.ts';
import { json } from '../answers.ts';
import { ChunkedText } from '../chunked-text.ts';
import { pacedSort } from '../paced-sort.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { AlertWriter, isSuppressed, type Suppression, suppressionOf } from './alert-json.ts';
import { type MatcherQueryOptions, type ReceiverFilter, readFlag, readMatchers, readReceiverFilter } from './query.ts';

export interface AlertQuery {
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
  readonly filters: readonly Matcher[];
  /** Undefined: all receivers. */
  readonly receivers: ReceiverFilter | undefined;
}

/** The query, or the 400 that says what is wrong with it. */
export function readAlertQuery(
  context: ApiContext,
  dependencies: ApiParts,
  options: MatcherQueryOptions,
): AlertQuery | Response {
  const filters = readMatchers(context, 'filter', options);
  if (filters instanceof Response) return filters;
  const receivers = readReceiverFilter(context, dependencies.node.config(), options);
  if (receivers instanceof Response) return receivers;
  return {
    active: readFlag(context, 'active'),
    silenced: readFlag(context, 'silenced'),
    inhibited: readFlag(context, 'inhibited'),
    filters,
    receivers,
  };
}

/**
 * The part that needs no look at silences and inhibitors. An alert that has ended is never shown. No stored label is
 * empty, so Alertmanager's own rule for filters on empty values comes to the same as a route's.
 */
export function isCandidate(query: AlertQuery, alert: Alert, now: Now): boolean {
  return !isResolved(alert, now.wallMs) && matchesAll(query.filters, alert.labels);
}

export function wantsStatus(query: AlertQuery, suppression: Suppression): boolean {
  if (!query.active && !isSuppressed(suppression)) return false;
  if (!query.silenced && suppression.silencedBy.length > 0) return false;
  return query.inhibited || suppression.inhibitedBy.length === 0;
}

export async function getAlerts(
  context: ApiContext,
  dependencies: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const query = readAlertQuery(context, dependencies, options);
  if (query instanceof Response) return query;
  const { alerts, dispatcher, readSlices, system } = dependencies;
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));
  const { receivers } = query;

  const found: FoundAlert[] = [];
  // A copy of the references, because the store goes on changing whenever this stands aside.
  for (const alert of [...alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (!isCandidate(query, alert, now)) continue;
    const takenBy = dispatcher.receiversOf(alert);
    if (receivers === undefined || takenBy.some(receivers)) found.push({ alert, receivers: takenBy });
  }

  const writer = new AlertWriter();
  const body = new ChunkedText();
  let separator = '[';
  for (const { alert, receivers: takenBy } of await pacedSort(found, compareFingerprints, pacer)) {
    if (pacer.isDue()) await pacer.pause();
    const suppression = suppressionOf(alert, now, dependencies);
    if (!wantsStatus(query, suppression)) continue;
    body.append(separator + writer.write(alert, takenBy, suppression));
    separator = ',';
  }
  body.append(separator === '[' ? '[]' : ']');
  return json(200, body.bytes());
}

interface FoundAlert {
  readonly alert: Alert;
  readonly receivers: readonly string[];
}

/** Fingerprints are all of one length and alphabet, so comparing units is comparing bytes. */
function compareFingerprints(a: FoundAlert, b: FoundAlert): number {
  return a.alert.fingerprint < b.alert.fingerprint ? -1 : 1;
}
