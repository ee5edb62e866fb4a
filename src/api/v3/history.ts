/** GET /api/v3/history and /api/v3/history/chart: what happened in the cluster, as src/shapes/history.ts says. */

import type { ChartAnswer, HistoryAnswer } from '../../shapes/history.ts';
import type { NodePart } from '../../shapes/terms.ts';
import { jsonOf } from '../answers.ts';
import type { ApiHistoryPart } from '../dependencies.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { readHistoryQuery } from './history-query.ts';
import { problem } from './problem.ts';
import { readNumber } from './query.ts';

const LIMIT = { least: 1, most: 500, byDefault: 100 };
const POINTS = { least: 10, most: 1_000, byDefault: 200 };
const DAY_MS = 86_400_000;
const FIRST_INSTANT_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_INSTANT_MS = Date.parse('9999-12-31T23:59:59.999Z');
const LONGEST_CURSOR = 12_000;

export async function getHistory(
  context: ApiContext,
  { history, readSlices, system }: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const query = readHistoryQuery(context, options);
  if (query instanceof Response) return query;
  const limit = readNumber(context, 'limit', LIMIT);
  if (limit instanceof Response) return limit;
  const cursor = (context.req.queries('cursor')?.at(-1) ?? '').slice(0, LONGEST_CURSOR) || undefined;
  const signal = answerWanted(context);
  try {
    const page = await history.read(query, { cursor, limit, pace: readSlices.pacer(signal), signal });
    const answer: HistoryAnswer = {
      now: instantText(system.now().wallMs),
      entries: [...page.entries],
      next: page.next ?? null,
      nodes: page.nodes.map(nodePart),
      keptSince: page.keptSinceMs === undefined ? null : instantText(page.keptSinceMs),
    };
    return jsonOf(200, answer);
  } catch (error) {
    if (error instanceof Error && error.name === 'CursorError') return problem(400, `cursor: ${error.message}`);
    throw error;
  }
}

export async function getHistoryChart(
  context: ApiContext,
  { history, readSlices, system }: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const query = readHistoryQuery(context, options);
  if (query instanceof Response) return query;
  const points = readNumber(context, 'points', POINTS);
  if (points instanceof Response) return points;
  const { wallMs } = system.now();
  const toMs = query.toMs ?? wallMs;
  const fromMs = query.fromMs ?? toMs - DAY_MS;
  if (fromMs >= toMs) return problem(400, 'from must be before to, which is now if it is not given');
  // Further off no instant can be written as text.
  if (fromMs < FIRST_INSTANT_MS || toMs > LAST_INSTANT_MS)
    return problem(400, 'from and to must be in the years 0 to 9999');
  const stepMs = Math.ceil((toMs - fromMs) / points);
  const signal = answerWanted(context);
  const question = { query, fromMs, stepMs, points };
  const { numbers, nodes } = await history.chart(question, { pace: readSlices.pacer(signal), signal });
  const answer: ChartAnswer = {
    now: instantText(wallMs),
    stepMs,
    points: numbers.firing.map((firing, point) => ({
      at: instantText(Math.min(fromMs + point * stepMs, LAST_INSTANT_MS)),
      firing: firing && { urgent: firing[0], important: firing[1], interesting: firing[2], other: firing[3] },
      sent: numbers.sent[point] ?? 0,
      failed: numbers.failed[point] ?? 0,
    })),
    nodes: nodes.map(nodePart),
  };
  return jsonOf(200, answer);
}

function nodePart({ node, name, isSelf, missing, remark }: ApiHistoryPart): NodePart {
  return { node, name, isSelf, state: missing === '' ? 'answered' : 'missing', reason: missing || remark };
}

function instantText(ms: number): string {
  return new Date(ms).toISOString();
}
