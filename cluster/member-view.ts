/** A member as it is shown to people: what this node believes of it, what it says of itself, and whom it hears. */
import type { Now } from '../src/model/now.ts';
import type { Member } from './member.ts';
import type { NodeId } from './transport.ts';
import type { Verdict } from './verdict.ts';

export interface MemberView {
  readonly node: NodeId;
  readonly isSelf: boolean;
  readonly isAlive: boolean;
  readonly reason: Verdict['reason'];
  /** This and what it says of itself is unknown of one whom only others have heard. */
  readonly name: string | undefined;
  readonly boot: string | undefined;
  /** Where it can be reached, by its own word. */
  readonly address: string | undefined;
  /** Where people can look at it with a browser, by its own word. */
  readonly url: string | undefined;
  readonly version: string | undefined;
  readonly configHash: string | undefined;
  readonly rootHashes: Readonly<Record<string, string>> | undefined;
  readonly isSettled: boolean;
  /** It said goodbye. */
  readonly hasLeft: boolean;
  /** Two living processes use its id. */
  readonly isCloned: boolean;
  /** Since this node itself heard it; undefined if it never did. */
  readonly heardAgoMs: number | undefined;
  /** Since anybody said to have heard it. */
  readonly heardByAnyoneAgoMs: number;
  /** Its wall clock minus this node's. */
  readonly clockOffsetMs: number | undefined;
  /** Whom it has a direct link to, by its own newest word. */
  readonly links: readonly NodeId[];
  /** Whom it heard, and how long before it said so. */
  readonly hears: readonly { readonly node: NodeId; readonly agoMs: number }[];
}

export function viewOf(
  member: Member,
  context: { now: Now; isSelf: boolean; isCloned: boolean; clockOffsetMs: number | undefined },
): MemberView {
  const { now, isSelf, isCloned, clockOffsetMs } = context;
  const { node, says, heard, verdict, lastHeardByAnyoneMs } = member;
  const agoMs = (atMs: number) => Math.max(0, now.monotonicMs - atMs);
  return {
    node,
    isSelf,
    isAlive: verdict.isAlive,
    reason: verdict.reason,
    name: says?.name,
    boot: says?.boot,
    address: says?.address,
    url: says?.url,
    version: says?.version,
    configHash: says?.configHash,
    rootHashes: says?.rootHashes,
    isSettled: says?.isSettled ?? false,
    hasLeft: member.hasLeft,
    isCloned,
    heardAgoMs: isSelf ? 0 : heard && agoMs(heard.atMs),
    heardByAnyoneAgoMs: isSelf ? 0 : agoMs(lastHeardByAnyoneMs),
    clockOffsetMs,
    links: says?.links ?? [],
    hears: says?.hears.map(([other, heardAgoMs]) => ({ node: other, agoMs: heardAgoMs })) ?? [],
  };
}
