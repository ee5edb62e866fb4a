/** GET /api/v3/silences and /api/v3/silences/:id: who asked for quiet, about what, and what that keeps quiet now. */
import { type Alert, isResolved } from '../../model/alert.ts';
import { type Matcher, matchesAll } from '../../model/matcher.ts';
import type { Now } from '../../model/now.ts';
import { type Silence, silenceState } from '../../model/silence.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { ShownSilence, SilenceAnswer, SilencesAnswer } from '../../shapes/silences.ts';
import { jsonOf } from '../answers.ts';
import { pacedSort } from '../paced-sort.ts';
import type { Pacer } from '../pacer.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { suppressionOf } from '../v2/alert-json.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { compareSilences, showSilence } from '../v2/silence-json.ts';
import { groupsOfAlerts } from './groups-of-alerts.ts';
import { compareByGravity, listAlert } from './listed-alert.ts';
import { shownMatcher } from './matcher-shape.ts';
import { problem } from './problem.ts';
import { readFilters, readNumber, readText, readWords } from './query.ts';

const STATES = ['active', 'pending', 'expired'] as const;
const MOST_LISTED = 500;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function getSilences(
  context: ApiContext,
  parts: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const filters = readFilters(context, options);
  if (filters instanceof Response) return filters;
  const states = readWords(context, 'state', STATES);
  if (states instanceof Response) return states;
  const offset = readNumber(context, 'offset', { least: 0, most: 1_000_000, byDefault: 0 });
  if (offset instanceof Response) return offset;
  const limit = readNumber(context, 'limit', { least: 1, most: 500, byDefault: 100 });
  if (limit instanceof Response) return limit;
  const sought = readText(context, 'q').trim().toLowerCase();
  const now = parts.system.now();
  const pacer = parts.readSlices.pacer(answerWanted(context));

  const counts = { active: 0, pending: 0, expired: 0 };
  const found = [];
  for (const silence of [...parts.silences.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (!mayMuteSuch(silence, filters) || !speaksOf(silence, sought)) continue;
    const shown = showSilence(silence, now.wallMs);
    counts[shown.state]++;
    if (states.has(shown.state)) found.push(shown);
  }
  const sorted = await pacedSort(found, compareSilences, pacer);
  const page = sorted.slice(offset, offset + limit).map(({ silence }) => silence);
  const muting = await countMuting(page, parts, { now, pacer });
  const answer: SilencesAnswer = {
    now: formatApiTimestamp(now.wallMs),
    counts,
    total: found.length,
    offset,
    silences: page.map((silence) => shownSilence(silence, muting.get(silence.id) ?? 0, now)),
  };
  return jsonOf(200, answer);
}

export async function getSilence(context: ApiContext, parts: ApiParts): Promise<Response> {
  const id = context.req.param('id') ?? '';
  if (!UUID.test(id)) return problem(400, `${JSON.stringify(id.slice(0, 64))} is not the id of a silence`);
  const silence = parts.silences.get(id.toLowerCase());
  if (silence === undefined) {
    return problem(
      404,
      `there is no silence ${id}; one that ended long ago is forgotten, /api/v3/silences lists the rest`,
    );
  }
  const now = parts.system.now();
  const pacer = parts.readSlices.pacer(answerWanted(context));
  const matched: Alert[] = [];
  for (const alert of [...parts.alerts.values()]) {
    if (pacer.isDue()) await pacer.pause();
    if (!isResolved(alert, now.wallMs) && matchesAll(silence.matchers, alert.labels)) matched.push(alert);
  }
  const listed = (await pacedSort(matched, compareByGravity, pacer)).slice(0, MOST_LISTED);
  const { muted } = await groupsOfAlerts(new Set(listed.map(({ fingerprint }) => fingerprint)), parts, { now, pacer });
  const answer: SilenceAnswer = {
    now: formatApiTimestamp(now.wallMs),
    silence: shownSilence(silence, matched.length, now),
    alerts: listed.map((alert) =>
      listAlert(alert, { suppression: suppressionOf(alert, now, parts), isMuted: muted.has(alert.fingerprint) }, now),
    ),
  };
  return jsonOf(200, answer);
}

function shownSilence(silence: Silence, muting: number, now: Now): ShownSilence {
  return {
    id: silence.id,
    state: silenceState(silence, now.wallMs),
    matchers: silence.matchers.map(shownMatcher),
    startsAt: formatApiTimestamp(silence.startsAtMs),
    endsAt: formatApiTimestamp(silence.endsAtMs),
    updatedAt: formatApiTimestamp(silence.updatedAtMs),
    createdBy: silence.createdBy,
    comment: silence.comment,
    annotations: silence.annotations,
    muting,
  };
}

/**
 * Whether the silence would mute alerts with such labels: none of its matchers excludes them. About labels that only one of
 * the two speaks of nothing is known, and of two regular expressions neither; then it may.
 */
export function mayMuteSuch({ matchers }: Pick<Silence, 'matchers'>, filters: readonly Matcher[]): boolean {
  return filters.every((filter) =>
    matchers.every((matcher) => {
      if (matcher.name !== filter.name) return true;
      if (filter.type === '=') return matcher.matchesValue(filter.value);
      return matcher.type !== '=' || filter.matchesValue(matcher.value);
    }),
  );
}

/** `sought` in lower case. Of the id its beginning: any short word is somewhere in one of many ids. */
function speaksOf({ id, comment, createdBy, matchers }: Silence, sought: string): boolean {
  if (sought === '') return true;
  const texts = [comment, createdBy, ...matchers.map(String)];
  return id.startsWith(sought) || texts.some((text) => text.toLowerCase().includes(sought));
}

/** By silence, the alerts that fire and that it matches. */
async function countMuting(
  silences: readonly Silence[],
  { alerts, silences: known }: Pick<ApiParts, 'alerts' | 'silences'>,
  { now, pacer }: { readonly now: Now; readonly pacer: Pacer },
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(silences.map(({ id }) => [id, 0]));
  if (counts.size === 0) return counts;
  for (const alert of [...alerts.values()]) {
    // The first look at an alert after a change of the silences costs as much as many that are remembered.
    if (pacer.isDue(64)) await pacer.pause();
    if (isResolved(alert, now.wallMs)) continue;
    for (const id of known.matching(alert)) {
      const count = counts.get(id);
      if (count !== undefined) counts.set(id, count + 1);
    }
  }
  return counts;
}
