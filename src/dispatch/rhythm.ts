/**
 * The rhythm that the nodes share: each hears of the ticks at which others speak and goes along, so that together they
 * speak once per group_interval, exactly as a single node would. Pure. All instants are on this node's monotonic clock.
 */

export interface HeardTick {
  /** The tick another node speaks about. */
  readonly heardMs: number;
  /** The newest tick that anybody is known to have spoken about, this node included. */
  readonly newestMs: number;
  /** Whether nobody is owed anything about the group: then a word of a former tick was about alerts that are over. */
  readonly isOver: boolean;
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
  /** This node's last tick counts as of that instant, and the next one follows an interval after it. */
  | {
      readonly step: 'align';
      readonly reason: 'a little earlier there' | 'another rhythm there';
      readonly tickMs: number;
    }
  | { readonly step: 'keep'; readonly reason: 'the same rhythm' | 'older word' | 'of a rhythm that is over' };

/** What a message may take on its way. Ticks that are further apart are not the same tick in two places. */
const LONGEST_WAY_MS = 1_000;
const LONGEST_WAY_SHARE = 1 / 20;

/**
 * Of one tick that two nodes had some milliseconds apart the earlier counts: so the rhythm neither drifts with the
 * time messages take nor swings between two speakers. If they are further apart, as after a reload of one of them, it is
 * that of who spoke last: else who is first in line would tick too early to have anything to say, and others would say
 * it late.
 */
export function stepTo({ heardMs, newestMs, isOver, lastTickMs, groupIntervalMs }: HeardTick): Step {
  const longestWayMs = Math.min(LONGEST_WAY_MS, groupIntervalMs * LONGEST_WAY_SHARE);
  // Or two who spoke apart from each other would swap their rhythms when they meet.
  if (heardMs < newestMs - longestWayMs) return { step: 'keep', reason: 'older word' };
  if (lastTickMs === undefined) return { step: 'tick', reason: 'not ticked yet', tickMs: heardMs };
  if (heardMs - lastTickMs >= groupIntervalMs / 2) {
    return { step: 'tick', reason: 'not ticked in this interval', tickMs: heardMs };
  }
  const intervalsSince = Math.round((lastTickMs - heardMs) / groupIntervalMs);
  if (intervalsSince > 0 && isOver) return { step: 'keep', reason: 'of a rhythm that is over' };
  const tickMs = heardMs + intervalsSince * groupIntervalMs;
  const aheadMs = tickMs - lastTickMs;
  if (Math.abs(aheadMs) > longestWayMs) return { step: 'align', reason: 'another rhythm there', tickMs };
  // After whole intervals it may also be clocks of different speed.
  if (aheadMs < 0 && intervalsSince === 0) return { step: 'align', reason: 'a little earlier there', tickMs };
  return { step: 'keep', reason: 'the same rhythm' };
}
