/**
 * POST /api/v3/routing/compare: what another configuration would do to the alerts of now. It is read as a reload would read
 * it, so what is called valid here loads; but it comes from whoever reaches the API, so it is bounded, taken one at a
 * time, and its regular expressions must be affordable unless the operator's own has them, too.
 */

import type { ConfigError } from '../../config/config-error.ts';
import { type Alert, isResolved } from '../../model/alert.ts';
import { type Labels, sortedLabels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { isAffordable, TOO_COSTLY } from '../../model/matcher-cost.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import { type CompareAnswer, compareRequest } from '../../shapes/routing.ts';
import { deadline } from '../../system.ts';
import { jsonOf } from '../answers.ts';
import { isCrossOrigin } from '../cors.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { ApiRoute, ApiRouteTree, ApiRouting, TriedConfiguration } from '../routing-dependencies.ts';
import { readBody } from './body.ts';
import { problem } from './problem.ts';
import { rememberedMatch, routesBelow } from './remembered-match.ts';
import { integrationNames, routeNodes } from './route-shape.ts';

/**
 * Nothing else happens while a configuration is read, some 2 ms a kilobyte: so whoever has a small one is not given a large one
 * to read, and nobody more than one reload of a huge one takes.
 */
const SMALLEST_LIMIT = 64 * 2 ** 10;
const LARGEST_LIMIT = 512 * 2 ** 10;
/** JSON may spell a character with six. */
const BODY_BYTES = 6 * LARGEST_LIMIT;
/** What is looked at by then is thrown away: whoever has so many routes and alerts compares on a node of their own. */
const COMPARE_WITHIN_MS = 60_000;
/** A whole tree may cost as much as so many of the costliest filters. */
const MOST_FILTERS = 4;
const MOST_CHANGES = 100;
const MOST_PROBLEMS = 100;
/** Of labels that are given: an alert's bound. */
const MOST_LABELS = 256;

export interface RoutingComparisonOptions {
  readonly externalURL: string | undefined;
}

export function routingComparison(
  parts: ApiParts,
  { externalURL }: RoutingComparisonOptions,
): (context: ApiContext) => Promise<Response> {
  let isComparing = false;
  return async (context) => {
    if (isCrossOrigin(context, externalURL)) {
      return problem(403, 'configurations are not compared for a page of another origin');
    }
    const body = await readBody(context, parts.bodies, { schema: compareRequest, limitBytes: BODY_BYTES });
    if (body instanceof Response) return body;
    const { config, labels = {} } = body;
    const longest = Math.min(LARGEST_LIMIT, Math.max(SMALLEST_LIMIT, 2 * parts.node.config().shown.length));
    if (config.length > longest) {
      return problem(
        413,
        `a configuration longer than ${longest} characters is not compared; the one in force is shorter`,
      );
    }
    if (Object.keys(labels).length > MOST_LABELS) return problem(422, `labels: at most ${MOST_LABELS} are taken`);
    if (isComparing) {
      return problem(429, 'another comparison is under way; try again in a moment', { 'Retry-After': '1' });
    }
    isComparing = true;
    try {
      const tried = await parts.routing.tryConfiguration(config);
      using limit = deadline(parts.system, COMPARE_WITHIN_MS, answerWanted(context));
      return jsonOf(200, await compare(tried, parts, { labels: body.labels, signal: limit.signal }));
    } finally {
      isComparing = false;
    }
  };
}

async function compare(
  tried: TriedConfiguration,
  { alerts, readSlices, routing, system }: Pick<ApiParts, 'alerts' | 'readSlices' | 'routing' | 'system'>,
  { labels, signal }: { readonly labels: Labels | undefined; readonly signal: AbortSignal },
): Promise<CompareAnswer> {
  const now = system.now();
  const answeredAt = formatApiTimestamp(now.wallMs);
  const before = routing.tree();
  if (!tried.ok) return refused(answeredAt, tried.errors.map(placedProblem));
  if (!isAffordable(matchersOnlyIn(tried.tree, before), MOST_FILTERS))
    return refused(answeredAt, [`route: ${TOO_COSTLY}`]);

  const pacer = readSlices.pacer(signal);
  // Each route of both trees is looked at for each alert.
  const steps = 1 + Math.ceil(Array.from(routesBelow(tried.tree.root)).length / 8);
  const comparison = new Comparison(routing);
  const match = rememberedMatch(tried.tree);
  for (const alert of [...alerts.values()]) {
    if (pacer.isDue(steps)) await pacer.pause();
    if (!isResolved(alert, now.wallMs)) comparison.add(alert, routing.routesOf(alert), match(alert.labels));
  }
  const { config } = tried;
  const given = labels && sortedLabels(labels);
  return {
    now: answeredAt,
    isValid: true,
    problems: [],
    warnings: tried.warnings.slice(0, MOST_PROBLEMS),
    routes: routeNodes(tried.tree.root, {
      integrations: integrationNames(config),
      counts: await comparison.counts(pacer),
      mutedBy: (route) => routing.mutedBy(route, config.timeIntervals, now),
    }),
    alerts: { same: comparison.same, different: comparison.different },
    changes: comparison.changes(),
    given: given ? { before: receiversOf(before.match(given)), after: receiversOf(tried.tree.match(given)) } : null,
  };
}

function refused(now: string, problems: readonly string[]): CompareAnswer {
  const nothing = { warnings: [], routes: [], alerts: { same: 0, different: 0 }, changes: [], given: null };
  const rest = problems.length - MOST_PROBLEMS;
  const shown = rest > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${rest} more`] : [...problems];
  return { now, isValid: false, problems: shown, ...nothing };
}

function placedProblem({ line, column, path, message }: ConfigError): string {
  const place = line === undefined ? [] : [column === undefined ? `line ${line}` : `line ${line}, column ${column}`];
  return [...place, ...(path === '' ? [] : [path]), message].join(': ');
}

function receiversOf(routes: readonly ApiRoute[]): string[] {
  return routes.map(({ receiver }) => receiver);
}

/** The operator's own regular expressions are run for every alert anyway. */
function matchersOnlyIn(tree: ApiRouteTree, other: ApiRouteTree): Matcher[] {
  const known = new Set([...routesBelow(other.root)].flatMap(({ matchers }) => matchers.map(String)));
  const all = new Map<string, Matcher>();
  for (const { matchers } of routesBelow(tree.root)) for (const matcher of matchers) all.set(String(matcher), matcher);
  return [...all].flatMap(([text, matcher]) => (known.has(text) ? [] : [matcher]));
}

type Change = CompareAnswer['changes'][number];

/** Goes through the alerts once; alerts that take the same routes in both trees share all but their group. */
class Comparison {
  same = 0;
  different = 0;
  readonly #routing: Pick<ApiRouting, 'groupKey'>;
  readonly #changes = new Map<string, Change>();
  /** By id of a route of the new tree. */
  readonly #taken = new Map<string, { alerts: number; readonly route: ApiRoute; readonly labels: Labels[] }>();

  constructor(routing: Pick<ApiRouting, 'groupKey'>) {
    this.#routing = routing;
  }

  add({ labels }: Alert, before: readonly ApiRoute[], after: readonly ApiRoute[]): void {
    for (const route of after) {
      const taken = this.#taken.get(route.id) ?? { alerts: 0, route, labels: [] };
      taken.alerts++;
      taken.labels.push(labels);
      this.#taken.set(route.id, taken);
    }
    const receivers = { before: receiversOf(before), after: receiversOf(after) };
    const isSameTold = isSameList(receivers.before, receivers.after);
    const regrouped = isSameTold && after.some((route, index) => this.#isOtherwise(before[index], route, labels));
    if (isSameTold && !regrouped) {
      this.same++;
      return;
    }
    this.different++;
    const name = JSON.stringify([receivers, regrouped]);
    const change = this.#changes.get(name);
    if (change) change.alerts++;
    else this.#changes.set(name, { ...receivers, regrouped, alerts: 1, example: labels });
  }

  /** Most alerts first. */
  changes(): Change[] {
    return [...this.#changes.values()].sort((a, b) => b.alerts - a.alerts).slice(0, MOST_CHANGES);
  }

  async counts(pacer: Pacer): Promise<ReadonlyMap<string, { readonly alerts: number; readonly groups: number }>> {
    const counts = new Map<string, { readonly alerts: number; readonly groups: number }>();
    for (const [id, { alerts, route, labels }] of this.#taken) {
      const groups = new Set<string>();
      for (const of of labels) {
        if (pacer.isDue()) await pacer.pause();
        groups.add(this.#routing.groupKey(route, of));
      }
      counts.set(id, { alerts, groups: groups.size });
    }
    return counts;
  }

  /** Under another key nothing is known of what was told: everybody is told anew. */
  #isOtherwise(before: ApiRoute | undefined, after: ApiRoute, labels: Labels): boolean {
    return (
      before === undefined ||
      before.groupWaitMs !== after.groupWaitMs ||
      before.groupIntervalMs !== after.groupIntervalMs ||
      before.repeatIntervalMs !== after.repeatIntervalMs ||
      !isSameList(before.muteTimeIntervals, after.muteTimeIntervals) ||
      !isSameList(before.activeTimeIntervals, after.activeTimeIntervals) ||
      this.#routing.groupKey(before, labels) !== this.#routing.groupKey(after, labels)
    );
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
