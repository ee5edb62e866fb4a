/**
 * The chart's answer as columns to draw and as a table to read. Severities are stacked, the most urgent at the bottom where
 * it is compared best; where nothing is known there is a hole, never a zero.
 */

import type { ChartAnswer } from '../../../../src/shapes/history.ts';
import type { SeverityName } from '../../../../src/shapes/terms.ts';

type Column = (number | null)[];
/** From the bottom of the stack to its top. */
export const STACKED: readonly SeverityName[] = ['urgent', 'important', 'interesting', 'other'];

export interface ChartColumns {
  /** Seconds since 1970, the beginning of each step. */
  readonly seconds: readonly number[];
  /** For each of {@link STACKED}: it and those below it. */
  readonly stacked: readonly Column[];
  readonly sent: readonly number[];
  /** Sent and failed: failed is drawn behind sent, so that it stands on it. */
  readonly attempts: readonly number[];
}

/** There is one column more than points: the end of the last step, up to which it is drawn. */
export function chartColumns({ points, stepMs }: Pick<ChartAnswer, 'points' | 'stepMs'>): ChartColumns {
  const last = points.at(-1);
  const drawn = last ? [...points, last] : points;
  const stacked = STACKED.map(
    (_, index): Column =>
      drawn.map(({ firing }) =>
        firing === null ? null : STACKED.slice(0, index + 1).reduce((sum, severity) => sum + firing[severity], 0),
      ),
  );
  return {
    seconds: drawn.map(({ at }, index) => (Date.parse(at) + (index === points.length ? stepMs : 0)) / 1_000),
    stacked,
    sent: [...points.map(({ sent }) => sent), ...(last ? [0] : [])],
    attempts: [...points.map(({ sent, failed }) => sent + failed), ...(last ? [0] : [])],
  };
}

/** Nodes count once a minute; with less than two missing counts in a row nothing is amiss. */
const KNOWN_FOR_MS = 150_000;

/** With what fired known for as long as a count holds, since steps may be shorter than counts are apart. */
export function bridged<Answer extends Pick<ChartAnswer, 'points' | 'stepMs'>>(answer: Answer, nowMs: number): Answer {
  let known: { readonly firing: ChartAnswer['points'][number]['firing']; readonly atMs: number } | undefined;
  const points = answer.points.map((point) => {
    const atMs = Date.parse(point.at);
    if (point.firing !== null) known = { firing: point.firing, atMs };
    const holds = known !== undefined && atMs - known.atMs <= KNOWN_FOR_MS && atMs <= nowMs;
    return point.firing === null && holds && known ? { ...point, firing: known.firing } : point;
  });
  return { ...answer, points };
}

export interface ChartRow {
  readonly fromMs: number;
  readonly toMs: number;
  /** The most of each within the row; null if nothing is known. */
  readonly firing: Readonly<Record<SeverityName, number>> | null;
  readonly sent: number;
  readonly failed: number;
}

/** At most `rows` rows of equal length, earliest first. */
export function chartRows({ points, stepMs }: Pick<ChartAnswer, 'points' | 'stepMs'>, rows: number): ChartRow[] {
  const perRow = Math.max(1, Math.ceil(points.length / rows));
  return Array.from({ length: Math.ceil(points.length / perRow) }, (_, index) => {
    const within = points.slice(index * perRow, (index + 1) * perRow);
    const known = within.flatMap(({ firing }) => (firing === null ? [] : [firing]));
    const most = (severity: SeverityName) => Math.max(0, ...known.map((firing) => firing[severity]));
    const fromMs = Date.parse(within[0]?.at ?? '');
    return {
      fromMs,
      toMs: fromMs + within.length * stepMs,
      firing:
        known.length === 0
          ? null
          : {
              urgent: most('urgent'),
              important: most('important'),
              interesting: most('interesting'),
              other: most('other'),
            },
      sent: within.reduce((sum, point) => sum + point.sent, 0),
      failed: within.reduce((sum, point) => sum + point.failed, 0),
    };
  });
}

export interface ChartSummary {
  readonly sent: number;
  readonly failed: number;
  /** The most that fired at once, and when first; undefined if nothing is known. */
  readonly peak: { readonly firing: number; readonly atMs: number } | undefined;
  readonly unknownSteps: number;
}

export function chartSummary({ points }: Pick<ChartAnswer, 'points'>): ChartSummary {
  let peak: ChartSummary['peak'];
  for (const { at, firing } of points) {
    if (firing === null) continue;
    const all = STACKED.reduce((sum, severity) => sum + firing[severity], 0);
    if (!peak || all > peak.firing) peak = { firing: all, atMs: Date.parse(at) };
  }
  return {
    sent: points.reduce((sum, point) => sum + point.sent, 0),
    failed: points.reduce((sum, point) => sum + point.failed, 0),
    peak,
    unknownSteps: points.filter(({ firing }) => firing === null).length,
  };
}
