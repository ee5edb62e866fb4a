/**
 * The last word of a node that stops: broadcasts may be lost or late, and who hears its goodbye takes over at once, so each
 * living peer is made to have all this node knows before that. A peer that hangs does not hold up the stop for long.
 */
import type { Logger } from 'pino';
import { deadline, type System } from '../src/system.ts';
import type { AntiEntropy } from './anti-entropy.ts';
import type { SyncedMap } from './synced-map.ts';
import type { NodeId } from './transport.ts';

const WITHIN_MS = 1_000;

export interface LastWordDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly antiEntropy: AntiEntropy;
  readonly maps: readonly SyncedMap[];
  readonly request: (peer: NodeId, body: object, options: { signal: AbortSignal }) => Promise<unknown>;
}

/** Once no other exchange is under way. Never rejects. */
export async function tellLastWord(
  { system, logger, antiEntropy, maps, request }: LastWordDependencies,
  peers: readonly NodeId[],
): Promise<void> {
  using limit = deadline(system, WITHIN_MS);
  const { signal } = limit;
  await Promise.all(
    peers.map(async (peer) => {
      try {
        await antiEntropy.exchange((body, options) => request(peer, body, options), maps, { peer, signal });
      } catch (cause) {
        logger.debug({ peer, err: cause }, 'A peer may not have the last word of this node');
      }
    }),
  );
}
