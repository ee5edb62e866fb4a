/**
 * An entry of the history as a row of a table (RFC 4180). Labels and messages are foreign, and a spreadsheet would take what
 * begins like a formula for one: such a cell gets an apostrophe in front.
 */
import { formatLabels } from '../../model/labels.ts';
import type { HappenedEvent } from '../../shapes/events.ts';
import type { HistoryEntry } from '../../shapes/history.ts';

const COLUMNS = [
  'at',
  'nodes',
  'kind',
  'what',
  'labels',
  'receiver',
  'integration',
  'outcome',
  'reason',
  'message',
  'by',
  'alerts',
  'id',
] as const;

export const CSV_HEAD = rowOf([...COLUMNS]);

export function csvRow({ event, nodes }: HistoryEntry): string {
  const cells: Partial<Record<(typeof COLUMNS)[number], string>> = {
    at: event.at,
    nodes: nodes.join(' '),
    kind: event.kind,
    what: 'change' in event ? event.change : 'decision' in event ? event.decision : '',
    labels:
      'labels' in event ? formatLabels(event.labels) : 'groupLabels' in event ? formatLabels(event.groupLabels) : '',
    receiver: 'receiver' in event ? event.receiver : '',
    integration: 'integration' in event ? event.integration : '',
    outcome: 'outcome' in event ? event.outcome : '',
    reason: 'reason' in event ? event.reason : '',
    message: 'message' in event ? event.message : 'comment' in event ? event.comment : '',
    by: byOf(event),
    alerts: alertsOf(event),
    id: event.id,
  };
  return rowOf(COLUMNS.map((column) => cells[column] ?? ''));
}

function byOf(event: HappenedEvent): string {
  if (event.kind === 'alert') return event.from;
  if (event.kind === 'member') return event.member;
  if (event.kind === 'mute') return event.by.join(' ');
  return event.kind === 'silence' ? event.by : '';
}

function alertsOf(event: HappenedEvent): string {
  if (event.kind === 'alert') return event.fingerprint;
  if (event.kind === 'notification') return `${event.firing} firing, ${event.resolved} resolved`;
  if (event.kind === 'mute') return String(event.alerts);
  if (event.kind === 'silence') return event.matchers.join(' ');
  if (event.kind === 'gap') return `${event.events} events`;
  if (event.kind !== 'count') return '';
  return Object.entries(event.firing)
    .map(([severity, number]) => `${number} ${severity}`)
    .join(', ');
}

function rowOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(text: string): string {
  const harmless = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
