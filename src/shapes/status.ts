/** GET /api/v3/status: this node, how it was started, and the configuration in force, with secrets masked. */
import { z } from 'zod';
import { answered, instant } from './terms.ts';

export const statusAnswer = z.strictObject({
  ...answered,
  node: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string(),
    revision: z.string(),
    nodeVersion: z.string(),
    startedAt: instant,
    isReady: z.boolean(),
  }),
  flags: z.array(z.strictObject({ name: z.string(), value: z.string(), isDefault: z.boolean() })),
  configuration: z.strictObject({
    file: z.string(),
    text: z.string().meta({ description: 'As YAML, secrets masked.' }),
    hash: z.string(),
    loadedAt: instant,
    lastReload: z.strictObject({ at: instant, isSuccess: z.boolean(), error: z.string() }),
    warnings: z.array(z.string()),
  }),
  storage: z.strictObject({ isHealthy: z.boolean(), error: z.string(), historyBytes: z.int().nullable() }),
});
export type StatusAnswer = z.output<typeof statusAnswer>;
