/** GET /api/v3/groups and /api/v3/groups/:id: what fires, grouped as people are told. */
import { z } from 'zod';
import { answered, fingerprint, groupId, instant, labels, severity, severityCounts } from './terms.ts';

export const alertState = z.enum(['active', 'silenced', 'inhibited', 'muted', 'resolved']);
export type AlertStateName = z.output<typeof alertState>;

export const listedAlert = z.strictObject({
  fingerprint,
  labels,
  annotations: labels,
  generatorURL: z.string(),
  severity,
  state: alertState,
  startsAt: instant,
  endsAt: instant.meta({ description: 'When it runs out unless a checker repeats it, or ended.' }),
  silencedBy: z.array(z.string()).meta({ description: 'Ids of silences.' }),
  inhibitedBy: z.array(fingerprint),
});
export type ListedAlert = z.output<typeof listedAlert>;

/** What one integration of the group's receiver was last told, or is being told. */
export const groupNotification = z.strictObject({
  integration: z.string(),
  index: z.int(),
  state: z.enum(['not yet', 'telling', 'sent', 'refused', 'unknown']),
  at: instant.nullable(),
  node: z.string().nullable().meta({ description: 'Name of the node that said it.' }),
  message: z.string().meta({ description: 'The last error; empty if there is none, or this node does not know it.' }),
});
export type GroupNotification = z.output<typeof groupNotification>;

export const stateCounts = z.strictObject({
  active: z.int(),
  silenced: z.int(),
  inhibited: z.int(),
  muted: z.int(),
  resolved: z.int(),
});

export const groupSummary = z.strictObject({
  id: groupId,
  groupKey: z.string(),
  labels,
  receiver: z.string(),
  severity: severity.meta({ description: 'The highest among its alerts that fire.' }),
  alerts: stateCounts,
  since: instant.meta({ description: 'The earliest start among the alerts shown that fire, or all if none does.' }),
  latest: instant.meta({ description: 'The latest start among them.' }),
  commonLabels: labels.meta({ description: "Of all its alerts, besides the group's own labels." }),
  commonAnnotations: labels,
  mutedBy: z.array(z.string()).meta({ description: 'Names of the time intervals that mute the group now.' }),
  silencedBy: z.array(z.string()).meta({ description: 'Ids of the silences that mute any of its alerts; 20 at most.' }),
  notifications: z.array(groupNotification),
  nextFlushAt: instant.nullable(),
});
export type GroupSummary = z.output<typeof groupSummary>;

/**
 * Query: `filter` (matchers, repeatable), `q` (words, each anywhere in labels or annotations), `receiver` (exact name, repeatable), `state` (repeatable; by default `active`,
 * `silenced`, `inhibited` and `muted`), `severity` (repeatable), `sort` (`severity`, `since`, `latest`, `name`), `offset`, `limit`
 * (1 to 500, by default 50), `alerts` (alerts given along with each group, 0 to 100, by default 0).
 */
export const groupsAnswer = z.strictObject({
  ...answered,
  total: z.strictObject({ groups: z.int(), alerts: z.int() }).meta({ description: 'That match the query.' }),
  severities: severityCounts.meta({ description: 'Alerts that match the query but for `severity`.' }),
  states: stateCounts.meta({ description: 'Alerts that match the query but for `state`.' }),
  receivers: z
    .array(z.strictObject({ name: z.string(), alerts: z.int() }))
    .meta({ description: 'Alerts that match the query but for `receiver`; 100 receivers at most.' }),
  quietSince: instant
    .nullable()
    .meta({ description: 'Since when nothing at all fires on this node; null while something does.' }),
  offset: z.int(),
  groups: z.array(z.strictObject({ ...groupSummary.shape, listed: z.array(listedAlert) })),
});
export type GroupsAnswer = z.output<typeof groupsAnswer>;
export type ShownGroup = GroupsAnswer['groups'][number];

/** Query: `offset`, `limit` (1 to 500, by default 100), `filter`, `state`. */
export const groupAnswer = z.strictObject({
  ...answered,
  group: groupSummary,
  offset: z.int(),
  total: z.int(),
  listed: z.array(listedAlert),
});
export type GroupAnswer = z.output<typeof groupAnswer>;

/** GET /api/v3/labels. Query: `filter`, `state` (`active`, `silenced`, `inhibited`), `prefix` (of the name), `limit`. */
export const labelNamesAnswer = z.strictObject({
  ...answered,
  names: z.array(z.strictObject({ name: z.string(), alerts: z.int(), values: z.int() })),
});
export type LabelNamesAnswer = z.output<typeof labelNamesAnswer>;

/** GET /api/v3/labels/:name/values. Query: `filter`, `state`, `prefix`, `limit`. Most frequent first. */
export const labelValuesAnswer = z.strictObject({
  ...answered,
  name: z.string(),
  total: z.int(),
  values: z.array(
    z.strictObject({
      value: z.string(),
      alerts: z.int(),
      severities: severityCounts,
      otherWords: z
        .array(z.string())
        .meta({ description: 'What `severity` of those that count as `other` says; 3 words at most.' }),
    }),
  ),
});
export type LabelValuesAnswer = z.output<typeof labelValuesAnswer>;
