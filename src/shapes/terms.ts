/**
 * What the shapes of API v3 share. These schemas are the one truth about v3: the OpenAPI document is made from them, tests
 * hold real answers against them, and the web UI takes its types from them.
 */
import { z } from 'zod';

/** RFC 3339, in UTC, with milliseconds; read with the cluster's clock. */
export const instant = z.string().meta({ format: 'date-time' });
export const labels = z.record(z.string(), z.string());
/** Every answer says when it was made, so that whoever shows ages needs no clock of their own. */
export const answered = { now: instant };
export const fingerprint = z.string().meta({ description: 'Names an alert: a hash of its labels.' });
export const groupId = z.string().meta({ description: 'Names a group: the same on every node with the same routes.' });

/** `urgent`, `important` and `interesting` by the words of the ladder and its synonyms; `other` for the rest. */
export const severity = z.enum(['urgent', 'important', 'interesting', 'other']);
export type SeverityName = z.output<typeof severity>;

export const severityCounts = z.strictObject({
  urgent: z.int(),
  important: z.int(),
  interesting: z.int(),
  other: z.int(),
});

export const matcher = z.strictObject({
  name: z.string(),
  type: z.enum(['=', '!=', '=~', '!~']),
  value: z.string(),
  text: z.string().meta({ description: 'As it is written in filters and configurations.' }),
});
export type MatcherShape = z.output<typeof matcher>;

/** A node whose part is in an answer, or is missing from it. */
export const nodePart = z.strictObject({
  node: z.string().meta({ description: "The node's id in the cluster; its name if it is alone." }),
  name: z.string(),
  isSelf: z.boolean(),
  state: z.enum(['answered', 'missing']),
  reason: z.string().meta({ description: 'Why it is missing; empty if it is not.' }),
});
export type NodePart = z.output<typeof nodePart>;

/** RFC 9457. */
export const problem = z.strictObject({
  type: z.string().meta({ description: '`about:blank`, or where the kind of problem is described.' }),
  title: z.string(),
  status: z.int(),
  detail: z.string().meta({ description: 'What is wrong, where, and what to do about it.' }),
});
export type Problem = z.output<typeof problem>;
