/**
 * Who is alive, judged from what this node itself heard and what the others say they heard. Pure. It errs on the side of
 * life: one who is silent here may be heard elsewhere, and a closed link is no death while somebody has another.
 */
import type { Beat } from './beat.ts';
import type { NodeId } from './transport.ts';

/** A node that nobody heard for so long is not alive. */
export const ALIVE_WINDOW_MS = 3_000;

export type Verdict =
  | {
      readonly isAlive: true;
      readonly reason: 'this node' | 'heard' | 'heard by others' | 'given time after a stall';
    }
  | { readonly isAlive: false; readonly reason: 'left' | 'silent' | 'link closed and nobody hears it' };

/**
 * What this node knows of another. Instants are on this node's monotonic clock; since many things happen in one
 * millisecond, `order` counts all that was heard of anybody, from 1.
 */
export interface Evidence {
  readonly node: NodeId;
  readonly hasLeft: boolean;
  /** When anything came from it last, by whatever way. */
  readonly heard: { readonly atMs: number; readonly order: number } | undefined;
  /** Its newest beat. */
  readonly beat: ({ readonly atMs: number; readonly order: number } & Pick<Beat, 'hears' | 'links'>) | undefined;
  /** After a stall of this node's own event loop: whom it believed alive it does not judge before then. */
  readonly forgivenUntilMs: number | undefined;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** When one who is alive will be silent, if nothing more is heard of it. */
  readonly silentAtMs: number;
}

/** About this node itself. */
export interface Standpoint {
  readonly self: NodeId;
  /** Whom it has a direct link to. */
  readonly links: readonly NodeId[];
  readonly nowMs: number;
}

export function judge(members: ReadonlyMap<NodeId, Evidence>, standpoint: Standpoint): Map<NodeId, Judgement> {
  const { self, nowMs } = standpoint;
  const others = [...members.values()].filter(({ node }) => node !== self);
  const heardByOthers = hearsay(others);
  const silentAt = (member: Evidence) =>
    Math.max(
      (member.heard?.atMs ?? Number.NEGATIVE_INFINITY) + ALIVE_WINDOW_MS,
      (heardByOthers.get(member.node) ?? Number.NEGATIVE_INFINITY) + ALIVE_WINDOW_MS,
      member.forgivenUntilMs ?? Number.NEGATIVE_INFINITY,
    );
  const isInTouch = (member: Evidence) => !member.hasLeft && silentAt(member) > nowMs;
  const linked = linkedToUs(members, { standpoint, isInTouch });
  const linkedMembers = others.filter(({ node }) => linked.has(node)).filter(isInTouch);
  const judgements = new Map<NodeId, Judgement>();
  for (const member of others) {
    const silentAtMs = silentAt(member);
    const isCutOff = !linked.has(member.node) && linkedMembers.every((other) => hasSpokenSince(other, member));
    judgements.set(member.node, { verdict: verdictOn(member, { nowMs, silentAtMs, isCutOff }), silentAtMs });
  }
  return judgements;
}

function verdictOn(
  { hasLeft, heard, forgivenUntilMs = Number.NEGATIVE_INFINITY }: Evidence,
  { nowMs, silentAtMs, isCutOff }: { nowMs: number; silentAtMs: number; isCutOff: boolean },
): Verdict {
  if (hasLeft) return { isAlive: false, reason: 'left' };
  if (silentAtMs <= nowMs) return { isAlive: false, reason: 'silent' };
  if (isCutOff && forgivenUntilMs <= nowMs) return { isAlive: false, reason: 'link closed and nobody hears it' };
  if (heard && heard.atMs + ALIVE_WINDOW_MS > nowMs) return { isAlive: true, reason: 'heard' };
  if (silentAtMs > forgivenUntilMs) return { isAlive: true, reason: 'heard by others' };
  return { isAlive: true, reason: 'given time after a stall' };
}

/** When each was last heard by somebody else; never later than it really was, but for the time the beat took. */
function hearsay(others: readonly Evidence[]): Map<NodeId, number> {
  const heardMs = new Map<NodeId, number>();
  for (const { hasLeft, beat } of others) {
    if (hasLeft || !beat) continue;
    for (const [node, agoMs] of beat.hears) {
      heardMs.set(node, Math.max(beat.atMs - agoMs, heardMs.get(node) ?? Number.NEGATIVE_INFINITY));
    }
  }
  return heardMs;
}

/** Everybody to whom links lead from here, over members who are in touch: ours as they are, theirs as they say. */
function linkedToUs(
  members: ReadonlyMap<NodeId, Evidence>,
  { standpoint, isInTouch }: { standpoint: Standpoint; isInTouch: (member: Evidence) => boolean },
): Set<NodeId> {
  const linked = new Set([standpoint.self, ...standpoint.links]);
  // A Set is walked in the order of insertion, what is added on the way included.
  for (const node of linked) {
    const member = members.get(node);
    if (node === standpoint.self || !member?.beat || !isInTouch(member)) continue;
    for (const link of member.beat.links) linked.add(link);
  }
  return linked;
}

/** Only one who has spoken after we last heard of `member` can know that its link to it closed. */
function hasSpokenSince(other: Evidence, member: Evidence): boolean {
  return (other.beat?.order ?? 0) > (member.heard?.order ?? 0);
}
