/**
 * Whose turn it is to tell a receiver about a flush. A node alone is always the one; among peers the answer comes from
 * ranks and claims (turn-rules.ts, take-turn.ts).
 */
import type { Flush } from './flush.ts';

export type Turn = Disposable &
  (
    | {
        readonly turn: 'go';
        readonly reason: string;
        /** Whether it would be given again now: while this node waited for room somebody else may have begun. */
        isStillGiven(): boolean;
      }
    /** Somebody else has said it, or there is no time left. */
    | { readonly turn: 'over'; readonly reason: 'nothing left to say' | 'another has spoken' | 'out of time' }
  );

export interface TurnOptions {
  readonly signal: AbortSignal;
  /** Whether there is something to tell as things stand now; asked again whenever something changed. */
  readonly isWanted: () => boolean;
}

/** To be disposed when the attempt is over, whatever came of it. Never rejects. */
export type TakeTurn = (flush: Flush, receiverKey: string, options: TurnOptions) => Promise<Turn>;

export const alwaysGo: TakeTurn = async () => ({
  turn: 'go',
  reason: 'alone',
  isStillGiven: () => true,
  [Symbol.dispose]() {},
});
