/**
 * Whose place it is, for each key, without a leader: rendezvous hashing. Every node computes the same order from the same
 * names; keys spread evenly, and a node that goes or comes moves only the keys it had or gets.
 */
import { hash } from 'node:crypto';
import type { NodeId } from './transport.ts';

/** Best first. The same for every order of `nodes`. */
export function rankFor(key: string, nodes: Iterable<NodeId>): NodeId[] {
  const scored = [...nodes].map((node) => ({ node, score: hash('sha256', `${node} ${key}`, 'hex') }));
  // Ids have no spaces, so two pairs never hash the same text; equal scores are equal ids.
  return scored.toSorted((a, b) => (a.score > b.score ? -1 : 1)).map(({ node }) => node);
}
