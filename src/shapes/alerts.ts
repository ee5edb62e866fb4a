/** GET /api/v3/alerts/:fingerprint and POST /api/v3/explain: everything about one alert, and why it goes where it goes. */
import { z } from 'zod';
import { groupSummary, listedAlert } from './groups.ts';
import { routeTimings } from './routing.ts';
import { answered, instant, labels, matcher } from './terms.ts';

/** One route that was looked at on the way, parents before children. */
export const explainedRoute = z.strictObject({
  id: z.string(),
  depth: z.int(),
  matchers: z.array(matcher),
  verdict: z.enum(['taken', 'passed through', 'not matched', 'not reached']),
  reason: z.string().meta({ description: 'In words: which matcher failed, or why the search went on or ended here.' }),
  receiver: z.string(),
  ...routeTimings.shape,
});
export type ExplainedRoute = z.output<typeof explainedRoute>;

/** What an alert with these labels becomes on one route it takes. */
export const explainedDestination = z.strictObject({
  routeId: z.string(),
  receiver: z.string(),
  integrations: z.array(z.string()),
  groupLabels: labels,
  groupKey: z.string(),
  groupId: z.string(),
  exists: z.boolean().meta({ description: 'Whether there is such a group now.' }),
  ...routeTimings.shape,
  mutedBy: z.array(z.string()).meta({ description: 'Time intervals that mute it now.' }),
  next: z.strictObject({
    at: instant.nullable(),
    what: z.string().meta({ description: 'What happens next, in words.' }),
  }),
});
export type ExplainedDestination = z.output<typeof explainedDestination>;

export const explanation = z.strictObject({
  labels,
  routes: z.array(explainedRoute),
  destinations: z.array(explainedDestination),
  silences: z.array(z.strictObject({ id: z.string(), comment: z.string(), createdBy: z.string(), endsAt: instant })),
  inhibitedBy: z.array(
    z.strictObject({
      fingerprint: z.string(),
      labels,
      rule: z.string().meta({ description: 'Which rule, in words.' }),
    }),
  ),
});
export type Explanation = z.output<typeof explanation>;

export const explainRequest = z.strictObject({ labels });
export const explainAnswer = z.strictObject({ ...answered, ...explanation.shape });
export type ExplainAnswer = z.output<typeof explainAnswer>;

export const alertAnswer = z.strictObject({
  ...answered,
  alert: z.strictObject({
    ...listedAlert.shape,
    updatedAt: instant.meta({ description: 'When a checker last spoke of it.' }),
    receivers: z.array(z.string()),
  }),
  groups: z.array(groupSummary),
  explanation,
});
export type AlertAnswer = z.output<typeof alertAnswer>;
