/** A silence: a human's word "don't tell", its states and the rules for changing it (Alertmanager's `silence/`). */

import { goQuote } from './go-quote.ts';
import { isValidLabelName, type LabelNameMode, type Labels } from './labels.ts';
import { type Matcher, sameMatchers } from './matcher.ts';
import { isAffordable, TOO_COSTLY } from './matcher-cost.ts';

export interface Silence {
  /** RFC 9562 UUID. */
  readonly id: string;
  /** At least one; all must match. */
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Labels;
}

export type SilenceState = 'pending' | 'active' | 'expired';

/** Both ends are inclusive, as in Alertmanager. */
export function silenceState(silence: Pick<Silence, 'startsAtMs' | 'endsAtMs'>, wallMs: number): SilenceState {
  if (wallMs < silence.startsAtMs) return 'pending';
  if (wallMs > silence.endsAtMs) return 'expired';
  return 'active';
}

/**
 * The first thing that is wrong with a silence about to be created or updated, in Alertmanager's words (which it puts
 * after `invalid silence: `); undefined if it is fine. Not for silences already in force: those may have ended.
 */
export function validateSilence(
  silence: Pick<Silence, 'matchers' | 'startsAtMs' | 'endsAtMs'>,
  wallMs: number,
  labelNameMode: LabelNameMode = 'utf8',
): string | undefined {
  const { matchers, startsAtMs, endsAtMs } = silence;
  if (matchers.length === 0) return 'at least one matcher required';
  if (!isAffordable(matchers)) return TOO_COSTLY;
  for (const [index, matcher] of matchers.entries()) {
    const problem = matcherProblem(matcher, labelNameMode);
    if (problem !== undefined) return `invalid label matcher ${index}: ${problem}`;
  }
  // Such a silence would mute everything, which nobody has ever meant.
  if (matchers.every(acceptsAbsence)) return 'at least one matcher must not match the empty string';
  if (!Number.isFinite(startsAtMs)) return 'invalid zero start timestamp';
  if (!Number.isFinite(endsAtMs)) return 'invalid zero end timestamp';
  if (endsAtMs < startsAtMs) return 'end time must not be before start time';
  if (endsAtMs < wallMs) return "end time can't be in the past";
  return undefined;
}

function matcherProblem(matcher: Matcher, labelNameMode: LabelNameMode): string | undefined {
  if (!isValidLabelName(matcher.name, labelNameMode)) return `invalid label name ${goQuote(matcher.name)}`;
  if (!matcher.value.isWellFormed()) return `invalid label value ${goQuote(matcher.value)}`;
  return undefined;
}

/** Negative types narrow a silence only together with others, yet Alertmanager lets them stand alone. */
function acceptsAbsence(matcher: Matcher): boolean {
  return (matcher.type === '=' || matcher.type === '=~') && matcher.matchesValue('');
}

/**
 * Whether `next` may take the place of `old` under the same id. It may not if that would rewrite what was muted: other
 * matchers, another start of one already active, anything about one that has ended. Then the old one is ended and a new
 * one made. Starts are compared by the second, since clients cut the rest off.
 */
export function canUpdateInPlace(old: Silence, next: Silence, wallMs: number): boolean {
  if (!sameMatchers(old.matchers, next.matchers)) return false;
  switch (silenceState(old, wallMs)) {
    case 'active':
      return Math.floor(old.startsAtMs / 1000) === Math.floor(next.startsAtMs / 1000) && next.endsAtMs >= wallMs;
    case 'pending':
      return next.startsAtMs >= wallMs;
    case 'expired':
      return false;
  }
}
