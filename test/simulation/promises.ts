/**
 * What the cluster promises, judged over a history. Every violation says which promise, when, and who; every duplicate
 * that is excused says by what. Pure: the same history, the same judgement.
 */
import { JudgedHistory, type JudgedOptions, type Violation } from './judged-history.ts';
import { judgeKept } from './promise-kept.ts';
import { type Duplicate, judgeOnce } from './promise-once.ts';
import { judgeResolved } from './promise-resolved.ts';
import { judgeTimely } from './promise-timely.ts';
import { judgeTold } from './promise-told.ts';
import type { RingPlan } from './ring-plan.ts';
import type { WorldEvent } from './world-event.ts';

export interface Judgement {
  /** In the order of time. */
  readonly violations: readonly Violation[];
  readonly duplicates: readonly Duplicate[];
}

export function judge(events: readonly WorldEvent[], rings: readonly RingPlan[], options: JudgedOptions): Judgement {
  const history = new JudgedHistory(events, rings, options);
  const { violations, duplicates } = judgeOnce(history);
  const all = [
    ...violations,
    ...judgeTold(history),
    ...judgeTimely(history),
    ...judgeResolved(history),
    ...judgeKept(history),
  ];
  return { violations: all.sort((a, b) => a.atMs - b.atMs), duplicates };
}

/** One line each. */
export function violationTexts({ violations }: Judgement): string[] {
  return violations.map(({ promise, atMs, text }) => `${atMs.toFixed(0)} promise ${promise}: ${text}`);
}
