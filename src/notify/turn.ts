/**
 * Whose turn it is to tell a receiver about a flush. A node alone is always the one; with peers the answer will come from
 * ranks and claims.
 */
import type { Flush } from './flush.ts';

export type Turn = { readonly turn: 'go' };

export type TakeTurn = (flush: Flush, receiverKey: string, options: { signal: AbortSignal }) => Promise<Turn>;

export const alwaysGo: TakeTurn = async () => ({ turn: 'go' });
