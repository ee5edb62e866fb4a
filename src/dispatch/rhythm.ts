/**
 * The rhythm that the nodes share: each hears of the ticks at which others speak and goes along, so that together they
 * speak once per group_interval, exactly as a single node would. Pure. All instants are on this node's monotonic clock.
 */

export interface HeardTick {
  /** The tick another node speaks about. */
  readonly heardMs: number;
  /** This node's last tick of the group; undefined if it has not ticked yet. */
  readonly lastTickMs: number | undefined;
  readonly groupIntervalMs: number;
}

export type Step =
  /** A tick this node has not had: it ticks at once, as of that instant, and the next one follows an interval after it. */
  | {
      readonly step: 'tick';
      readonly reason: 'not ticked yet' | 'not ticked in this interval';
      readonly tickMs: number;
    }
  | { readonly step: 'align'; readonly reason: 'the same tick, earlier there'; readonly nextTickMs: number }
  | { readonly step: 'keep'; readonly reason: 'the same tick' | 'an older tick' };

/**
 * Of one tick that two nodes had some milliseconds apart the earlier counts: so the rhythm neither drifts with the
 * time messages take nor swings between two speakers.
 */
export function stepTo({ heardMs, lastTickMs, groupIntervalMs }: HeardTick): Step {
  if (lastTickMs === undefined) return { step: 'tick', reason: 'not ticked yet', tickMs: heardMs };
  const aheadMs = heardMs - lastTickMs;
  if (aheadMs >= groupIntervalMs / 2) return { step: 'tick', reason: 'not ticked in this interval', tickMs: heardMs };
  if (aheadMs <= -groupIntervalMs / 2) return { step: 'keep', reason: 'an older tick' };
  if (aheadMs >= 0) return { step: 'keep', reason: 'the same tick' };
  return { step: 'align', reason: 'the same tick, earlier there', nextTickMs: heardMs + groupIntervalMs };
}
