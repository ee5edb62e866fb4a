/** What changed about the members between two judgements, so that whoever waits for a verdict is told each change once. */
import type { Member } from './member.ts';
import type { NodeId } from './transport.ts';
import type { Verdict } from './verdict.ts';

export type MemberChange =
  | { readonly node: NodeId; readonly change: 'alive' | 'dead'; readonly reason: Verdict['reason'] }
  | {
      readonly node: NodeId;
      readonly change: 'restarted' | 'settled' | 'unsettled' | 'cloned' | 'no longer cloned' | 'forgotten';
    };

interface Told {
  readonly boot: string | undefined;
  readonly isAlive: boolean;
  readonly isSettled: boolean;
  readonly isCloned: boolean;
}

const UNKNOWN: Told = { boot: undefined, isAlive: false, isSettled: false, isCloned: false };

export class MemberChanges {
  readonly #told = new Map<NodeId, Told>();

  /** Since the last call, by id. */
  since(members: ReadonlyMap<NodeId, Member>, clones: ReadonlySet<NodeId>): MemberChange[] {
    const changes: MemberChange[] = [];
    for (const [node, { says, verdict }] of members) {
      const before = this.#told.get(node) ?? UNKNOWN;
      const after: Told = {
        boot: says?.boot,
        isAlive: verdict.isAlive,
        isSettled: says?.isSettled ?? false,
        isCloned: clones.has(node),
      };
      this.#told.set(node, after);
      if (before.boot !== undefined && before.boot !== after.boot) changes.push({ node, change: 'restarted' });
      if (before.isAlive !== after.isAlive) {
        changes.push({ node, change: after.isAlive ? 'alive' : 'dead', reason: verdict.reason });
      }
      if (before.isSettled !== after.isSettled) {
        changes.push({ node, change: after.isSettled ? 'settled' : 'unsettled' });
      }
      if (before.isCloned !== after.isCloned) {
        changes.push({ node, change: after.isCloned ? 'cloned' : 'no longer cloned' });
      }
    }
    for (const node of this.#told.keys()) {
      if (members.has(node)) continue;
      this.#told.delete(node);
      changes.push({ node, change: 'forgotten' });
    }
    return changes.toSorted((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0));
  }
}
