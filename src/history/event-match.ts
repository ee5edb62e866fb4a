/** Which events a query asks for. */
import type { HistoryQuery } from '../model/history-query.ts';
import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { EventKind, HappenedEvent } from '../shapes/events.ts';

/** Made once for a query, then asked for each event. */
export function eventMatch(query: HistoryQuery): (event: HappenedEvent, atMs: number) => boolean {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, matchers, fingerprint, group } = query;
  const kinds = new Set<string>(query.kinds);
  const receivers = new Set(query.receivers);
  const nodes = new Set(query.nodes);
  const outcomes = new Set<string>(query.outcomes);
  const text = query.text.toLowerCase();
  return (event, atMs) => {
    if (atMs < fromMs || atMs > toMs || !isOfKind(event.kind, kinds)) return false;
    if (nodes.size > 0 && !nodes.has(event.node)) return false;
    if (receivers.size > 0 && !('receiver' in event && receivers.has(event.receiver))) return false;
    if (outcomes.size > 0 && !('outcome' in event && outcomes.has(event.outcome))) return false;
    if (group !== undefined && !('groupId' in event && event.groupId === group)) return false;
    if (fingerprint !== undefined && !concerns(event, fingerprint)) return false;
    if (matchers.length > 0) {
      const labels = labelsOf(event);
      if (labels === undefined || !matchesAll(matchers, labels)) return false;
    }
    return text === '' || JSON.stringify(event).toLowerCase().includes(text);
  };
}

export function isOfKind(kind: EventKind | string, kinds: ReadonlySet<string>): boolean {
  return kinds.size === 0 ? kind !== 'count' : kinds.has(kind);
}

function concerns(event: HappenedEvent, fingerprint: string): boolean {
  if ('fingerprint' in event) return event.fingerprint === fingerprint;
  return 'fingerprints' in event && event.fingerprints.includes(fingerprint);
}

function labelsOf(event: HappenedEvent): Labels | undefined {
  if ('labels' in event) return event.labels;
  return 'groupLabels' in event ? event.groupLabels : undefined;
}
