/**
 * Asks peers about many alerts at once: each peer about those it may know better, in questions of bounded size, a few at a
 * time. Whoever does not answer in time is said to have not; nothing here throws.
 */
import type { Alert } from '../model/alert.ts';
import { deadline, type System } from '../system.ts';
import type { AlertStore } from './alert-store.ts';

export interface LeasePeers {
  /** Whom this node takes for alive, without itself. */
  alive(): readonly string[];
  /** Whether this node was told of others to find: if it reaches none, it may be cut off rather than alone. */
  readonly hasConfiguredPeers: boolean;
  /** {@link AlertStore.answerLeases} of the peer, as JSON. Rejects when it cannot be had, and when the signal aborts. */
  ask(peer: string, fingerprints: readonly string[], options: { signal: AbortSignal }): Promise<unknown>;
}

/** About 60 bytes a word: an answer stays below 64 KiB. */
const MOST_ASKED = 500;
export const ANSWER_WITHIN_MS = 1_000;
const QUESTIONS_AT_A_TIME = 4;

export interface LeaseQuestionsDependencies {
  readonly system: System;
  readonly alerts: AlertStore;
  readonly peers: LeasePeers;
}

/** Which peers are to be asked about an alert. */
export type Asked = ReadonlyMap<Alert, readonly string[]>;

/** Takes over what the answers know. Resolves with the peers that did not answer, by fingerprint. */
export async function askForLeases(
  dependencies: LeaseQuestionsDependencies,
  asked: Asked,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const alive = new Set(dependencies.peers.alive());
  const byPeer = new Map<string, string[]>();
  for (const [{ fingerprint }, peers] of asked) {
    for (const peer of peers) {
      const fingerprints = byPeer.get(peer);
      if (fingerprints) fingerprints.push(fingerprint);
      else byPeer.set(peer, [fingerprint]);
    }
  }
  const unanswered = new Map<string, string[]>();
  const noAnswer = (peer: string, fingerprints: readonly string[]) => {
    for (const fingerprint of fingerprints) {
      const peers = unanswered.get(fingerprint);
      if (peers) peers.push(peer);
      else unanswered.set(fingerprint, [peer]);
    }
  };
  await Promise.all(
    [...byPeer].map(async ([peer, fingerprints]) => {
      if (!alive.has(peer)) return noAnswer(peer, fingerprints);
      const chunks = chunksOf(fingerprints);
      const askOn = async (): Promise<void> => {
        for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
          if (!(await askOne(dependencies, { peer, fingerprints: chunk, signal }))) noAnswer(peer, chunk);
        }
      };
      await Promise.all(Array.from({ length: QUESTIONS_AT_A_TIME }, askOn));
    }),
  );
  return unanswered;
}

async function askOne(
  { system, alerts, peers }: LeaseQuestionsDependencies,
  { peer, fingerprints, signal }: { peer: string; fingerprints: readonly string[]; signal: AbortSignal },
): Promise<boolean> {
  using within = deadline(system, ANSWER_WITHIN_MS, signal);
  try {
    const answer = await peers.ask(peer, fingerprints, { signal: within.signal });
    if (within.signal.aborted) return false;
    alerts.takeLeases(answer, { asked: fingerprints.length, now: system.now(), from: peer });
    return true;
  } catch {
    // Gone, late, or not understood: all the same to an alert that may be known there.
    return false;
  }
}

function chunksOf(fingerprints: readonly string[]): (readonly string[])[] {
  const chunks: (readonly string[])[] = [];
  for (let start = 0; start < fingerprints.length; start += MOST_ASKED) {
    chunks.push(fingerprints.slice(start, start + MOST_ASKED));
  }
  return chunks;
}
