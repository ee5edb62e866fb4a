/** GET /api/v3/alerts/:fingerprint and POST /api/v3/explain: everything about one alert, and why it goes where it goes. */
import { isValidLabelName, type Labels, sortedLabels } from '../../model/labels.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import { type AlertAnswer, type ExplainAnswer, explainRequest } from '../../shapes/alerts.ts';
import type { GroupSummary } from '../../shapes/groups.ts';
import { jsonOf } from '../answers.ts';
import type { ApiFiringGroup } from '../dependencies.ts';
import type { ApiLimits } from '../options.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { suppressionOf } from '../v2/alert-json.ts';
import { readBody } from './body.ts';
import { shownExplanation } from './explanation.ts';
import { EVERYTHING, findFiring } from './firing.ts';
import { summaryOf } from './group-summary.ts';
import { listAlert } from './listed-alert.ts';
import { problem } from './problem.ts';

/** Its labels in JSON, however they are escaped. */
const LARGEST_BODY_BYTES = 256 * 1024;
/** An alert is in one group a route it takes; who has more routes than this for one alert sees the first. */
const MOST_GROUPS = 100;

export async function getAlert(context: ApiContext, parts: ApiParts): Promise<Response> {
  const fingerprint = (context.req.param('fingerprint') ?? '').toLowerCase();
  const { firing, dispatcher, readSlices, system } = parts;
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));
  const alert = firing.alert(fingerprint);
  if (alert === undefined) {
    return problem(
      404,
      `no alert with the fingerprint ${fingerprint.slice(0, 64)} is known here; it may have ended: see /api/v3/history`,
    );
  }
  const holding: ApiFiringGroup[] = [];
  for (const group of firing.groups(now)) {
    if (pacer.isDue()) await pacer.pause();
    if (group.fingerprints.has(fingerprint) && holding.length < MOST_GROUPS) holding.push(group);
  }
  const only = { ...parts, firing: { ...firing, groups: () => holding } };
  const { groups } = await findFiring(only, EVERYTHING, { now, pacer });
  const summaries: GroupSummary[] = [];
  for (const group of groups) summaries.push(await summaryOf(group, { firing, now, pacer }));
  const isMuted = holding.length > 0 && holding.every(({ mutedBy }) => mutedBy.length > 0);
  const answer: AlertAnswer = {
    now: formatApiTimestamp(now.wallMs),
    alert: {
      ...listAlert(alert, { suppression: suppressionOf(alert, now, parts), isMuted }, now),
      updatedAt: formatApiTimestamp(alert.updatedAtMs),
      receivers: [...dispatcher.receiversOf(alert)],
    },
    groups: summaries,
    explanation: shownExplanation(alert.labels, firing.explain(alert.labels, now)),
  };
  return jsonOf(200, answer);
}

export async function postExplain(
  context: ApiContext,
  parts: ApiParts,
  { limits }: { readonly limits: ApiLimits },
): Promise<Response> {
  const body = await readBody(context, parts.bodies, { schema: explainRequest, limitBytes: LARGEST_BODY_BYTES });
  if (body instanceof Response) return body;
  const labels = usableLabels(body.labels, limits);
  if (typeof labels === 'string') return problem(422, labels);
  const now = parts.system.now();
  const answer: ExplainAnswer = {
    now: formatApiTimestamp(now.wallMs),
    ...shownExplanation(labels, parts.firing.explain(labels, now)),
  };
  return jsonOf(200, answer);
}

/** As a checker's alert would have them, or what is wrong with them. An empty label is none. */
function usableLabels(given: Labels, limits: ApiLimits): Labels | string {
  const pairs = Object.entries(given).filter(([, value]) => value !== '');
  if (pairs.length === 0) return 'labels: give at least one label';
  if (pairs.length > limits.labelsPerAlert) {
    return `labels: ${pairs.length} are too many; give at most ${limits.labelsPerAlert}`;
  }
  for (const [name, value] of pairs) {
    const shown = JSON.stringify(name.slice(0, 64));
    if (!isValidLabelName(name, 'utf8')) return `labels: ${shown} is no name of a label`;
    if (name.length > limits.nameLength) return `labels: the name ${shown}… is longer than ${limits.nameLength}`;
    if (!value.isWellFormed()) return `labels: the value of ${shown} is not valid Unicode`;
    if (value.length > limits.labelValueLength) {
      return `labels: the value of ${shown} is longer than ${limits.labelValueLength}`;
    }
  }
  return sortedLabels(Object.fromEntries(pairs));
}
