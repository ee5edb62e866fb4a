/**
 * POST /api/v3/silences/preview: what a silence with such matchers would mute now, and what a careful colleague would say
 * before it is made. Nothing is made.
 */
import { type Alert, isResolved } from '../../model/alert.ts';
import { type Matcher, matchesAll } from '../../model/matcher.ts';
import { type Severity, severityOf } from '../../model/severity.ts';
import { validateSilence } from '../../model/silence.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import { type PreviewAnswer, previewRequest } from '../../shapes/silences.ts';
import { jsonOf } from '../answers.ts';
import type { ApiLimits } from '../options.ts';
import { pacedSort } from '../paced-sort.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { suppressionOf } from '../v2/alert-json.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { readBody } from './body.ts';
import { groupsOfAlerts } from './groups-of-alerts.ts';
import { compareByGravity, listAlert } from './listed-alert.ts';
import { shownMatcher } from './matcher-shape.ts';
import { problem } from './problem.ts';
import { parseMatcherTexts } from './query.ts';

const MOST_EXAMPLES = 20;
/** Of few alerts any silence mutes a large part, and rightly. */
const HANDFUL = 5;
const LARGE_PART = 0.3;
/** Nobody names an alert so: a matcher that lets it through asks for no particular name. */
const NAME_OF_NO_ALERT = 'the name of no alert 5f1c';

export interface SilencePreviewOptions extends Pick<MatcherQueryOptions, 'matcherSyntax'> {
  readonly limits: ApiLimits;
}

export async function postSilencePreview(
  context: ApiContext,
  parts: ApiParts,
  { matcherSyntax, limits }: SilencePreviewOptions,
): Promise<Response> {
  const body = await readBody(context, parts.bodies, { schema: previewRequest, limitBytes: limits.silenceBodyBytes });
  if (body instanceof Response) return body;
  const matchers = parseMatcherTexts(body.matchers, { matcherSyntax, maxFilters: limits.matchersPerSilence });
  if (typeof matchers === 'string') return problem(422, `matchers: ${matchers}`);
  const now = parts.system.now();
  const wrong = validateSilence({ matchers, startsAtMs: now.wallMs, endsAtMs: now.wallMs }, now.wallMs);
  if (wrong !== undefined) return problem(422, `such a silence is refused: ${wrong}`);

  const pacer = parts.readSlices.pacer(answerWanted(context));
  const severities: Record<Severity, number> = { urgent: 0, important: 0, interesting: 0, other: 0 };
  const matched: Alert[] = [];
  let total = 0;
  for (const alert of [...parts.alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (isResolved(alert, now.wallMs)) continue;
    total++;
    if (!matchesAll(matchers, alert.labels)) continue;
    matched.push(alert);
    severities[severityOf(alert.labels)]++;
  }

  const { groups, muted } = await groupsOfAlerts(new Set(matched.map(({ fingerprint }) => fingerprint)), parts, {
    now,
    pacer,
  });
  const examples = (await pacedSort(matched, compareByGravity, pacer)).slice(0, MOST_EXAMPLES);
  const answer: PreviewAnswer = {
    now: formatApiTimestamp(now.wallMs),
    matchers: matchers.map(shownMatcher),
    alerts: matched.length,
    total,
    groups,
    severities,
    warnings: silenceWarnings(matchers, { alerts: matched.length, total, urgent: severities.urgent }),
    examples: examples.map((alert) =>
      listAlert(alert, { suppression: suppressionOf(alert, now, parts), isMuted: muted.has(alert.fingerprint) }, now),
    ),
  };
  return jsonOf(200, answer);
}

/** Pure. What to think about before such a silence is made, the weightiest first. */
export function silenceWarnings(
  matchers: readonly Matcher[],
  { alerts, total, urgent }: { readonly alerts: number; readonly total: number; readonly urgent: number },
): PreviewAnswer['warnings'] {
  const warnings: PreviewAnswer['warnings'] = [];
  if (urgent > 0) {
    const text = urgent === 1 ? '1 urgent alert would be muted' : `${urgent} urgent alerts would be muted`;
    warnings.push({ kind: 'urgent alerts', text: `${text}: nobody is woken for what this silence matches` });
  }
  if (total > HANDFUL && alerts > total * LARGE_PART) {
    const text = `It would mute ${alerts} of the ${total} alerts that fire (${Math.round((100 * alerts) / total)} %)`;
    warnings.push({ kind: 'many alerts', text });
  }
  if (!matchers.some((matcher) => matcher.name === 'alertname' && !matcher.matchesValue(NAME_OF_NO_ALERT))) {
    const text = 'It names no alert: alerts of every name that share the other labels would be muted, also future ones';
    warnings.push({ kind: 'no alertname', text });
  }
  if (alerts === 0) {
    warnings.push({ kind: 'nothing matches', text: 'No alert that fires now would be muted; check the spelling' });
  }
  return warnings;
}
