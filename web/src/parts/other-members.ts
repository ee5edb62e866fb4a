/** Where else the same page is: at the other members that said so and were alive when this node last answered. */
import type { ClusterAnswer } from '../../../src/shapes/cluster.ts';
import { safeHref } from '../words/safe-href.ts';

export interface OtherMember {
  readonly name: string;
  readonly href: string;
}

/** `place` is the path and query below the root of the UI. */
export function otherMembers(answer: ClusterAnswer | undefined, place: string): readonly OtherMember[] {
  if (answer === undefined || answer.status === 'disabled') return [];
  return answer.members.flatMap(({ self, alive, left, name, id, url }) => {
    // A peer's word: followed only if it is a plain address.
    const root = self || !alive || left || !url ? undefined : safeHref(url);
    if (root === undefined || !root.startsWith('http')) return [];
    return [{ name: name ?? id, href: root.replace(/\/$/, '') + place }];
  });
}
