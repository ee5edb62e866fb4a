/**
 * One question to every member of the cluster, for whoever looks at all of them at once. Nobody is left out in silence: of
 * each member there is an answer, or the reason why there is none.
 */
import type { Cluster } from '../cluster/cluster.ts';
import type { MemberView } from '../cluster/member-view.ts';
import type { NodeId } from '../cluster/transport.ts';
import { deadline, type System } from './system.ts';

export interface MemberAnswer<Answer> {
  readonly node: NodeId;
  readonly name: string;
  /** Undefined if it is missing. */
  readonly answer: Answer | undefined;
  /** Why it is missing; '' if it is not. */
  readonly reason: string;
}

/** `ask` rejects if the peer cannot be asked, or says nonsense. Members that said goodbye are not missed. Never rejects. */
export async function askMembers<Answer>(
  { system, cluster }: { readonly system: System; readonly cluster: Pick<Cluster, 'members'> },
  ask: (peer: NodeId, signal: AbortSignal) => Promise<Answer>,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<readonly MemberAnswer<Answer>[]> {
  using limit = deadline(system, withinMs, signal);
  const asked = cluster
    .members()
    .filter(({ isSelf, hasLeft }) => !isSelf && !hasLeft)
    .map(async (member): Promise<MemberAnswer<Answer>> => {
      const named = { node: member.node, name: member.name ?? member.node };
      if (!member.isAlive) return { ...named, answer: undefined, reason: 'it is down, as far as this node knows' };
      try {
        return { ...named, answer: await untilAborted(ask(member.node, limit.signal), limit.signal), reason: '' };
      } catch {
        return { ...named, answer: undefined, reason: whyMissing(member, limit.signal, withinMs) };
      }
    });
  return await Promise.all(asked);
}

function whyMissing({ links }: MemberView, signal: AbortSignal, withinMs: number): string {
  if (signal.aborted) return `it did not answer within ${withinMs / 1000} s`;
  return links.length === 0 ? 'there is no link to it' : 'it could not be asked, or did not understand; is it older?';
}

/** As the promise, but no later than the signal. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
