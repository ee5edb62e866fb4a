/** Which events of several nodes are one fact: each node notes that an alert begins, whoever told it so. Pure. */
import { createHash } from 'node:crypto';
import type { HappenedEvent } from '../shapes/events.ts';

/** Nodes note a fact so far apart at most, or it is another one. */
export const SAME_FACT_WITHIN_MS = 10_000;

/** 48 bits: a cursor carries some hundred of them. */
const KEY_LENGTH = 8;

/** Equal for events that may be one fact; undefined for what only one node can know. */
export function factKey(event: HappenedEvent): string | undefined {
  const words = wordsOf(event);
  if (words === undefined) return undefined;
  const text = JSON.stringify([event.kind, ...words]);
  return createHash('sha256').update(text).digest('base64url').slice(0, KEY_LENGTH);
}

function wordsOf(event: HappenedEvent): readonly unknown[] | undefined {
  switch (event.kind) {
    case 'alert':
      return [event.change, event.fingerprint];
    case 'group':
      return [event.change, event.groupId];
    case 'mute':
      return [event.reason, event.groupId, event.by, event.alerts];
    case 'silence':
      return [event.change, event.silenceId, event.endsAt];
    case 'member':
      return [event.change, event.member];
    default:
      return undefined;
  }
}
