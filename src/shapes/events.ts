/**
 * What happened: the events that history keeps and GET /api/v3/events streams. Nothing decides on them.
 *
 * The stream is server-sent events. `event: hello` first (see {@link hello}), then `event: happened` for each event below,
 * `event: changed` (see {@link changed}) when what other answers show may be different, `event: reset` when what was missed is
 * not known any more and everything has to be asked for again, and `event: beat` (see {@link beat}) every 5 s. Each has an
 * `id`; a client that comes back with `Last-Event-ID`, or the query `lastEventId`,
 * gets what it missed.
 */
import { z } from 'zod';
import { groupId, instant, labels, severityCounts } from './terms.ts';

const base = {
  id: z.string().meta({ description: 'Unique in the cluster.' }),
  at: instant,
  node: z.string().meta({ description: 'Name of the node it happened on.' }),
};
const ofGroup = { groupId, groupLabels: labels, receiver: z.string() };
/** More are counted, not named. */
const fingerprints = z.array(z.string()).meta({ description: '100 at most.' });

export const alertEvent = z.strictObject({
  ...base,
  kind: z.literal('alert'),
  change: z.enum(['new', 'ended', 'firing again']),
  fingerprint: z.string(),
  labels,
  from: z.string().meta({ description: 'Who said so: `checker 10.0.0.7 (Prometheus/3.1)`, `peer b`, or `this node`.' }),
});

export const groupEvent = z.strictObject({
  ...base,
  kind: z.literal('group'),
  change: z.enum(['begun', 'ended']),
  ...ofGroup,
  firstFlushAt: instant.nullable(),
});

/** Why a flush, or some of its alerts, was told to nobody; once, until it changes. */
export const muteEvent = z.strictObject({
  ...base,
  kind: z.literal('mute'),
  reason: z.enum(['inhibition', 'silence', 'mute_time_interval', 'active_time_interval']),
  by: z.array(z.string()).meta({ description: 'Ids of silences, fingerprints, or names of intervals; 20 at most.' }),
  ...ofGroup,
  alerts: z.int(),
  fingerprints,
});

/** Somebody else's turn: this node waited, asked, or left it to another. */
export const turnEvent = z.strictObject({
  ...base,
  kind: z.literal('turn'),
  ...ofGroup,
  integration: z.string(),
  decision: z.enum(['waits', 'asks', 'leaves it']),
  reason: z.string(),
});

export const notificationEvent = z.strictObject({
  ...base,
  kind: z.literal('notification'),
  ...ofGroup,
  integration: z.string(),
  index: z.int(),
  outcome: z.enum(['sent', 'refused', 'unknown']),
  reason: z.string().meta({ description: 'Why it was told: `first notification`, `new alerts added` …' }),
  message: z.string().meta({ description: 'What went wrong; empty if nothing did.' }),
  durationMs: z.int(),
  attempt: z.int(),
  willRetry: z.boolean(),
  firing: z.int(),
  resolved: z.int(),
  fingerprints,
});

export const silenceEvent = z.strictObject({
  ...base,
  kind: z.literal('silence'),
  change: z.enum(['made', 'changed', 'ended']),
  silenceId: z.string(),
  by: z.string(),
  comment: z.string(),
  matchers: z.array(z.string()),
  startsAt: instant,
  endsAt: instant,
});

export const configurationEvent = z.strictObject({
  ...base,
  kind: z.literal('configuration'),
  change: z.enum(['loaded', 'refused']),
  hash: z.string(),
  message: z.string(),
});

export const memberEvent = z.strictObject({
  ...base,
  kind: z.literal('member'),
  change: z.enum(['joined', 'lost', 'left']),
  member: z.string().meta({ description: 'Its name.' }),
  reason: z.string(),
});

export const nodeEvent = z.strictObject({
  ...base,
  kind: z.literal('node'),
  change: z.enum(['started', 'stopping', 'stood still', 'clock set']),
  message: z.string(),
});

/** Events that were not kept, since there were too many at once. */
export const gapEvent = z.strictObject({ ...base, kind: z.literal('gap'), events: z.int(), message: z.string() });

/** Once a minute, and when it changes much: what fired then on this node. */
export const countEvent = z.strictObject({
  ...base,
  kind: z.literal('count'),
  firing: severityCounts,
  suppressed: z.int(),
});

export const happened = z.discriminatedUnion('kind', [
  alertEvent,
  groupEvent,
  muteEvent,
  turnEvent,
  notificationEvent,
  silenceEvent,
  configurationEvent,
  memberEvent,
  nodeEvent,
  gapEvent,
  countEvent,
]);
export type HappenedEvent = z.output<typeof happened>;
export type EventKind = HappenedEvent['kind'];

export const hello = z.strictObject({
  now: instant,
  node: z.string(),
  version: z.string(),
  boot: z.string().meta({ description: 'Names the process: another one has started when it differs.' }),
});
export const beat = z.strictObject({ now: instant });
export const topic = z.enum(['alerts', 'notifications', 'silences', 'cluster', 'configuration', 'receivers']);
export const changed = z.strictObject({ now: instant, topics: z.array(topic) });
export type Topic = z.output<typeof topic>;
