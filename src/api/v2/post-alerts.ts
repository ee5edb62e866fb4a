/** POST /api/v2/alerts: where every alert comes in. Good alerts are taken whatever is wrong with others beside them. */
import type { Alert } from '../../model/alert.ts';
import { empty, errorObject, errorText, invalid, VALIDATION } from '../answers.ts';
import { clientName } from '../client-name.ts';
import type { ApiLimits } from '../options.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiContext } from '../request-body.ts';
import { InstantReader } from './instant.ts';
import { AlertProblem, type NormalisingOptions, normaliseAlert } from './posted-alert.ts';

/** An answer is for a human to read; what is wrong with the ten thousandth alert is wrong with the first hundred, too. */
const MOST_PROBLEMS_SHOWN = 100;

export interface PostAlertsOptions {
  readonly labelNameMode: NormalisingOptions['labelNameMode'];
  readonly limits: ApiLimits;
}

export async function postAlerts(
  context: ApiContext,
  dependencies: ApiParts,
  options: PostAlertsOptions,
): Promise<Response> {
  const { limits } = options;
  const body = await dependencies.bodies.readJson(context, 'alerts', limits.bodyBytes);
  if (body instanceof Response) return body;
  const posted = body.value;
  // An empty list, as Go writes a slice that was never filled.
  if (posted === null) return empty(200);
  if (!Array.isArray(posted))
    return errorObject(400, 'parsing alerts body from "" failed, because it is no JSON array');
  if (posted.length > limits.alertsPerRequest) {
    const message = `${posted.length} alerts in one request; send at most ${limits.alertsPerRequest}`;
    return errorObject(413, message);
  }

  const { alerts, metrics, node, postSlices, system } = dependencies;
  // A clock that is not compared yet could take what fires for over.
  await node.untilTimeKnown();
  const now = system.now();
  const normalising: NormalisingOptions = {
    ...options,
    nowMs: now.wallMs,
    resolveTimeoutMs: node.config().global.resolveTimeoutMs,
    mayBeIllFormed: body.mayBeIllFormed,
    bodyLength: body.length,
    startsAt: new InstantReader(),
    endsAt: new InstantReader(),
  };
  const pacer = postSlices.pacer();
  const valid: Alert[] = [];
  const indexes: number[] = [];
  const problems: IndexedProblem[] = [];
  let resolved = 0;
  for (let index = 0; index < posted.length; index++) {
    if (pacer.isDue()) await pacer.pause();
    const alert = normaliseAlert(posted[index], normalising);
    if (alert instanceof AlertProblem) problems.push({ index, problem: alert });
    else {
      valid.push(alert);
      indexes.push(index);
      if (alert.endsAtMs <= now.wallMs) resolved++;
    }
  }
  if (resolved > 0) metrics.alertsReceivedTotal.inc({ status: 'resolved', version: 'v2' }, resolved);
  if (valid.length > resolved) {
    metrics.alertsReceivedTotal.inc({ status: 'firing', version: 'v2' }, valid.length - resolved);
  }

  const notTaken = valid.length === 0 ? [] : await alerts.put(valid, now, { client: clientName(context) });
  if (notTaken.length > 0) {
    const indexOf = new Map(valid.map((alert, position) => [alert, indexes[position] ?? 0]));
    for (const { alert, message } of notTaken) {
      problems.push({ index: indexOf.get(alert) ?? 0, problem: new AlertProblem('content', message) });
    }
  }
  if (problems.length === 0) return empty(200);
  metrics.alertsInvalidTotal.inc({ version: 'v2' }, problems.length);
  return refusal(problems.sort((a, b) => a.index - b.index));
}

interface IndexedProblem {
  readonly index: number;
  readonly problem: AlertProblem;
}

/** One line a problem. Alertmanager reports a decoder's or validator's problem in another shape than its handler's. */
function refusal(problems: readonly IndexedProblem[]): Response {
  const lines = problems
    .slice(0, MOST_PROBLEMS_SHOWN)
    .map(({ index, problem }) => `alert ${index}: ${problem.message}`);
  if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more`);
  const message = lines.join('\n');
  const early = problems.find(({ problem }) => problem.kind !== 'content');
  switch (early?.problem.kind) {
    case 'type':
      return errorObject(400, message);
    case 'required':
      return invalid(VALIDATION.required, message);
    case 'format':
      return invalid(VALIDATION.type, message);
    default:
      return errorText(400, message);
  }
}
