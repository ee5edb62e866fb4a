/**
 * What the history page shows, as one value: it is read from the URL's query and written to it, so that every view can be
 * linked to, and turned into what the API is asked. Nonsense in a URL is left out, never an error.
 */
import type { EventKind, HappenedEvent } from '../../../../src/shapes/events.ts';

type Outcome = Extract<HappenedEvent, { kind: 'notification' }>['outcome'];
/** What a place in the UI, or a question to the API, has after its `?`. */
export type WrittenQuery = Record<string, string | readonly string[] | undefined>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const RANGES = [
  { name: '1h', words: '1 hour', lengthMs: HOUR_MS },
  { name: '24h', words: '24 hours', lengthMs: DAY_MS },
  { name: '7d', words: '7 days', lengthMs: 7 * DAY_MS },
  { name: '30d', words: '30 days', lengthMs: 30 * DAY_MS },
] as const;
export type RangeName = (typeof RANGES)[number]['name'];
const DEFAULT_RANGE: RangeName = '24h';

/** In the order they are offered; counts are on the chart and are not listed. */
export const LISTED_KINDS: readonly EventKind[] = [
  'notification',
  'alert',
  'mute',
  'silence',
  'turn',
  'group',
  'configuration',
  'member',
  'node',
  'gap',
];
export const OUTCOMES: readonly Outcome[] = ['sent', 'refused', 'unknown'];

/** A range up to now, or one that stands still; either end of the latter may be open. */
export type Span =
  | { readonly range: RangeName }
  | { readonly fromMs: number | undefined; readonly toMs: number | undefined };

export interface HistoryView {
  readonly span: Span;
  readonly kinds: readonly EventKind[];
  readonly outcomes: readonly Outcome[];
  readonly receivers: readonly string[];
  readonly nodes: readonly string[];
  /** Matchers, as they are written. */
  readonly filters: readonly string[];
  readonly fingerprint: string | undefined;
  readonly group: string | undefined;
  readonly text: string;
}

export function readHistoryView(query: URLSearchParams): HistoryView {
  const all = (name: string) => [...new Set(query.getAll(name).filter((value) => value !== ''))];
  return {
    span: readSpan(query),
    kinds: LISTED_KINDS.filter((kind) => query.getAll('kind').includes(kind)),
    outcomes: OUTCOMES.filter((outcome) => query.getAll('outcome').includes(outcome)),
    receivers: all('receiver'),
    nodes: all('node'),
    filters: all('filter'),
    fingerprint: query.get('fingerprint') || undefined,
    group: query.get('group') || undefined,
    text: query.get('q') ?? '',
  };
}

function readSpan(query: URLSearchParams): Span {
  const fromMs = readInstant(query.get('from'));
  const toMs = readInstant(query.get('to'));
  const isPossible = fromMs === undefined || toMs === undefined || fromMs < toMs;
  if ((fromMs !== undefined || toMs !== undefined) && isPossible) return { fromMs, toMs };
  return { range: RANGES.find(({ name }) => name === query.get('range'))?.name ?? DEFAULT_RANGE };
}

function readInstant(text: string | null): number | undefined {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
const some = <Value>(values: readonly Value[]) => (values.length > 0 ? values : undefined);

/** For the URL; what is as it is without a query is left out. */
export function writeHistoryView(view: HistoryView): WrittenQuery {
  const { span } = view;
  const time =
    'range' in span
      ? { range: span.range === DEFAULT_RANGE ? undefined : span.range }
      : { from: instant(span.fromMs), to: instant(span.toMs) };
  return { ...time, ...writeFilters(view) };
}

function writeFilters(view: HistoryView): WrittenQuery {
  return {
    kind: some(view.kinds),
    outcome: some(view.outcomes),
    receiver: some(view.receivers),
    node: some(view.nodes),
    filter: some(view.filters),
    fingerprint: view.fingerprint,
    group: view.group,
    q: view.text || undefined,
  };
}

/** Both ends of what is looked at. An open end is now, an open beginning 30 days before the end. */
export function spanEnds(span: Span, nowMs: number): { fromMs: number; toMs: number } {
  if ('range' in span) {
    const lengthMs = RANGES.find(({ name }) => name === span.range)?.lengthMs ?? DAY_MS;
    return { fromMs: nowMs - lengthMs, toMs: nowMs };
  }
  const toMs = span.toMs ?? Math.max(nowMs, span.fromMs ?? 0);
  return { fromMs: span.fromMs ?? toMs - 30 * DAY_MS, toMs };
}

/** Whether new events can still fall into it. */
export function endsNow(span: Span, nowMs: number): boolean {
  return 'range' in span || span.toMs === undefined || span.toMs > nowMs;
}

/** What `/api/v3/history` and its export are asked. A range is fixed at `nowMs`, but stays open at its end. */
export function historyQuery(view: HistoryView, nowMs: number): WrittenQuery {
  const { span } = view;
  const { fromMs } = spanEnds(span, nowMs);
  const to = 'range' in span ? undefined : instant(span.toMs);
  return {
    from: 'range' in span || span.fromMs !== undefined ? instant(fromMs) : undefined,
    to,
    ...writeFilters(view),
  };
}

/** What `/api/v3/history/chart` is asked: it wants both ends. */
export function chartQuery(view: HistoryView, nowMs: number, points: number): WrittenQuery {
  const { fromMs, toMs } = spanEnds(view.span, nowMs);
  return { from: instant(fromMs), to: instant(toMs), points: String(points), ...writeFilters(view) };
}

/** Whether anything but the time is narrowed down. */
export function isFiltered(view: HistoryView): boolean {
  return Object.values(writeFilters(view)).some((value) => value !== undefined);
}

export const UNFILTERED = {
  kinds: [],
  outcomes: [],
  receivers: [],
  nodes: [],
  filters: [],
  fingerprint: undefined,
  group: undefined,
  text: '',
} as const satisfies Omit<HistoryView, 'span'>;
