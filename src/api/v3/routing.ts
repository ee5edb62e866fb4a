/** GET /api/v3/routing: the tree in force, what takes which route now, and what time intervals do to it. */

import { inhibitRuleText, timeIntervalText } from '../../config/shown-parts.ts';
import { isResolved } from '../../model/alert.ts';
import { anyContains } from '../../model/time-interval.ts';
import { nextChangeMs } from '../../model/time-interval-change.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { RoutingAnswer } from '../../shapes/routing.ts';
import { jsonOf } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { ApiRoute } from '../routing-dependencies.ts';
import { integrationNames, routeNodes } from './route-shape.ts';

const DAY_MS = 86_400_000;
const LOOK_AHEAD_MS = 400 * DAY_MS;

export async function getRouting(context: ApiContext, parts: ApiParts): Promise<Response> {
  const { alerts, node, readSlices, routing, system } = parts;
  const config = node.config();
  const tree = routing.tree();
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));

  const counts = new Map<string, { alerts: number; groups: number }>();
  const countOf = ({ id }: ApiRoute) => {
    const count = counts.get(id) ?? { alerts: 0, groups: 0 };
    if (!counts.has(id)) counts.set(id, count);
    return count;
  };
  for (const alert of [...alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (isResolved(alert, now.wallMs)) continue;
    for (const route of routing.routesOf(alert)) countOf(route).alerts++;
  }
  for (const route of [...routing.groupRoutes()]) {
    if (pacer.isDue()) await pacer.pause();
    countOf(route).groups++;
  }

  const timeIntervals: RoutingAnswer['timeIntervals'] = [];
  for (const [name, intervals] of config.timeIntervals) {
    const changesAtMs = nextChangeMs(intervals, now.wallMs, { withinMs: LOOK_AHEAD_MS });
    timeIntervals.push({
      name,
      contains: anyContains(intervals, now.wallMs),
      changesAt: changesAtMs === undefined ? null : formatApiTimestamp(changesAtMs),
      text: timeIntervalText(name, intervals),
    });
    // Looking a year ahead takes about as long as looking at a thousand alerts.
    if (pacer.isDue(1_000)) await pacer.pause();
  }
  const answer: RoutingAnswer = {
    now: formatApiTimestamp(now.wallMs),
    routes: routeNodes(tree.root, {
      integrations: integrationNames(config),
      counts,
      mutedBy: (route) => routing.mutedBy(route, config.timeIntervals, now),
    }),
    timeIntervals,
    inhibitRules: config.inhibitRules.map((rule) => ({ name: rule.name, text: inhibitRuleText(rule) })),
  };
  return jsonOf(200, answer);
}
