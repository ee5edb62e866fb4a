/**
 * Whether an alert whose lease ends may run out. Its "resolved" wakes nobody, but the page that follows when it was false
 * does; so whatever may have been heard elsewhere gets time to be said, though not for ever. Pure.
 */

export interface RunOutFacts {
  /** A peer has heard of it since, or a disturbance put its end off, while it was asked about. */
  readonly isPutOff: boolean;
  /** Peers that were alive at some time since it was heard of here, and gave no answer. */
  readonly unanswered: readonly string[];
  /** Those of them for whose sake it had a lease more already, since it was heard of. */
  readonly waitedFor: ReadonlySet<string>;
  /** This node was told of peers and reaches none. */
  readonly isCutOff: boolean;
  /** Since any checker spoke to this node, of whatever alert. */
  readonly checkerHeardAgoMs: number;
  /** How long its checker asked it to fire. */
  readonly leaseMs: number;
}

export type RunOutDecision =
  | { readonly runsOut: false; readonly reason: 'put off meanwhile' }
  | { readonly runsOut: false; readonly reason: 'one more lease: this node reaches nobody' }
  | { readonly runsOut: false; readonly reason: 'one more lease: a peer cannot answer' }
  | { readonly runsOut: true; readonly reason: 'nobody knows better' | 'its peers were waited for' };

export function decideRunOut(facts: RunOutFacts): RunOutDecision {
  if (facts.isPutOff) return { runsOut: false, reason: 'put off meanwhile' };
  // Deaf for a whole lease: it is this node that is gone, not the checker. The only rule without a bound.
  if (facts.isCutOff && facts.checkerHeardAgoMs >= facts.leaseMs) {
    return { runsOut: false, reason: 'one more lease: this node reaches nobody' };
  }
  if (facts.unanswered.some((peer) => !facts.waitedFor.has(peer))) {
    return { runsOut: false, reason: 'one more lease: a peer cannot answer' };
  }
  return { runsOut: true, reason: facts.unanswered.length > 0 ? 'its peers were waited for' : 'nobody knows better' };
}
