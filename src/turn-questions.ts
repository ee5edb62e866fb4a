/**
 * Carries the questions of take-turn.ts between peers: what is asked, what is answered, and, along with each answer, what
 * the answering node knows of the place, so that whoever asked decides again with everybody's knowledge.
 */
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import type { Now } from './model/now.ts';
import type { Question, TurnPeers, TurnPlace, TurnTaker } from './notify/take-turn.ts';
import type { Answer } from './notify/turn-rules.ts';
import type { NotificationLog } from './state/notification-log.ts';
import type { System } from './system.ts';

const TURN_KIND = 'turn';
/** Who has not answered by then is taken for unreachable. */
const ANSWER_WITHIN_MS = 1_000;
/** No attempt, and no wait for one, is longer: a mistaken number must not hold a page back for good. */
const LONGEST_WAIT_MS = 600_000;

const question = z.object({
  groupKey: z.string(),
  receiverKey: z.string(),
  tickAgoMs: z.number(),
  groupIntervalMs: z.number().min(0),
  rank: z.int().min(0),
});
const answer = z.object({
  answer: z.enum(['go', 'wait']),
  forMs: z.number().min(0).max(LONGEST_WAIT_MS).optional(),
  records: z.array(z.tuple([z.enum(['told', 'turns']), z.string(), z.unknown()])),
});

interface Dependencies {
  readonly system: System;
  readonly cluster: Cluster;
  readonly log: NotificationLog;
}

export function turnPeers({ system, cluster, log }: Dependencies): TurnPeers {
  const waiting = new Map<string, Set<() => void>>();
  const placeKey = ({ groupKey, receiverKey }: TurnPlace) => JSON.stringify([groupKey, receiverKey]);
  log.onClaim((made) => {
    for (const listener of [...(waiting.get(placeKey(made)) ?? [])]) listener();
  });
  return {
    self: cluster.self,
    line: (groupKey) => cluster.line(groupKey),
    isAlive: (node, writer) =>
      writer === undefined ? cluster.membership.isAlive(node) : cluster.isWriterAlive(node, writer),
    undisturbedSinceMs: () => cluster.undisturbedSinceMs,
    async ask({ tickMs, ...place }, { signal }) {
      const body = { ...place, tickAgoMs: system.now().monotonicMs - tickMs };
      const answers = await cluster.askAll(TURN_KIND, body, { signal, withinMs: ANSWER_WITHIN_MS });
      let longest: Answer = { answer: 'go' };
      for (const { from, body: given } of answers) {
        const parsed = answer.safeParse(given);
        if (!parsed.success) continue;
        const now = system.now();
        log.receiveEntry(parsed.data.records, { from, now });
        if (parsed.data.answer === 'go') continue;
        const untilMs = now.monotonicMs + (parsed.data.forMs ?? 0);
        if (longest.answer === 'go' || longest.untilMs < untilMs) longest = { answer: 'wait', untilMs };
      }
      return longest;
    },
    onChange(place, listener) {
      const key = placeKey(place);
      const listeners = waiting.get(key) ?? new Set();
      waiting.set(key, listeners.add(listener));
      const stopListening = cluster.onChange(listener);
      return () => {
        stopListening();
        listeners.delete(listener);
        if (listeners.size === 0 && waiting.get(key) === listeners) waiting.delete(key);
      };
    },
  };
}

/** Before the cluster starts. */
export function answerTurnQuestions({ cluster, log }: Dependencies, taker: TurnTaker): void {
  cluster.answerQuestions(TURN_KIND, (body, { from, now }) => {
    const { tickAgoMs, ...place } = question.parse(body);
    const asked: Question = { ...place, tickMs: now.monotonicMs - tickAgoMs };
    return answerBody(taker.answer(from, asked), log.encodeEntry(asked.groupKey, asked.receiverKey, now), now);
  });
}

function answerBody(given: Answer, records: readonly unknown[], now: Now): object {
  if (given.answer === 'go') return { answer: 'go', records };
  const forMs = Math.min(LONGEST_WAIT_MS, Math.max(0, given.untilMs - now.monotonicMs));
  return { answer: 'wait', forMs, records };
}
