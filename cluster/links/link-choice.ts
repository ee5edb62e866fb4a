/**
 * Two nodes need one link. When a second connection to a peer comes up, both ends decide by these rules which one stays,
 * each by itself, and come to the same answer.
 */
import type { NodeId } from '../transport.ts';

export interface Connecting {
  readonly direction: 'inbound' | 'outbound';
}

/** Two nodes that dial each other at once are done with it well before. */
const AT_ONCE_MS = 5_000;

/**
 * Nobody dials whom it is linked to. So a newcomer means that its dialler has lost the old connection, unless both
 * dialled at once: then the one that the lesser id dialled stays.
 */
export function newcomerStays(
  ends: { readonly self: NodeId; readonly peer: NodeId },
  existing: Connecting & { readonly ageMs: number },
  newcomer: Connecting,
): boolean {
  if (existing.ageMs > AT_ONCE_MS) return true;
  // Its dialler knows best; when that is this node, its own older connection is as good.
  if (existing.direction === newcomer.direction) return newcomer.direction === 'inbound';
  const dialler = newcomer.direction === 'outbound' ? ends.self : ends.peer;
  return dialler === (ends.self < ends.peer ? ends.self : ends.peer);
}
