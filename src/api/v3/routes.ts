/** The table of API v3, Tocsin's own. Every error below it is problem+json. */
import { Hono } from 'hono';
import type { MatcherSyntax } from '../../model/matcher-parser.ts';
import { json } from '../answers.ts';
import type { ApiLimits } from '../options.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiEnvironment } from '../request-body.ts';
import { type ApiApp, addResource, type Methods } from '../resource.ts';
import { getCluster } from './cluster.ts';
import { getEvents } from './events.ts';
import { getAlert, postExplain } from './explain.ts';
import { getGroup, getGroups } from './groups.ts';
import { getHistory, getHistoryChart } from './history.ts';
import { historyExports } from './history-export.ts';
import { getLabelNames, getLabelValues } from './labels.ts';
import { openApiDocument } from './openapi.ts';
import { problem } from './problem.ts';
import { receiverTests } from './receiver-test.ts';
import { getReceivers } from './receivers.ts';
import { getRouting } from './routing.ts';
import { routingComparison } from './routing-compare.ts';
import { postSilencePreview } from './silence-preview.ts';
import { getSilence, getSilences } from './silences.ts';
import { getStatus } from './status.ts';

export interface ApiV3Options {
  readonly matcherSyntax: MatcherSyntax;
  readonly limits: ApiLimits;
  readonly externalURL: string | undefined;
  /** '' or a path without a slash at its end. */
  readonly routePrefix: string;
}

export function apiV3(parts: ApiParts, options: ApiV3Options): ApiApp {
  const app: ApiApp = new Hono<ApiEnvironment>();
  const add = (path: string, methods: Methods) => addResource(app, path, methods, { refuse: methodNotAllowed });

  const querying = { matcherSyntax: options.matcherSyntax, maxFilters: options.limits.filtersPerQuery };
  add('/cluster', { GET: (context) => getCluster(context, parts) });
  add('/groups', { GET: (context) => getGroups(context, parts, querying) });
  add('/labels', { GET: (context) => getLabelNames(context, parts, querying) });
  add('/labels/:name/values', { GET: (context) => getLabelValues(context, parts, querying) });
  add('/alerts/:fingerprint', { GET: (context) => getAlert(context, parts) });
  add('/explain', { POST: (context) => postExplain(context, parts, options) });
  add('/groups/:id', { GET: (context) => getGroup(context, parts, querying) });
  add('/history', { GET: (context) => getHistory(context, parts, querying) });
  add('/history/chart', { GET: (context) => getHistoryChart(context, parts, querying) });
  add('/history/export', { GET: historyExports(parts, querying) });
  add('/events', { GET: (context) => getEvents(context, parts.events) });
  add('/receivers', { GET: (context) => getReceivers(context, parts) });
  add('/receivers/:name/test', { POST: receiverTests(parts, { externalURL: options.externalURL }) });
  add('/routing', { GET: (context) => getRouting(context, parts) });
  add('/routing/compare', { POST: routingComparison(parts, { externalURL: options.externalURL }) });
  add('/silences', { GET: (context) => getSilences(context, parts, querying) });
  add('/silences/preview', { POST: (context) => postSilencePreview(context, parts, options) });
  add('/silences/:id', { GET: (context) => getSilence(context, parts) });
  add('/status', { GET: () => getStatus(parts) });
  add('/openapi.json', { GET: openApi(options) });
  app.all('/*', (context) =>
    problem(404, `there is nothing at ${context.req.path}; /api/v3/openapi.json lists what is`),
  );
  return app;
}

/** Made when somebody first asks: it takes a while, and most nodes are never asked. */
function openApi({ routePrefix }: Pick<ApiV3Options, 'routePrefix'>): () => Response {
  let document: string | undefined;
  return () => {
    document ??= JSON.stringify(openApiDocument(routePrefix));
    return json(200, document);
  };
}

function methodNotAllowed(method: string, allowed: readonly string[]): Response {
  return problem(405, `${method} does nothing here; use ${allowed.join(' or ')}`);
}
