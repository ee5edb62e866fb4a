/** The table of API v2: Alertmanager's paths, and the answers of its framework to everything else below them. */
import { Hono } from 'hono';
import type { MatcherSyntax } from '../../model/matcher-parser.ts';
import { errorObject } from '../answers.ts';
import { allowAnyOrigin } from '../cors.ts';
import type { ApiLimits } from '../options.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiEnvironment } from '../request-body.ts';
import { type ApiApp, addResource, type Methods } from '../resource.ts';
import { getAlertGroups } from './get-alert-groups.ts';
import { getAlerts } from './get-alerts.ts';
import { postAlerts } from './post-alerts.ts';
import type { MatcherQueryOptions } from './query.ts';
import { deleteSilence, getSilence, getSilences, postSilence } from './silences.ts';
import { getReceivers, getStatus } from './status.ts';

export interface ApiV2Options {
  readonly matcherSyntax: MatcherSyntax;
  readonly limits: ApiLimits;
}

export function apiV2(dependencies: ApiParts, options: ApiV2Options): ApiApp {
  const app: ApiApp = new Hono<ApiEnvironment>();
  const { limits, matcherSyntax } = options;
  const query: MatcherQueryOptions = { maxFilters: limits.filtersPerQuery, matcherSyntax };
  const labelNameMode = matcherSyntax === 'classic' ? 'classic' : 'utf8';
  const add = (path: string, methods: Methods) => addResource(app, path, methods, { refuse: methodNotAllowed });

  app.use(allowAnyOrigin);
  add('/status', { GET: () => getStatus(dependencies) });
  add('/receivers', { GET: (context) => getReceivers(context, dependencies, query) });
  add('/alerts', {
    GET: (context) => getAlerts(context, dependencies, query),
    POST: (context) => postAlerts(context, dependencies, { labelNameMode, limits }),
  });
  add('/alerts/groups', { GET: (context) => getAlertGroups(context, dependencies, query) });
  add('/silences', {
    GET: (context) => getSilences(context, dependencies, query),
    POST: (context) => postSilence(context, dependencies, limits),
  });
  add('/silence/:silenceID', {
    GET: (context) => getSilence(context, dependencies),
    DELETE: (context) => deleteSilence(context, dependencies),
  });
  app.all('/*', (context) => errorObject(404, `path ${context.req.path} was not found`));
  return app;
}

function methodNotAllowed(method: string, allowed: readonly string[]): Response {
  return errorObject(405, `method ${method} is not allowed, but [${allowed.join(',')}] are`);
}
