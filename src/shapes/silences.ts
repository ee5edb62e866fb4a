/** GET /api/v3/silences and POST /api/v3/silences/preview. Silences are made, changed and ended by API v2. */
import { z } from 'zod';
import { listedAlert } from './groups.ts';
import { answered, instant, labels, matcher, severityCounts } from './terms.ts';

export const silenceState = z.enum(['active', 'pending', 'expired']);

export const shownSilence = z.strictObject({
  id: z.string(),
  state: silenceState,
  matchers: z.array(matcher),
  startsAt: instant,
  endsAt: instant,
  updatedAt: instant,
  createdBy: z.string(),
  comment: z.string(),
  annotations: labels,
  muting: z.int().meta({ description: 'Alerts that fire and that it matches now, whatever its state.' }),
});
export type ShownSilence = z.output<typeof shownSilence>;

/**
 * Query: `state` (repeatable, by default all), `filter` (matchers; silences that would mute alerts with such labels), `q` (text
 * in comment, author, matchers or id), `offset`, `limit` (1 to 500, by default 100).
 */
export const silencesAnswer = z.strictObject({
  ...answered,
  counts: z.strictObject({ active: z.int(), pending: z.int(), expired: z.int() }),
  total: z.int(),
  offset: z.int(),
  silences: z.array(shownSilence),
});
export type SilencesAnswer = z.output<typeof silencesAnswer>;

/** GET /api/v3/silences/:id */
export const silenceAnswer = z.strictObject({
  ...answered,
  silence: shownSilence,
  alerts: z.array(listedAlert).meta({ description: 'That fire and that it matches, the gravest first; 500 at most.' }),
});
export type SilenceAnswer = z.output<typeof silenceAnswer>;

export const previewRequest = z.strictObject({
  matchers: z.array(z.string()).max(256).meta({ description: 'As text, such as `severity=~"urgent|important"`.' }),
});

export const silenceWarning = z.strictObject({
  kind: z.enum(['no alertname', 'many alerts', 'urgent alerts', 'nothing matches']),
  text: z.string(),
});

export const previewAnswer = z.strictObject({
  ...answered,
  matchers: z.array(matcher),
  alerts: z.int().meta({ description: 'That fire now and would be muted.' }),
  total: z.int().meta({ description: 'That fire now.' }),
  groups: z.int(),
  severities: severityCounts,
  warnings: z.array(silenceWarning),
  examples: z.array(listedAlert).meta({ description: '20 at most, the most urgent first.' }),
});
export type PreviewAnswer = z.output<typeof previewAnswer>;
