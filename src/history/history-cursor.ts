/** Where to go on in the records of several nodes, as a text that means nothing to whoever carries it. */
import { z } from 'zod';
import { readPosition } from './history-reader.ts';

export interface HistoryCursor {
  /** By node id; null: that record is at its end. */
  readonly positions: ReadonlyMap<string, string | null>;
  /** Of the last entry given: a node that was missing until then goes on from there. */
  readonly atMs: number | undefined;
  /** Facts given last, which a node may bring once more. */
  readonly given: readonly string[];
}

export class CursorError extends Error {
  override readonly name = 'CursorError';
}

const MOST_NODES = 100;
/** A longer cursor would not fit into a request. */
export const MOST_GIVEN = 300;

const content = z.object({
  p: z.array(z.tuple([z.string().max(200), z.string().max(32).nullable()])).max(MOST_NODES),
  at: z.number().nullable(),
  g: z.array(z.string().max(16)).max(MOST_GIVEN),
});

export function writeCursor({ positions, atMs, given }: HistoryCursor): string {
  const text = JSON.stringify({
    p: [...positions].slice(0, MOST_NODES),
    at: atMs ?? null,
    g: given.slice(-MOST_GIVEN),
  });
  return Buffer.from(text).toString('base64url');
}

/** @throws CursorError */
export function readCursor(text: string): HistoryCursor {
  try {
    const { p, at, g } = content.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    for (const [, position] of p) if (position !== null) readPosition(position);
    return { positions: new Map(p), atMs: at ?? undefined, given: g };
  } catch (cause) {
    throw new CursorError('it was not given by this API; leave it out to begin with the latest', { cause });
  }
}
