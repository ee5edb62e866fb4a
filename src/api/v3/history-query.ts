/** What is asked of the history: the parameters that all its answers share. */
import type { HistoryQuery } from '../../model/history-query.ts';
import { parseTimestamp } from '../../model/timestamp.ts';
import { happened, notificationEvent } from '../../shapes/events.ts';
import type { ApiContext } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { problem } from './problem.ts';
import { readFilters, readText } from './query.ts';

const KINDS: readonly string[] = happened.options.map(({ shape }) => shape.kind.value);
const OUTCOMES: readonly string[] = notificationEvent.shape.outcome.options;
const MOST_NAMES = 100;

/** Or the 400 that says which parameter is wrong. */
export function readHistoryQuery(context: ApiContext, options: MatcherQueryOptions): HistoryQuery | Response {
  const from = readInstant(context, 'from');
  if (from instanceof Response) return from;
  const to = readInstant(context, 'to');
  if (to instanceof Response) return to;
  if (from !== undefined && to !== undefined && from > to) return problem(400, 'from is after to; exchange them');
  const matchers = readFilters(context, options);
  if (matchers instanceof Response) return matchers;
  const lists: Record<'kind' | 'outcome' | 'receiver' | 'node', readonly string[]> = {
    kind: [],
    outcome: [],
    receiver: [],
    node: [],
  };
  for (const name of ['kind', 'outcome', 'receiver', 'node'] as const) {
    const list = readList(context, name);
    if (list instanceof Response) return list;
    lists[name] = list;
  }
  return {
    fromMs: from,
    toMs: to,
    kinds: lists.kind,
    receivers: lists.receiver,
    nodes: lists.node,
    outcomes: lists.outcome,
    matchers,
    fingerprint: readText(context, 'fingerprint') || undefined,
    group: readText(context, 'group') || undefined,
    text: readText(context, 'q'),
  };
}

const WORDS = { kind: KINDS, outcome: OUTCOMES, receiver: undefined, node: undefined } as const;

function readList(context: ApiContext, name: keyof typeof WORDS): readonly string[] | Response {
  const given = (context.req.queries(name) ?? []).filter((text) => text !== '');
  if (given.length > MOST_NAMES)
    return problem(400, `${given.length} times ${name} is too much; give ${MOST_NAMES} at most`);
  const words = WORDS[name];
  const unknown = words && given.find((text) => !words.includes(text));
  if (words === undefined || unknown === undefined) return given;
  return problem(400, `${name} must be one of ${words.join(', ')}, not ${JSON.stringify(unknown.slice(0, 64))}`);
}

function readInstant(context: ApiContext, name: 'from' | 'to'): number | undefined | Response {
  const text = readText(context, name);
  if (text === '') return undefined;
  const timestamp = parseTimestamp(text);
  if (timestamp) return timestamp.ms;
  return problem(
    400,
    `${name} must be an instant such as 2026-01-31T08:00:00Z, not ${JSON.stringify(text.slice(0, 64))}`,
  );
}
