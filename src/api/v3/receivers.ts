/** GET /api/v3/receivers: how each way to reach somebody is doing, as every living node knows it. */
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { ReceiversAnswer } from '../../shapes/receivers.ts';
import { jsonOf } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import type { NodePlaceReport } from '../receivers-report.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { routesBelow } from './remembered-match.ts';

type Health = ReceiversAnswer['receivers'][number]['integrations'][number]['nodes'][number];

export async function getReceivers(
  context: ApiContext,
  { node, readSlices, routing, system }: ApiParts,
): Promise<Response> {
  const signal = answerWanted(context);
  const report = await node.receiversReport(signal);
  const pacer = readSlices.pacer(signal);
  const routes = new Map<string, number>();
  for (const { receiver } of routesBelow(routing.tree().root)) routes.set(receiver, (routes.get(receiver) ?? 0) + 1);
  const groups = new Map<string, number>();
  for (const { receiver } of [...routing.groupRoutes()]) {
    if (pacer.isDue()) await pacer.pause();
    groups.set(receiver, (groups.get(receiver) ?? 0) + 1);
  }
  const answer: ReceiversAnswer = {
    now: formatApiTimestamp(system.now().wallMs),
    receivers: report.receivers.map(({ name, places }) => ({
      name,
      routes: routes.get(name) ?? 0,
      groups: groups.get(name) ?? 0,
      integrations: places.map(({ integration, sendResolved, nodes }, index) => ({
        ...{ integration, index, sendResolved },
        nodes: nodes.map(shownHealth),
      })),
    })),
    nodes: report.nodes.map(({ reason, ...named }) => ({
      ...named,
      state: reason === '' ? 'answered' : 'missing',
      reason,
    })),
  };
  return jsonOf(200, answer);
}

function shownHealth({ sentAtMs, failedAtMs, closedUntilMs, error, ...rest }: NodePlaceReport): Health {
  return {
    ...rest,
    lastSentAt: instant(sentAtMs),
    lastFailedAt: instant(failedAtMs),
    lastError: error,
    closedUntil: instant(closedUntilMs),
  };
}

function instant(atMs: number | undefined): string | null {
  return atMs === undefined ? null : formatApiTimestamp(atMs);
}
