/**
 * Whose turn it is to tell one receiver about one tick, without a leader. Every node decides for itself, from the line of
 * those who may speak, what they claim to be doing, and what it has asked. Pure; acting on it is take-turn.ts.
 */
import type { ClaimState } from '../state/log-records.ts';

export interface Claim {
  readonly node: string;
  readonly state: ClaimState;
  /** The tick it is about, on this node's monotonic clock. */
  readonly tickMs: number;
  /** When the attempt's own deadline has passed, on this node's monotonic clock. */
  readonly untilMs: number;
  /** When it was made, on this node's monotonic clock. */
  readonly madeMs: number;
  /** False if the process that made it is gone: dead, or started anew since. */
  readonly isAlive: boolean;
}

export interface TurnInput {
  readonly self: string;
  /** The members that are alive and settled, best rank for the group first. Self may be missing: it is not settled. */
  readonly line: readonly string[];
  /** The newest claim of each node, own ones included. */
  readonly claims: readonly Claim[];
  readonly tickMs: number;
  readonly nowMs: number;
  readonly groupIntervalMs: number;
  readonly peerTimeoutMs: number;
  /** Whether this node has been up, settled, linked and unstalled since the last tick of the group. */
  readonly isUndisturbed: boolean;
  /** Whether this node has let the last tick pass although it knew of something that whoever spoke did not say. */
  readonly wasDeferred: boolean;
  /** What came of asking everyone who could be reached; undefined if they were not asked since the last answer of this rule. */
  readonly asked: Answer | undefined;
}

/** `wait`: somebody answered that it is sending, or about to, for so long at most. */
export type Answer = { readonly answer: 'go' } | { readonly answer: 'wait'; readonly untilMs: number };

export type TurnDecision =
  | { readonly turn: 'go'; readonly reason: 'first in line' | 'nobody objects' }
  | {
      readonly turn: 'ask';
      readonly reason: 'disturbed since the last tick' | 'stepping in' | 'not settled' | 'left out twice';
    }
  /** Nothing is to be said about this tick by this node; what is left is said at the next one. */
  | { readonly turn: 'defer'; readonly reason: 'another has spoken' }
  | {
      readonly turn: 'wait';
      readonly reason: 'another is sending' | 'another answered' | 'others are before';
      /** To be decided again then, or as soon as a claim or the line changes. */
      readonly untilMs: number;
    };

export function decideTurn(input: TurnInput): TurnDecision {
  const { self, nowMs, tickMs, peerTimeoutMs, asked } = input;
  const claims = input.claims.filter((claim) => concernsTick(claim, input));
  const sending = input.claims.filter((claim) => claim.node !== self && isSending(claim, nowMs));
  if (sending.length > 0) {
    return { turn: 'wait', reason: 'another is sending', untilMs: Math.max(...sending.map(({ untilMs }) => untilMs)) };
  }
  if (asked?.answer === 'wait' && asked.untilMs > nowMs) {
    return { turn: 'wait', reason: 'another answered', untilMs: asked.untilMs };
  }
  // The cluster speaks once an interval, as one node would. Who spoke may learn what it left out by the next tick.
  if (claims.some(({ node, state }) => node !== self && state === 'sent')) {
    if (!input.wasDeferred) return { turn: 'defer', reason: 'another has spoken' };
    return asked?.answer === 'go'
      ? { turn: 'go', reason: 'nobody objects' }
      : { turn: 'ask', reason: 'left out twice' };
  }
  const line = lineAfterRefusals(input.line, claims);
  const place = line.indexOf(self);
  // Who is not settled steps in only if nobody else does: behind everyone.
  const turnAtMs = tickMs + (place < 0 ? line.length : place) * peerTimeoutMs;
  if (nowMs < turnAtMs) return { turn: 'wait', reason: 'others are before', untilMs: turnAtMs };
  const isFirst = input.line[0] === self && place === 0;
  if (isFirst && input.isUndisturbed) return { turn: 'go', reason: 'first in line' };
  if (asked?.answer === 'go') return { turn: 'go', reason: 'nobody objects' };
  if (place < 0) return { turn: 'ask', reason: 'not settled' };
  return { turn: 'ask', reason: isFirst ? 'disturbed since the last tick' : 'stepping in' };
}

/**
 * Whatever tick it is about: what it says is news no more once it has been said, and that is known by its end. So an
 * attempt that outlasts an interval, and the word of one that just ended, hold up the next tick as they would on one node.
 */
function isSending({ state, isAlive, untilMs }: Claim, nowMs: number): boolean {
  return state === 'intent' && isAlive && untilMs > nowMs;
}

/**
 * Whether a claim is about this tick or a later one. Whoever speaks about a later tick says all that is left to say about
 * this one, which may have waited for its turn for longer than an interval.
 */
function concernsTick(claim: Pick<Claim, 'tickMs'>, { tickMs, ...rest }: TickOfGroup): boolean {
  return !isLaterTick(tickMs, { tickMs: claim.tickMs, ...rest });
}

/** Clocks of nodes tick apart by the way of a message, and by less than half an interval: two ticks within it are the same one. */
export function isLaterTick(tickMs: number, than: TickOfGroup): boolean {
  return tickMs - than.tickMs >= than.groupIntervalMs / 2;
}

type TickOfGroup = Pick<TurnInput, 'tickMs' | 'groupIntervalMs'>;

/** Whoever was refused goes to the end, the last one refused last: a node that cannot reach a receiver holds nobody up. */
export function lineAfterRefusals(line: readonly string[], claims: readonly Claim[]): readonly string[] {
  const refusedMs = new Map(
    claims.filter(({ state }) => state === 'refused').map(({ node, madeMs }) => [node, madeMs]),
  );
  const untried = line.filter((node) => !refusedMs.has(node));
  const tried = line.filter((node) => refusedMs.has(node));
  return [...untried, ...tried.sort((a, b) => (refusedMs.get(a) ?? 0) - (refusedMs.get(b) ?? 0))];
}

/** What to answer a peer that asks whether it may speak about a tick. */
export type AskVerdict =
  | { readonly verdict: 'go'; readonly reason: 'nobody here is sending' | 'the asker ranks better' }
  | {
      readonly verdict: 'wait';
      readonly reason: 'sending' | 'another is sending' | 'asking with a better rank' | 'asking about a later tick';
      readonly untilMs: number;
    };

export interface AskInput {
  readonly self: string;
  readonly asker: string;
  readonly askerRank: number;
  readonly tickMs: number;
  readonly groupIntervalMs: number;
  readonly nowMs: number;
  readonly claims: readonly Claim[];
  /** What this node itself does about the place; undefined if nothing. */
  readonly own:
    | {
        readonly doing: 'sending' | 'asking';
        readonly rank: number;
        readonly tickMs: number;
        readonly untilMs: number;
      }
    | undefined;
}

/** Whoever is answered `go` counts as sending, so that of two askers only one gets it from everybody. */
export function answerAsk(input: AskInput): AskVerdict {
  const { self, asker, askerRank, nowMs } = input;
  const { own } = input;
  if (own?.doing === 'sending') return { verdict: 'wait', reason: 'sending', untilMs: own.untilMs };
  const sending = input.claims.find((claim) => claim.node !== asker && claim.node !== self && isSending(claim, nowMs));
  if (sending) return { verdict: 'wait', reason: 'another is sending', untilMs: sending.untilMs };
  if (own && concernsTick(own, input)) {
    if (isLaterTick(own.tickMs, input))
      return { verdict: 'wait', reason: 'asking about a later tick', untilMs: own.untilMs };
    const isOwnBetter = own.rank < askerRank || (own.rank === askerRank && self < asker);
    return isOwnBetter
      ? { verdict: 'wait', reason: 'asking with a better rank', untilMs: own.untilMs }
      : { verdict: 'go', reason: 'the asker ranks better' };
  }
  return { verdict: 'go', reason: 'nobody here is sending' };
}
