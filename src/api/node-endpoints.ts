/** What operators and their tools ask of a node: health, readiness, reload, metrics. */
import { OPEN_METRICS_TYPE, toOpenMetrics } from '../metrics.ts';
import { answer, empty, json, text } from './answers.ts';
import type { ApiDependencies, ApiNode } from './dependencies.ts';
import type { ApiContext } from './request-body.ts';

export function getHealthy(): Response {
  return text(200, 'OK');
}

/** Unlike Alertmanager's, which is always ready: a node that does not page yet says so. */
export function getReady(node: ApiNode): Response {
  if (node.isReady()) return text(200, 'OK');
  const { status } = node.cluster();
  const reason = status === 'settling' ? 'exchanging state with the peers' : 'loading alerts, silences and the log';
  return text(503, `not ready: ${reason}\n`, { 'Retry-After': '1' });
}

export async function postReload(node: ApiNode): Promise<Response> {
  const result = await node.reload();
  return result.ok ? empty(200) : text(500, `failed to reload config: ${result.message}\n`);
}

export function getMetrics({ metrics }: ApiDependencies): (context: ApiContext) => Promise<Response> {
  // However many scrapers come at once, the numbers are gathered once.
  let gathering: Promise<string> | undefined;
  return async (context) => {
    gathering ??= metrics.registry.metrics().finally(() => {
      gathering = undefined;
    });
    const gathered = await gathering;
    const accept = context.req.header('accept') ?? '';
    return accept.includes('application/openmetrics-text')
      ? answer(200, OPEN_METRICS_TYPE, toOpenMetrics(gathered))
      : answer(200, metrics.registry.contentType, gathered);
  };
}

/** API v1 ended with Alertmanager 0.27; its clients are told so in its own words. */
export function goneV1(): Response {
  const error =
    'The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API';
  return json(410, JSON.stringify({ status: 'deprecated', error }));
}
