/** Why an alert goes where it goes, as API v3 shows it. */
import type { InhibitRule } from '../../config/config.ts';
import type { Labels } from '../../model/labels.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { Explanation } from '../../shapes/alerts.ts';
import type { ApiExplanation } from '../dependencies.ts';
import { shownMatcher } from './matcher-shape.ts';
import { shownTimings } from './route-shape.ts';

export function shownExplanation(labels: Labels, explained: ApiExplanation): Explanation {
  const { routes, destinations, silences, inhibition } = explained;
  return {
    labels,
    routes: routes.map(({ route, depth, verdict, reason }) => ({
      ...{ id: route.id, depth, verdict, reason, receiver: route.receiver },
      matchers: route.matchers.map(shownMatcher),
      ...shownTimings(route),
    })),
    destinations: destinations.map(
      ({ route, integrations, groupLabels, groupKey, groupId, exists, mutedBy, next }) => ({
        ...{ routeId: route.id, receiver: route.receiver, integrations: [...integrations] },
        ...{ groupLabels, groupKey, groupId, exists },
        ...shownTimings(route),
        mutedBy: [...mutedBy],
        next: { at: next.atMs === undefined ? null : formatApiTimestamp(next.atMs), what: next.what },
      }),
    ),
    silences: silences.map(({ id, comment, createdBy, endsAtMs }) => {
      return { id, comment, createdBy, endsAt: formatApiTimestamp(endsAtMs) };
    }),
    inhibitedBy:
      inhibition === undefined
        ? []
        : [{ fingerprint: inhibition.fingerprint, labels: inhibition.labels, rule: ruleInWords(inhibition.rule) }],
  };
}

function ruleInWords({ name, sourceMatchers, targetMatchers, equal }: InhibitRule): string {
  const which = name === '' ? '' : `${name}: `;
  const alike = equal.length === 0 ? '' : `, if they have the same ${equal.join(', ')}`;
  return `${which}while {${sourceMatchers.join(', ')}} fires, {${targetMatchers.join(', ')}} is not told${alike}`;
}
