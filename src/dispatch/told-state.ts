/**
 * What one place was last told of a group, for people to read: from the claims of all nodes in the log, and the last
 * failure this node had there. Pure. Instants are on this node's monotonic clock.
 */
import type { LoggedClaim, NotificationLogEntry } from '../state/notification-log.ts';

/** An attempt of this node that did not succeed. */
export interface FailedAttempt {
  readonly kind: 'refused' | 'unknown';
  readonly message: string;
  readonly atMs: number;
}

export interface KnownOfPlace {
  readonly entry: NotificationLogEntry | undefined;
  readonly claims: readonly LoggedClaim[];
  readonly lastFailure: FailedAttempt | undefined;
  /** Since when the group is there: what was said before, and is over, was about another one with the same key. */
  readonly groupMadeMs: number;
  /** This node, as claims name it. */
  readonly self: string;
}

export interface ToldState {
  readonly state: 'not yet' | 'telling' | 'sent' | 'refused' | 'unknown';
  readonly atMs: number | undefined;
  /** As claims name it. */
  readonly node: string | undefined;
  /** Of the last failure since the last message that went out; '' if this node had none. */
  readonly message: string;
}

const NOT_YET: ToldState = { state: 'not yet', atMs: undefined, node: undefined, message: '' };

/** The newest word counts, whoever it is from; an attempt whose time is over without a word may have arrived. */
export function toldState(known: KnownOfPlace, nowMs: number): ToldState {
  const { entry, claims, lastFailure, groupMadeMs, self } = known;
  const isGoingOn = [...(entry?.told.values() ?? [])].some((told) => told === 'firing' || told === 'intent');
  const isOfThisGroup = ({ madeMs }: Pick<LoggedClaim, 'madeMs'>) => isGoingOn || madeMs >= groupMadeMs;
  const newest = claims.filter(isOfThisGroup).reduce<LoggedClaim | undefined>(later, undefined);
  const failure = lastFailure && isOfThisGroup({ madeMs: lastFailure.atMs }) ? lastFailure : undefined;
  // A node that is alone does not claim what brings no news, so a repetition that failed is known by its failure only.
  if (failure && (newest === undefined || (newest.state === 'sent' && newest.madeMs < failure.atMs))) {
    return { state: failure.kind, atMs: failure.atMs, node: self, message: failure.message };
  }
  if (!newest) return NOT_YET;
  const { node, madeMs } = newest;
  const message = newest.state === 'sent' ? '' : (failure?.message ?? '');
  return { state: stateOf(newest, nowMs), atMs: madeMs, node, message };
}

function stateOf({ state, untilMs }: LoggedClaim, nowMs: number): ToldState['state'] {
  if (state !== 'intent') return state;
  return untilMs > nowMs ? 'telling' : 'unknown';
}

/** Of two at the same instant the one that ends the matter. */
function later(a: LoggedClaim | undefined, b: LoggedClaim): LoggedClaim {
  if (a === undefined || b.madeMs > a.madeMs) return b;
  return b.madeMs === a.madeMs && b.state === 'sent' ? b : a;
}
