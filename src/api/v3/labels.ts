/** GET /api/v3/labels and /api/v3/labels/:name/values: what the labels of firing alerts are, for those who type a filter. */
import { type Alert, isResolved } from '../../model/alert.ts';
import { compareText, type Labels } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import { severityOf, severityWord } from '../../model/severity.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { LabelNamesAnswer, LabelValuesAnswer } from '../../shapes/groups.ts';
import { jsonOf } from '../answers.ts';
import { pacedFirst } from '../paced-sort.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { suppressionOf } from '../v2/alert-json.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { noSeverities, type SeverityCounts } from './firing.ts';
import { alertStateOf } from './listed-alert.ts';
import { readFilters, readNumber, readText, readWords } from './query.ts';

/** Time intervals mute groups, not alerts: of which it is not known here whose alert it is. */
const STATES = ['active', 'silenced', 'inhibited'] as const;
type State = (typeof STATES)[number];

/** Of severities that the ladder does not know, for each value. */
const MOST_WORDS = 3;
const LIMIT = { least: 1, most: 1_000, byDefault: 100 };

interface Frequent {
  readonly text: string;
  alerts: number;
}

export async function getLabelNames(
  context: ApiContext,
  parts: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const limit = readNumber(context, 'limit', LIMIT);
  if (limit instanceof Response) return limit;
  const prefix = readText(context, 'prefix');
  const names = new Map<string, Frequent & { readonly values: Set<string> }>();
  const looked = await lookAtFiring(context, { parts, options }, (labels) => {
    for (const name in labels) {
      if (!name.startsWith(prefix)) continue;
      let seen = names.get(name);
      if (seen === undefined) {
        seen = { text: name, alerts: 0, values: new Set() };
        names.set(name, seen);
      }
      seen.alerts++;
      seen.values.add(labels[name] as string);
    }
  });
  if (looked instanceof Response) return looked;
  const first = await mostFrequent([...names.values()], limit, looked.pacer);
  const answer: LabelNamesAnswer = {
    now: looked.now,
    names: first.map(({ text, alerts, values }) => ({ name: text, alerts, values: values.size })),
  };
  return jsonOf(200, answer);
}

export async function getLabelValues(
  context: ApiContext,
  parts: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const limit = readNumber(context, 'limit', LIMIT);
  if (limit instanceof Response) return limit;
  const prefix = readText(context, 'prefix');
  const name = context.req.param('name') ?? '';
  const values = new Map<
    string,
    Frequent & { readonly severities: SeverityCounts; readonly otherWords: Set<string> }
  >();
  const looked = await lookAtFiring(context, { parts, options }, (labels) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value === undefined || !value.startsWith(prefix)) return;
    let seen = values.get(value);
    if (seen === undefined) {
      seen = { text: value, alerts: 0, severities: noSeverities(), otherWords: new Set() };
      values.set(value, seen);
    }
    seen.alerts++;
    const severity = severityOf(labels);
    seen.severities[severity]++;
    const word = severityWord(severity, labels);
    if (severity === 'other' && word !== severity && seen.otherWords.size < MOST_WORDS) seen.otherWords.add(word);
  });
  if (looked instanceof Response) return looked;
  const first = await mostFrequent([...values.values()], limit, looked.pacer);
  const answer: LabelValuesAnswer = {
    ...{ now: looked.now, name, total: values.size },
    values: first.map(({ text, alerts, severities, otherWords }) => ({
      ...{ value: text, alerts, severities },
      otherWords: [...otherWords].toSorted(compareText),
    })),
  };
  return jsonOf(200, answer);
}

/** Shows the labels of each firing alert that passes the filters, standing aside where there are many. */
async function lookAtFiring(
  context: ApiContext,
  { parts, options }: { readonly parts: ApiParts; readonly options: MatcherQueryOptions },
  see: (labels: Labels) => void,
): Promise<{ readonly now: string; readonly pacer: Pacer } | Response> {
  const filters = readFilters(context, options);
  if (filters instanceof Response) return filters;
  const states = readWords(context, 'state', STATES);
  if (states instanceof Response) return states;
  const isWanted = (alert: Alert) =>
    states.size === STATES.length ||
    states.has(alertStateOf(alert, { suppression: suppressionOf(alert, now, parts), isMuted: false }, now) as State);
  const { alerts, readSlices, system } = parts;
  const now = system.now();
  const pacer = readSlices.pacer(answerWanted(context));
  for (const alert of [...alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (!isResolved(alert, now.wallMs) && matchesAll(filters, alert.labels) && isWanted(alert)) see(alert.labels);
  }
  return { now: formatApiTimestamp(now.wallMs), pacer };
}

function mostFrequent<Item extends Frequent>(
  items: readonly Item[],
  count: number,
  pacer: Pacer,
): Promise<readonly Item[]> {
  const compare = (a: Frequent, b: Frequent) => b.alerts - a.alerts || compareText(a.text, b.text);
  return pacedFirst(items, { count, compare }, pacer);
}
