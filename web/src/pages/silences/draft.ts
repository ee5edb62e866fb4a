/**
 * A silence while it is written: where its fields come from (a link, a silence that is edited or made again, what was typed
 * before the page was reloaded), and the body that API v2 takes. Pure.
 */

import type { ShownSilence } from '../../../../src/shapes/silences.ts';
import type { MatcherShape } from '../../../../src/shapes/terms.ts';
import { splitMatchers } from '../../words/matcher-list.ts';
import { writeDuration } from './duration-input.ts';
import { writeMoment } from './moment-input.ts';
import type { TimeContext, TimeSpan } from './time-input.ts';

export interface Draft {
  /** As text; the server says whether they are matchers. */
  readonly matchers: readonly string[];
  readonly when: string;
  readonly comment: string;
  readonly createdBy: string;
}

/** The silence that is changed or made again, as it was when the form was opened. */
export interface Origin {
  readonly intent: 'change' | 'again';
  readonly silence: ShownSilence;
}

export const DEFAULT_DURATION = '2h';
const LONGEST_COMMENT = 2000;

export interface LinkedFields {
  readonly filters: readonly string[];
  readonly comment: string | undefined;
  readonly duration: string | undefined;
}

/** `filter` may hold one matcher or a list in braces, as in links of notifications. */
export function draftOfLink({ filters, comment, duration }: LinkedFields, createdBy: string): Draft {
  return {
    matchers: [...new Set(filters.flatMap(splitMatchers))],
    when: duration?.trim() || DEFAULT_DURATION,
    comment: (comment ?? '').slice(0, LONGEST_COMMENT),
    createdBy,
  };
}

/** To change it, everything as it is, to the minute; to make it again, as long as it lasted, from now. */
export function draftOfSilence({ intent, silence }: Origin, createdBy: string, context: TimeContext): Draft {
  const startsAtMs = Date.parse(silence.startsAt);
  const endsAtMs = Date.parse(silence.endsAt);
  const isPending = startsAtMs > context.nowMs;
  const written = (ms: number) => writeMoment(minuteOf(ms), context.zone);
  const until = `until ${written(endsAtMs)}`;
  const asItIs = isPending ? `from ${written(startsAtMs)} ${until}` : until;
  const isOver = intent === 'again' || endsAtMs <= context.nowMs;
  return {
    matchers: silence.matchers.map(({ text }) => text),
    when: isOver ? writeDuration(endsAtMs - startsAtMs) : asItIs,
    comment: silence.comment,
    createdBy: intent === 'again' ? createdBy : silence.createdBy,
  };
}

/** What stands for an empty comment, so that two taps are enough at night and the list still says what it is about. */
export function commentInstead(matchers: readonly Pick<MatcherShape, 'name' | 'type' | 'value'>[]): string {
  const named = matchers.find(({ name, type }) => name === 'alertname' && type === '=');
  const others = matchers.filter((matcher) => matcher !== named && matcher.type === '=').slice(0, 3);
  const words = [named?.value ?? '', others.map(({ name, value }) => `${name}=${value}`).join(', ')].filter(Boolean);
  return words.join(', ').slice(0, 200) || 'Silenced from the web page';
}

export interface PostedSilence {
  readonly id?: string;
  readonly matchers: readonly { name: string; value: string; isRegex: boolean; isEqual: boolean }[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The body of POST /api/v2/silences, from matchers as the server read them. A silence that has begun keeps its beginning. */
export function postedSilence(
  draft: Draft,
  {
    matchers,
    span,
    origin,
    nowMs,
  }: { matchers: readonly MatcherShape[]; span: TimeSpan; origin?: Origin | undefined; nowMs: number },
): PostedSilence {
  const changed = origin?.intent === 'change' ? origin.silence : undefined;
  const hasBegun = changed !== undefined && Date.parse(changed.startsAt) <= nowMs && Date.parse(changed.endsAt) > nowMs;
  const startsAt = hasBegun && span.startsAtMs === undefined ? changed.startsAt : isoOf(span.startsAtMs ?? nowMs);
  // The form shows minutes; what is in the same one is meant to stay.
  const unlessMoved = (instant: string, before: string | undefined) =>
    before !== undefined && minuteOf(Date.parse(instant)) === minuteOf(Date.parse(before)) ? before : instant;
  return {
    ...(changed !== undefined && { id: changed.id }),
    matchers: matchers.map(({ name, type, value }) => ({
      name,
      value,
      isRegex: type === '=~' || type === '!~',
      isEqual: type === '=' || type === '=~',
    })),
    startsAt: unlessMoved(startsAt, changed?.startsAt),
    endsAt: unlessMoved(isoOf(span.endsAtMs), changed?.endsAt),
    createdBy: draft.createdBy.trim(),
    comment: draft.comment.trim() || commentInstead(matchers),
    annotations: origin?.silence.annotations ?? {},
  };
}

/** The same silence with another end, under the same id. */
export function withEnd(silence: ShownSilence, endsAtMs: number): PostedSilence {
  const span: TimeSpan = { startsAtMs: Date.parse(silence.startsAt), endsAtMs, isDuration: false };
  const { comment, createdBy, matchers } = silence;
  const draft: Draft = { matchers: [], when: '', comment, createdBy };
  const posted = postedSilence(draft, { matchers, span, origin: { intent: 'change', silence }, nowMs: endsAtMs });
  return { ...posted, startsAt: silence.startsAt, comment };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
