/** GET /api/v3/routing and POST /api/v3/routing/compare: the routing tree in force, and what another would change. */
import { z } from 'zod';
import { answered, instant, labels, matcher } from './terms.ts';

export const routeTimings = z.strictObject({
  groupBy: z.array(z.string()).meta({ description: '`...` alone for all labels.' }),
  groupWaitMs: z.int(),
  groupIntervalMs: z.int(),
  repeatIntervalMs: z.int(),
  muteTimeIntervals: z.array(z.string()),
  activeTimeIntervals: z.array(z.string()),
  continue: z.boolean(),
});

export const routeNode = z.strictObject({
  id: z.string(),
  parentId: z.string().nullable(),
  depth: z.int(),
  matchers: z.array(matcher),
  receiver: z.string(),
  integrations: z.array(z.string()),
  ...routeTimings.shape,
  labels,
  alerts: z.int().meta({ description: 'That take it now.' }),
  groups: z.int(),
  mutedBy: z.array(z.string()),
});
export type RouteNode = z.output<typeof routeNode>;

export const shownTimeInterval = z.strictObject({
  name: z.string(),
  contains: z.boolean().meta({ description: 'Whether now is inside.' }),
  changesAt: instant.nullable().meta({ description: 'When that changes; null if not within 400 days.' }),
  text: z.string().meta({ description: 'As in the configuration, as YAML.' }),
});

export const routingAnswer = z.strictObject({
  ...answered,
  routes: z.array(routeNode).meta({ description: 'Parents before children.' }),
  timeIntervals: z.array(shownTimeInterval),
  inhibitRules: z.array(z.strictObject({ name: z.string(), text: z.string() })),
});
export type RoutingAnswer = z.output<typeof routingAnswer>;

export const compareRequest = z.strictObject({
  config: z.string().meta({ description: 'A whole configuration file; its receivers’ secrets may be masked.' }),
  labels: labels.optional().meta({ description: 'Also of one alert that need not exist.' }),
});

export const compareAnswer = z.strictObject({
  ...answered,
  isValid: z.boolean(),
  problems: z.array(z.string()).meta({ description: 'With line and column.' }),
  warnings: z.array(z.string()),
  routes: z.array(routeNode).meta({ description: 'Of the given configuration; empty if it is not valid.' }),
  alerts: z.strictObject({ same: z.int(), different: z.int() }),
  changes: z
    .array(
      z.strictObject({
        before: z.array(z.string()).meta({ description: 'Receivers, in the order of the routes.' }),
        after: z.array(z.string()),
        regrouped: z.boolean().meta({ description: 'The same receivers, but other groups or timings.' }),
        alerts: z.int(),
        example: labels,
      }),
    )
    .meta({ description: 'The alerts of now that would be told otherwise, most first; 100 at most.' }),
  given: z
    .strictObject({ before: z.array(z.string()), after: z.array(z.string()) })
    .nullable()
    .meta({ description: 'For the labels of the request.' }),
});
export type CompareAnswer = z.output<typeof compareAnswer>;
