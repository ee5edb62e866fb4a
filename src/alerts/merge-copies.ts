/**
 * How two nodes' copies of an alert become one. What checkers said of it (its words, and whether they ended it) is shared:
 * the later version counts. Until when it fires is not: each node keeps the longest lease it has heard of, so that a refresh
 * need not be told to everyone. Pure.
 */
import { mergeUnknownFields } from '../../cluster/unknown-fields.ts';
import { compareVersions, type Version } from '../../cluster/version.ts';
import type { Alert } from '../model/alert.ts';
import { heardAtMs, isEndedByWord, LEASE_JITTER_MS } from './lease.ts';

/** Of what was written by a node that had no peers. */
export const NO_VERSION: Version = { time: 0, node: '-' };

/**
 * Returns `stored` itself exactly when `incoming` brings nothing. Words and state end the same on all nodes in whatever
 * order they merge; and so do leases, among copies between which no checker has ended the alert.
 */
export function mergeCopies(stored: Alert, incoming: Alert): Alert {
  const order = compareVersions(incoming.version ?? NO_VERSION, stored.version ?? NO_VERSION);
  const [words, other] = order > 0 ? [incoming, stored] : [stored, incoming];
  const isEnded = isEndedByWord(words);
  // A version is given for either, so this is a peer's mistake; everyone decides it alike.
  if (order === 0 && isEnded !== isEndedByWord(other)) return isEnded ? words : other;
  const whole = order === 0 ? mergeUnknownFields(words, other) : words;
  // Of an end and a beginning the later is all that counts: no lease from before outlives an end.
  if (isEnded || isEndedByWord(other)) return whole;
  return withLease(whole, mergedLease(words, other));
}

/** What a copy says besides words; those who hold different ones need not tell each other, unless one has run out. */
type Lease = Pick<Alert, 'endsAtMs' | 'endsAtText' | 'askedEndsAtMs' | 'updatedAtMs' | 'receivedAtMs' | 'lastHeardMs'>;

function mergedLease(words: Alert, other: Alert): Lease {
  const isOver = words.lastHeardMs !== undefined;
  const isOtherOver = other.lastHeardMs !== undefined;
  if (!isOver && !isOtherOver) return longerLease(words, other);
  if (isOver && isOtherOver) return heardAtMs(other) > heardAtMs(words) ? other : words;
  const [over, firing] = isOver ? [words, other] : [other, words];
  // It ran out where its checker was not heard; whoever has heard it since knows better.
  return heardAtMs(firing) > heardAtMs(over) + LEASE_JITTER_MS ? firing : over;
}

function longerLease(words: Alert, other: Alert): Lease {
  const later = other.endsAtMs > words.endsAtMs ? other : words;
  const { endsAtMs } = later;
  const askedEndsAtMs = Math.max(words.askedEndsAtMs ?? words.endsAtMs, other.askedEndsAtMs ?? other.endsAtMs);
  const isPutOff = askedEndsAtMs < endsAtMs;
  return {
    endsAtMs,
    ...(isPutOff && { askedEndsAtMs }),
    ...(!isPutOff && later.endsAtText !== undefined && { endsAtText: later.endsAtText }),
    updatedAtMs: Math.max(words.updatedAtMs, other.updatedAtMs),
    // Of one that had run out before the other began, the time it was known does not count.
    receivedAtMs:
      other.endsAtMs < words.receivedAtMs ? words.receivedAtMs : Math.min(words.receivedAtMs, other.receivedAtMs),
  };
}

function withLease(words: Alert, lease: Lease): Alert {
  const { endsAtMs, endsAtText, askedEndsAtMs, updatedAtMs, receivedAtMs, lastHeardMs } = lease;
  const isOwn =
    words.endsAtMs === endsAtMs &&
    words.endsAtText === endsAtText &&
    words.askedEndsAtMs === askedEndsAtMs &&
    words.updatedAtMs === updatedAtMs &&
    words.receivedAtMs === receivedAtMs &&
    words.lastHeardMs === lastHeardMs;
  if (isOwn) return words;
  const { endsAtText: _, askedEndsAtMs: __, lastHeardMs: ___, ...rest } = words;
  return {
    ...rest,
    endsAtMs,
    updatedAtMs,
    receivedAtMs,
    ...(endsAtText !== undefined && { endsAtText }),
    ...(askedEndsAtMs !== undefined && { askedEndsAtMs }),
    ...(lastHeardMs !== undefined && { lastHeardMs }),
  };
}
