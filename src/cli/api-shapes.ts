/** What commands read of the API's answers. Fields not named here are kept, so that `-o json` shows all there is. */
import { z } from 'zod';

const labels = z.record(z.string(), z.string());

export const alertShape = z.looseObject({
  labels,
  annotations: labels,
  startsAt: z.string(),
  endsAt: z.string(),
  generatorURL: z.string().optional(),
  status: z.looseObject({ state: z.string() }),
});
export type ShownAlert = z.output<typeof alertShape>;

/** `isEqual` is younger than the API and missing in old silences. */
const matcherShape = z.looseObject({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().optional(),
});

export const silenceShape = z.looseObject({
  id: z.string(),
  matchers: z.array(matcherShape),
  startsAt: z.string(),
  endsAt: z.string(),
  updatedAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
  annotations: labels.optional(),
  status: z.looseObject({ state: z.string() }),
});
export type ShownSilence = z.output<typeof silenceShape>;

export const silenceIdShape = z.looseObject({ silenceID: z.string() });

export const statusShape = z.looseObject({
  cluster: z.looseObject({
    status: z.string(),
    name: z.string().optional(),
    peers: z.array(z.looseObject({ name: z.string(), address: z.string() })).nullish(),
  }),
  config: z.looseObject({ original: z.string() }),
  versionInfo: z.record(z.string(), z.string()),
  uptime: z.string(),
});

export const receiverTestShape = z.looseObject({
  results: z.array(
    z.looseObject({
      integration: z.string(),
      index: z.number(),
      outcome: z.string(),
      message: z.string(),
      durationMs: z.number(),
      /** Nodes of an older version have none. */
      transcript: z.array(z.string()).default([]),
    }),
  ),
});
