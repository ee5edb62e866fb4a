/** The HTTP API as one value: API v2 and v3, health, reload, metrics and the web UI below one prefix. Start it with server.ts. */
import { availableParallelism } from 'node:os';
import { Hono } from 'hono';
import { text } from './answers.ts';
import { observeCluster } from './cluster-metrics.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answerError, type ErrorWording, guardRequests } from './guard.ts';
import { getHealthy, getMetrics, getReady, goneV1, postReload } from './node-endpoints.ts';
import { type ApiOptions, DEFAULT_LIMITS, normaliseRoutePrefix } from './options.ts';
import { SliceQueue } from './pacer.ts';
import type { ApiParts } from './parts.ts';
import { type ApiEnvironment, BodyReader } from './request-body.ts';
import { type ApiApp, addResource, type Methods } from './resource.ts';
import { observeState } from './state-metrics.ts';
import { apiV2 } from './v2/routes.ts';
import { apiV3 } from './v3/routes.ts';
import { addWebUi } from './web/routes.ts';

/** Below this Alertmanager never goes, however small the machine. */
const LEAST_GET_CONCURRENCY = 8;

/** Also registers the metrics of the present state, so it is made once for each `dependencies.metrics`. */
export function createApiApp(dependencies: ApiDependencies, options: ApiOptions): ApiApp {
  const { node } = dependencies;
  const prefix = normaliseRoutePrefix(options.routePrefix ?? '');
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const parts: ApiParts = {
    ...dependencies,
    bodies: new BodyReader({ bytesInFlight: limits.bodyBytesInFlight }),
    readSlices: new SliceQueue(dependencies.system),
    postSlices: new SliceQueue(dependencies.system),
  };
  const app: ApiApp = new Hono<ApiEnvironment>();
  const add = (path: string, methods: Methods) => addResource(app, prefix + path, methods, { refuse: refuseMethod });
  observeState(parts);
  observeCluster(parts);

  const wording: ErrorWording = ({ req }) => (req.path.startsWith(`${prefix}/api/v3/`) ? 'problem' : 'plain');
  app.onError((error, context) => answerError(error, context, { ...dependencies, wording }));
  app.notFound(() => text(404, '404 page not found\n'));
  app.use(
    guardRequests(dependencies, {
      getConcurrency: options.getConcurrency || Math.max(availableParallelism(), LEAST_GET_CONCURRENCY),
      timeoutMs: options.timeoutMs ?? 0,
      wording,
      exempt: new Set(
        ['/-/healthy', '/-/ready', '/-/reload', '/metrics', '/api/v3/events'].map((path) => prefix + path),
      ),
    }),
  );

  const v2Options = { matcherSyntax: options.matcherSyntax ?? 'fallback', limits } as const;
  app.route(`${prefix}/api/v2`, apiV2(parts, v2Options));
  app.all(`${prefix}/api/v1/*`, goneV1);
  app.route(`${prefix}/api/v3`, apiV3(parts, { ...v2Options, externalURL: options.externalURL, routePrefix: prefix }));

  add('/-/healthy', { GET: getHealthy });
  add('/-/ready', { GET: () => getReady(node) });
  add('/-/reload', { POST: () => postReload(node), PUT: () => postReload(node) });
  add('/metrics', { GET: getMetrics(dependencies) });
  addWebUi(add, parts, {
    ...{ nodeName: options.nodeName, directory: options.uiDirectory },
    ...{ matcherSyntax: v2Options.matcherSyntax, maxFilters: limits.filtersPerQuery },
  });
  if (prefix !== '') {
    app.get('/', (context) => context.redirect(`${prefix}/`, 302));
    app.get(prefix, (context) => context.redirect(`${prefix}/`, 302));
  }
  return app;
}

function refuseMethod(method: string, allowed: readonly string[]): Response {
  return text(405, `Method ${method} is not allowed here; use ${allowed.join(' or ')}\n`);
}
