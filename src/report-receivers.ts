/**
 * How each way to reach somebody is doing, node by node: what this node knows, and what its peers say when asked. Ages
 * travel, since nodes do not share a clock. What a peer says is checked and bounded.
 */
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import type { PlaceReport, ReceiversReport } from './api/receivers-report.ts';
import { askMembers } from './ask-members.ts';
import type { Now } from './model/now.ts';
import type { ReceiverTarget } from './notify/tell.ts';
import type { System } from './system.ts';

const KIND = 'receivers';
const ANSWER_WITHIN_MS = 2_000;
/** As many as surely fit into a message. */
const PLACES_IN_ANSWER = 100;
const MOST_ANSWERS = 50;

const count = z.int().min(0);
const age = z.int().min(0).nullable();
const question = z.object({ after: count });
const answer = z.object({
  places: z
    .array(
      z.tuple([
        z.string(),
        z.object({
          sentAgoMs: age,
          failedAgoMs: age,
          error: z.string().max(500),
          isFailing: z.boolean(),
          latencyMs: age,
          sent: count,
          failed: count,
          underWay: count,
          waiting: count,
          closedForMs: age,
        }),
      ]),
    )
    .max(PLACES_IN_ANSWER),
  isLast: z.boolean(),
});
type PlaceWord = z.output<typeof answer>['places'][number][1];

export interface ReceiverReportDependencies {
  readonly system: System;
  readonly cluster: Cluster | undefined;
  /** In force, by receiver. */
  readonly targets: () => ReadonlyMap<string, readonly ReceiverTarget[]>;
}

/** Before the cluster starts. */
export function answerReceiverQuestions({ system, cluster, targets }: ReceiverReportDependencies): void {
  cluster?.answerQuestions(KIND, (body) => {
    const { after } = question.parse(body);
    const now = system.now();
    const all = [...targets().values()].flat();
    const places = all.slice(after, after + PLACES_IN_ANSWER).map((target) => [target.key, wordOf(target, now)]);
    return { places, isLast: after + PLACES_IN_ANSWER >= all.length };
  });
}

/** Never rejects. */
export async function reportReceivers(
  { system, cluster, targets }: ReceiverReportDependencies,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<ReceiversReport> {
  const ask = (peer: string, until: AbortSignal) => wordsOf(cluster as Cluster, peer, until);
  const limits = { withinMs: ANSWER_WITHIN_MS, signal };
  const answers = cluster ? await askMembers({ system, cluster }, ask, limits) : [];
  const now = system.now();
  const own = { node: cluster?.self ?? name, name, isSelf: true, reason: '' };
  return {
    nodes: [own, ...answers.map(({ node, name: peer, reason }) => ({ node, name: peer, isSelf: false, reason }))],
    receivers: [...targets()].map(([receiver, places]) => ({
      name: receiver,
      places: places.map((target): PlaceReport => {
        const words = [{ name, word: wordOf(target, now) }];
        for (const { name: peer, answer: said } of answers) {
          const word = said?.get(target.key);
          if (word) words.push({ name: peer, word });
        }
        return {
          integration: target.receiver.integration,
          sendResolved: target.receiver.sendResolved,
          nodes: words.map(({ name: node, word }) => ({ node, ...onOurClock(word, now) })),
        };
      }),
    })),
  };
}

/** By key of the place. Rejects if the peer cannot be asked, or says what it must not. */
async function wordsOf(cluster: Cluster, peer: string, signal: AbortSignal): Promise<ReadonlyMap<string, PlaceWord>> {
  const words = new Map<string, PlaceWord>();
  for (let asked = 0; asked < MOST_ANSWERS; asked++) {
    const body = await cluster.ask(peer, KIND, { after: asked * PLACES_IN_ANSWER }, { signal });
    const { places, isLast } = answer.parse(body);
    for (const [key, word] of places) words.set(key, word);
    if (isLast) break;
  }
  return words;
}

function wordOf({ health, gate }: ReceiverTarget, { monotonicMs }: Now): PlaceWord {
  const ago = (atMs: number | undefined) => (atMs === undefined ? null : Math.max(0, Math.round(monotonicMs - atMs)));
  return {
    sentAgoMs: ago(health.sentMs),
    failedAgoMs: ago(health.failedMs),
    error: health.error,
    isFailing: health.isFailing,
    latencyMs: health.latencyMs === undefined ? null : Math.max(0, Math.round(health.latencyMs)),
    sent: health.sent,
    failed: health.failed,
    underWay: gate.underWay,
    waiting: gate.waiting,
    closedForMs: gate.closedForMs > 0 ? Math.round(gate.closedForMs) : null,
  };
}

function onOurClock({ sentAgoMs, failedAgoMs, closedForMs, ...word }: PlaceWord, { wallMs }: Now) {
  return {
    ...word,
    sentAtMs: sentAgoMs === null ? undefined : wallMs - sentAgoMs,
    failedAtMs: failedAgoMs === null ? undefined : wallMs - failedAgoMs,
    closedUntilMs: closedForMs === null ? undefined : wallMs + closedForMs,
  };
}
