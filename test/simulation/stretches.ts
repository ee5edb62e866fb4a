/**
 * Stretches of time, and what is common to several conditions that come and go: half-open [fromMs, toMs), sorted, disjoint
 * and never empty. Pure.
 */

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export type Stretches = readonly Stretch[];

export const ALWAYS: Stretches = [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }];

/** Of stretches in any order, which may overlap or be empty. */
export function merged(stretches: Iterable<Stretch>): Stretches {
  const sorted = [...stretches].filter(({ fromMs, toMs }) => fromMs < toMs).sort((a, b) => a.fromMs - b.fromMs);
  const result: Stretch[] = [];
  for (const stretch of sorted) {
    const last = result.at(-1);
    if (last && stretch.fromMs <= last.toMs) {
      result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, stretch.toMs) };
    } else result.push(stretch);
  }
  return result;
}

/** While all of them hold. */
export function common(...conditions: readonly Stretches[]): Stretches {
  return conditions.reduce(commonOfTwo, ALWAYS);
}

function commonOfTwo(one: Stretches, two: Stretches): Stretches {
  const result: Stretch[] = [];
  for (let i = 0, j = 0; ; ) {
    const [a, b] = [one[i], two[j]];
    if (!a || !b) return result;
    const fromMs = Math.max(a.fromMs, b.fromMs);
    const toMs = Math.min(a.toMs, b.toMs);
    if (fromMs < toMs) result.push({ fromMs, toMs });
    if (a.toMs < b.toMs) i += 1;
    else j += 1;
  }
}

/** While it does not hold. */
export function without(stretches: Stretches): Stretches {
  const edges = [
    Number.NEGATIVE_INFINITY,
    ...stretches.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    Number.POSITIVE_INFINITY,
  ];
  const result: Stretch[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    const [fromMs = 0, toMs = 0] = [edges[index], edges[index + 1]];
    if (fromMs < toMs) result.push({ fromMs, toMs });
  }
  return result;
}

export function within(fromMs: number, toMs: number, stretches: Stretches): Stretches {
  return common([{ fromMs, toMs }], stretches);
}

export function holdsAt(stretches: Stretches, atMs: number): boolean {
  return stretches.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}

/** True of an empty span, whatever the stretches. */
export function holdsThroughout(stretches: Stretches, fromMs: number, toMs: number): boolean {
  return fromMs >= toMs || stretches.some((stretch) => stretch.fromMs <= fromMs && toMs <= stretch.toMs);
}

/** Whether it holds at any instant of the span, its ends included. */
export function touches(stretches: Stretches, fromMs: number, toMs: number): boolean {
  return stretches.some((stretch) => stretch.fromMs <= toMs && fromMs < stretch.toMs);
}

/** From an alternation of changes, in order of time: while `is` was the last word. */
export function whileTrue(
  changes: Iterable<{ readonly atMs: number; readonly is: boolean }>,
  initially: boolean,
): Stretches {
  const result: Stretch[] = [];
  let sinceMs = initially ? Number.NEGATIVE_INFINITY : undefined;
  for (const { atMs, is } of changes) {
    if (is) sinceMs ??= atMs;
    else if (sinceMs !== undefined) {
      result.push({ fromMs: sinceMs, toMs: atMs });
      sinceMs = undefined;
    }
  }
  if (sinceMs !== undefined) result.push({ fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY });
  return merged(result);
}
