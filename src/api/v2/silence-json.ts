/** Silences as the API shows them, and their order in a list. */
import { type Silence, type SilenceState, silenceState } from '../../model/silence.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';

export interface ShownSilence {
  readonly silence: Silence;
  readonly state: SilenceState;
}

export function showSilence(silence: Silence, wallMs: number): ShownSilence {
  return { silence, state: silenceState(silence, wallMs) };
}

/** The fields in Alertmanager's order; annotations only if there are any. */
export function writeSilence({ silence, state }: ShownSilence): string {
  const { annotations } = silence;
  return JSON.stringify({
    id: silence.id,
    status: { state },
    updatedAt: formatApiTimestamp(silence.updatedAtMs),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: formatApiTimestamp(silence.endsAtMs),
    matchers: silence.matchers.map((matcher) => matcher.toJson()),
    startsAt: formatApiTimestamp(silence.startsAtMs),
  });
}

const STATE_ORDER: readonly SilenceState[] = ['active', 'pending', 'expired'];

/** What ends or begins next comes first: active by end, pending by start, then expired with the latest end first. */
export function compareSilences(a: ShownSilence, b: ShownSilence): number {
  if (a.state !== b.state) return STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state);
  switch (a.state) {
    case 'active':
      return a.silence.endsAtMs - b.silence.endsAtMs;
    case 'pending':
      return a.silence.startsAtMs - b.silence.startsAtMs;
    case 'expired':
      return b.silence.endsAtMs - a.silence.endsAtMs;
  }
}
