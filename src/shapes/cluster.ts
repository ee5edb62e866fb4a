/** GET /api/v3/cluster: the cluster as this node sees it. Ages are in milliseconds; what is not known is null. */
import { z } from 'zod';
import { labels } from './terms.ts';

const ageMs = z.int();

export const clusterMember = z.strictObject({
  id: z.string(),
  self: z.boolean(),
  name: z.string().nullable(),
  address: z.string().nullable(),
  url: z.string().nullable().meta({ description: 'Where its web UI is, if it was told so by --web.external-url.' }),
  version: z.string().nullable(),
  boot: z.string().nullable(),
  configHash: z.string().nullable(),
  alive: z.boolean(),
  reason: z.string(),
  settled: z.boolean(),
  left: z.boolean(),
  cloned: z.boolean(),
  heardAgoMs: ageMs.nullable(),
  heardByAnyoneAgoMs: ageMs,
  clockOffsetMs: z.int().nullable(),
  links: z.array(z.string()),
  hears: z.array(z.strictObject({ member: z.string(), agoMs: ageMs })),
  firstForGroups: z.int(),
  deltaRoundTripMs: z.number().nullable(),
  exchange: z
    .strictObject({
      agoMs: ageMs.nullable(),
      running: z.boolean(),
      behind: z.int(),
      ahead: z.int(),
      remaining: z.int(),
    })
    .nullable(),
});
export type ClusterMember = z.output<typeof clusterMember>;

export const clusterHint = z.strictObject({
  kind: z.literal('replica label'),
  label: z.string(),
  values: z.array(z.string()),
  alerts: z.int(),
  example: labels,
  text: z.string(),
  prometheusConfig: z.string(),
});

const alone = { hints: z.array(clusterHint) };

export const clusterAnswer = z.union([
  z.strictObject({ status: z.literal('disabled'), ...alone }),
  z.strictObject({
    status: z.enum(['ready', 'settling']),
    ...alone,
    self: z.string(),
    clockOffsetMs: z.number(),
    configDiffers: z.boolean(),
    members: z.array(clusterMember),
    claims: z.strictObject({
      total: z.int(),
      open: z.array(
        z.strictObject({
          groupKey: z.string(),
          receiver: z.string(),
          integration: z.string(),
          member: z.string(),
          agoMs: ageMs,
          leftMs: z.int(),
        }),
      ),
    }),
    traffic: z.strictObject({
      queued: z.int(),
      messagesRefused: z.int(),
      bytesSent: z.int(),
      bytesReceived: z.int(),
      recordsRefused: z.int(),
      peersJoined: z.int(),
      peersLost: z.int(),
      deltas: z.strictObject({
        sent: z.int(),
        dropped: z.int(),
        tooLarge: z.int(),
        changed: z.int(),
        nothingNew: z.int(),
        refused: z.int(),
        unknownMap: z.int(),
      }),
    }),
  }),
]);
export type ClusterAnswer = z.output<typeof clusterAnswer>;
