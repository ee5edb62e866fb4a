/** A silence: a human's word "don't tell", its states and the rules for changing it (Alertmanager's `silence/`). */
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';

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
