/** An alert as the store keeps it, and the rule by which two posts of the same alert become one. */
import type { Labels } from './labels.ts';

export interface Alert {
  /** 16 lower-case hex digits of the label set; see `fingerprint` in labels.ts. */
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** '' when the poster gave none. */
  readonly generatorURL: string;
  readonly startsAtMs: number;
  /** The poster's own text, kept only where milliseconds in UTC cannot say the same (offset, nanoseconds). */
  readonly startsAtText?: string;
  /** For a firing alert the instant at which it runs out unless heard of again. */
  readonly endsAtMs: number;
  readonly endsAtText?: string;
  /** True if the poster gave no end, so that `endsAtMs` is receipt + resolve_timeout. */
  readonly timeout: boolean;
  /** When this alert was last posted. */
  readonly updatedAtMs: number;
  /** When this node first heard of the present episode: the time counted towards group_wait after a restart. */
  readonly receivedAtMs: number;
}
