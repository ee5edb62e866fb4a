/** GET /api/v3/receivers and POST /api/v3/receivers/:name/test: how each way to reach somebody is doing, node by node. */
import { z } from 'zod';
import { answered, instant, nodePart } from './terms.ts';

export const integrationHealth = z.strictObject({
  node: z.string().meta({ description: 'Name of the node.' }),
  lastSentAt: instant.nullable(),
  lastFailedAt: instant.nullable(),
  lastError: z.string(),
  isFailing: z.boolean().meta({ description: 'The last attempt failed.' }),
  latencyMs: z.int().nullable().meta({ description: 'Of the last attempt.' }),
  sent: z.int().meta({ description: 'Attempts since the node’s start.' }),
  failed: z.int(),
  underWay: z.int(),
  waiting: z.int().meta({ description: 'Messages that wait for room.' }),
  closedUntil: instant.nullable().meta({ description: 'Until when the other side asked to be left alone.' }),
});
export type IntegrationHealth = z.output<typeof integrationHealth>;

export const receiverHealth = z.strictObject({
  name: z.string(),
  routes: z.int(),
  groups: z.int(),
  integrations: z.array(
    z.strictObject({
      integration: z.string(),
      index: z.int(),
      sendResolved: z.boolean(),
      nodes: z.array(integrationHealth),
    }),
  ),
});
export type ReceiverHealth = z.output<typeof receiverHealth>;

export const receiversAnswer = z.strictObject({
  ...answered,
  receivers: z.array(receiverHealth),
  nodes: z.array(nodePart),
});
export type ReceiversAnswer = z.output<typeof receiversAnswer>;

export const receiverTestAnswer = z.strictObject({
  receiver: z.string(),
  results: z.array(
    z.strictObject({
      integration: z.string(),
      index: z.int(),
      outcome: z.enum(['sent', 'refused', 'unknown']),
      message: z.string(),
      durationMs: z.int(),
      transcript: z
        .array(z.string())
        .meta({ description: 'What was said and answered, line by line, without secrets.' }),
    }),
  ),
});
export type ReceiverTestAnswer = z.output<typeof receiverTestAnswer>;
