/**
 * The instant a unit of work happens at. It is taken once from the System and passed along as an argument, so that no
 * decision straddles two instants.
 */
export interface Now {
  /** Milliseconds since the Unix epoch; may jump. For absolute times only: ends of silences, time intervals, messages. */
  readonly wallMs: number;
  /** Milliseconds on a clock that never jumps and starts anywhere. For every duration. */
  readonly monotonicMs: number;
}
