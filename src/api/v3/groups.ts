/** GET /api/v3/groups and /api/v3/groups/:id: what fires, grouped as people are told, a page at a time. */
import { compareLabels, compareText } from '../../model/labels.ts';
import { SEVERITIES, severityRank } from '../../model/severity.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import { type AlertStateName, alertState, type GroupAnswer, type GroupsAnswer } from '../../shapes/groups.ts';
import { json, jsonOf } from '../answers.ts';
import { ChunkedText } from '../chunked-text.ts';
import type { ApiFiringGroup } from '../dependencies.ts';
import { pacedSort } from '../paced-sort.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { EVERYTHING, type FiringQuery, type Found, type FoundGroup, findFiring } from './firing.ts';
import { listMembers, summaryOf } from './group-summary.ts';
import { problem } from './problem.ts';
import { readFilters, readNumber, readText, readWords } from './query.ts';
import { textMatch } from './text-search.ts';

const MOST_GROUPS = 500;
const MOST_RECEIVERS_SHOWN = 100;
/** Of all groups of an answer together; those after it are shown without alerts. */
const MOST_LISTED = 10_000;
const MOST_RECEIVERS_ASKED = 100;

const SORTS = ['severity', 'since', 'latest', 'name'] as const;
type Sort = (typeof SORTS)[number];
const FIRING_STATES: readonly AlertStateName[] = ['active', 'silenced', 'inhibited', 'muted'];

export async function getGroups(context: ApiContext, parts: ApiParts, options: MatcherQueryOptions): Promise<Response> {
  const query = readFiringQuery(context, options);
  if (query instanceof Response) return query;
  const page = readPage(context);
  if (page instanceof Response) return page;
  const { firing, readSlices, system } = parts;
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));
  const found = await findFiring(parts, query, { now, pacer });
  const sorted = await pacedSort(found.groups, ORDERS[page.sort], pacer);

  const { groups: _, ...head } = headOf(found, {
    ...{ now: formatApiTimestamp(now.wallMs), offset: page.offset, groups: sorted.length },
    quietSinceMs: firing.quietSinceMs(now),
  });
  const body = new ChunkedText();
  body.append(`${JSON.stringify(head).slice(0, -1)},"groups":[`);
  let mayList = MOST_LISTED;
  for (const [index, group] of sorted.slice(page.offset, page.offset + page.limit).entries()) {
    if (pacer.isDue()) await pacer.pause();
    const count = Math.min(page.alerts, mayList);
    const listed = await listMembers(group, { offset: 0, count }, { now, pacer });
    mayList -= listed.length;
    const summary = await summaryOf(group, { firing, now, pacer });
    body.append(`${index === 0 ? '' : ','}${JSON.stringify({ ...summary, listed })}`);
  }
  body.append(']}');
  return json(200, body.bytes());
}

export async function getGroup(context: ApiContext, parts: ApiParts, options: MatcherQueryOptions): Promise<Response> {
  const query = readAlertQuery(context, options);
  if (query instanceof Response) return query;
  const offset = readOffset(context);
  if (offset instanceof Response) return offset;
  const limit = readNumber(context, 'limit', { least: 1, most: 500, byDefault: 100 });
  if (limit instanceof Response) return limit;
  const { firing, readSlices, system } = parts;
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));
  const id = context.req.param('id') ?? '';
  const groups: ApiFiringGroup[] = [];
  for (const group of firing.groups(now)) {
    if (pacer.isDue()) await pacer.pause();
    if (group.id === id) groups.push(group);
  }
  const only = { ...parts, firing: { ...firing, groups: () => groups } };
  const [whole] = (await findFiring(only, EVERYTHING, { now, pacer })).groups;
  if (whole === undefined) {
    return problem(404, `no group with the id ${id.slice(0, 64)} fires here; it may have ended: see /api/v3/history`);
  }
  const [chosen] = (await findFiring(only, query, { now, pacer })).groups;
  const listed = chosen ? await listMembers(chosen, { offset, count: limit }, { now, pacer }) : [];
  const answer: GroupAnswer = {
    now: formatApiTimestamp(now.wallMs),
    group: await summaryOf(whole, { firing, now, pacer }),
    offset,
    total: chosen?.members.length ?? 0,
    listed,
  };
  return jsonOf(200, answer);
}

function headOf(
  { alerts, severities, states, receivers }: Found,
  {
    now,
    offset,
    groups,
    quietSinceMs,
  }: { now: string; offset: number; groups: number; quietSinceMs?: number | undefined },
): GroupsAnswer {
  return {
    now,
    total: { groups, alerts },
    severities,
    states,
    receivers: [...receivers]
      .map(([name, count]) => ({ name, alerts: count }))
      .sort((a, b) => b.alerts - a.alerts || compareText(a.name, b.name))
      .slice(0, MOST_RECEIVERS_SHOWN),
    quietSince: quietSinceMs === undefined ? null : formatApiTimestamp(quietSinceMs),
    offset,
    groups: [],
  };
}

/** Each of them is total, so that pages follow one another. */
const ORDERS: Readonly<Record<Sort, (a: FoundGroup, b: FoundGroup) => number>> = {
  severity: (a, b) => severityRank(a.severity) - severityRank(b.severity) || compareNames(a, b),
  since: (a, b) => a.sinceMs - b.sinceMs || compareNames(a, b),
  latest: (a, b) => b.latestMs - a.latestMs || compareNames(a, b),
  name: compareNames,
};

/** The order in which somebody who has time for the first few should see them. */
export const gravestFirst = ORDERS.severity;

function compareNames({ group: a }: FoundGroup, { group: b }: FoundGroup): number {
  return compareLabels(a.labels, b.labels) || compareText(a.receiver, b.receiver) || compareText(a.key, b.key);
}

interface Page {
  readonly sort: Sort;
  readonly offset: number;
  readonly limit: number;
  /** Listed with each group. */
  readonly alerts: number;
}

function readPage(context: ApiContext): Page | Response {
  const sorts = readWords(context, 'sort', SORTS);
  if (sorts instanceof Response) return sorts;
  const offset = readOffset(context);
  if (offset instanceof Response) return offset;
  const limit = readNumber(context, 'limit', { least: 1, most: MOST_GROUPS, byDefault: 50 });
  if (limit instanceof Response) return limit;
  const alerts = readNumber(context, 'alerts', { least: 0, most: 100, byDefault: 0 });
  if (alerts instanceof Response) return alerts;
  const [sort = 'severity'] = sorts;
  return { sort, offset, limit, alerts };
}

function readOffset(context: ApiContext): number | Response {
  return readNumber(context, 'offset', { least: 0, most: 1_000_000_000, byDefault: 0 });
}

/** `filter`, `q` and `state`. */
function readAlertQuery(context: ApiContext, options: MatcherQueryOptions): FiringQuery | Response {
  const filters = readFilters(context, options);
  if (filters instanceof Response) return filters;
  const states = readWords(context, 'state', alertState.options);
  if (states instanceof Response) return states;
  const isAsked = context.req.queries('state')?.some((text) => text !== '') ?? false;
  const fitsText = textMatch(readText(context, 'q'));
  return { ...EVERYTHING, filters, fitsText, states: isAsked ? states : new Set(FIRING_STATES) };
}

/** `filter`, `q`, `state`, `severity` and `receiver`; or the problem with one of them. */
export function readFiringQuery(context: ApiContext, options: MatcherQueryOptions): FiringQuery | Response {
  const query = readAlertQuery(context, options);
  if (query instanceof Response) return query;
  const severities = readWords(context, 'severity', SEVERITIES);
  if (severities instanceof Response) return severities;
  const receivers = (context.req.queries('receiver') ?? []).filter((name) => name !== '');
  if (receivers.length > MOST_RECEIVERS_ASKED) {
    return problem(400, `receiver: ${receivers.length} names are too many; give at most ${MOST_RECEIVERS_ASKED}`);
  }
  return { ...query, severities, receivers: receivers.length === 0 ? undefined : new Set(receivers) };
}
