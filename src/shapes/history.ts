/** GET /api/v3/history, /api/v3/history/export and /api/v3/history/chart: the cluster's record, put together from all live nodes. */
import { z } from 'zod';
import { happened } from './events.ts';
import { answered, instant, nodePart, severityCounts } from './terms.ts';

/** The same fact, as several nodes noted it, is one entry. */
export const historyEntry = z.strictObject({
  event: happened,
  nodes: z.array(z.string()).meta({ description: 'Names of the nodes that noted it, the first one first.' }),
});
export type HistoryEntry = z.output<typeof historyEntry>;

/**
 * Query: `from`, `to` (instants), `kind`, `receiver`, `node` (name), `outcome` (each repeatable), `filter` (matchers on labels or
 * group labels), `fingerprint`, `group` (id), `q` (text), `limit` (1 to 500, by default 100), `cursor`. Latest first. `count`
 * events are given only if asked for by kind. The export takes the same, `format` (`json` lines or `csv`), and no limit.
 */
export const historyAnswer = z.strictObject({
  ...answered,
  entries: z.array(historyEntry),
  next: z.string().nullable().meta({ description: 'The `cursor` that goes on from here; null at the end.' }),
  nodes: z.array(nodePart),
  keptSince: instant.nullable().meta({ description: 'Before this nothing is kept any more, on this node.' }),
});
export type HistoryAnswer = z.output<typeof historyAnswer>;

/** Query: `from`, `to`, `points` (10 to 1000, by default 200), and the filters above for the notifications. */
export const chartAnswer = z.strictObject({
  ...answered,
  stepMs: z.int(),
  points: z.array(
    z.strictObject({
      at: instant,
      firing: severityCounts
        .nullable()
        .meta({ description: 'The most that fired on any node; null where nothing is known.' }),
      sent: z.int(),
      failed: z.int(),
    }),
  ),
  nodes: z.array(nodePart),
});
export type ChartAnswer = z.output<typeof chartAnswer>;
