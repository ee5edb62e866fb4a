/**
 * What nodes ask each other about their records: a page of one, or the numbers for a chart. Both ways it is foreign text,
 * checked and bounded before anything is done with it.
 */
import { z } from 'zod';
import type { HistoryQuery } from '../model/history-query.ts';
import { Matcher } from '../model/matcher.ts';
import { isAffordable, madeAffordably } from '../model/matcher-cost.ts';
import { happened } from '../shapes/events.ts';
import { type ChartNumbers, chartNumbers, MOST_POINTS } from './chart-numbers.ts';
import {
  comparePositions,
  type HistoryPage,
  type HistoryReader,
  type PlacedEvent,
  readPosition,
} from './history-reader.ts';
import type { Pace } from './pace.ts';

export const PAGE_KIND = 'history';
export const CHART_KIND = 'history chart';

/** Far below what a message between peers may be. */
export const MOST_BYTES_OF_PAGE = 80 * 1024;
export const MOST_EVENTS_OF_PAGE = 500;
const MOST_WORDS = 100;
const LONGEST_WORD = 20 * 1024;

const words = z.array(z.string().max(LONGEST_WORD)).max(MOST_WORDS);
const query = z.object({
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
  kinds: words,
  receivers: words,
  nodes: words,
  outcomes: words,
  matchers: z
    .array(z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean() }))
    .max(MOST_WORDS),
  fingerprint: z.string().optional(),
  group: z.string().optional(),
  text: z.string().max(LONGEST_WORD),
});
const pageQuestion = z.object({
  query,
  before: z.string().max(32).optional(),
  limit: z.int().min(1).max(MOST_EVENTS_OF_PAGE),
});
const pageAnswer = z.object({
  events: z.array(z.tuple([z.string().max(32), z.unknown()])).max(MOST_EVENTS_OF_PAGE),
  next: z.string().max(32).optional(),
  keptSinceMs: z.number().optional(),
});
const chartQuestion = z.object({
  query,
  fromMs: z.number(),
  stepMs: z.number().min(1),
  points: z.int().min(1).max(MOST_POINTS),
});

const count = z.int().min(0);
const chartAnswer = z.object({
  firing: z.array(z.tuple([count, count, count, count]).nullable()).max(MOST_POINTS),
  sent: z.array(count).max(MOST_POINTS),
  failed: z.array(count).max(MOST_POINTS),
  isWhole: z.boolean(),
});

export interface PageQuestion {
  readonly query: HistoryQuery;
  readonly before: string | undefined;
  readonly limit: number;
}

export interface ChartQuestion {
  /** For the notifications. */
  readonly query: HistoryQuery;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly points: number;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function pageQuestionBody({ query: asked, before, limit }: PageQuestion): object {
  return { query: wireQuery(asked), before, limit };
}

/** @throws if it is no such answer, or one that does not lead back from `before`: it could be asked for ever */
export function readPage(body: unknown, before: string | undefined): HistoryPage {
  const { events, next, keptSinceMs } = pageAnswer.parse(body);
  let last = before;
  const placed = events.flatMap(([position, text]): PlacedEvent[] => {
    readPosition(position);
    if (last !== undefined && comparePositions(position, last) >= 0) throw new RangeError('it tells the same again');
    last = position;
    // One that a newer version notes otherwise is left out.
    const { data: event } = happened.safeParse(text);
    return event && isInstant(event.at) ? [{ position, event }] : [];
  });
  if (next !== undefined) readPosition(next);
  if (next !== undefined && last !== undefined) {
    const order = comparePositions(next, last);
    if (order > 0 || (order === 0 && events.length === 0)) throw new RangeError('it does not come to an end');
  }
  return { events: placed, next, keptSinceMs };
}

function isInstant(text: string): boolean {
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text));
}

/** @throws if the question cannot be understood; rejects as the reader does */
export async function answerPage(reader: HistoryReader, body: unknown, pace: Pace): Promise<object> {
  const { query: asked, before, limit } = pageQuestion.parse(body);
  const options = { before, limit, mostBytes: MOST_BYTES_OF_PAGE, pace };
  const page = await reader.page(readQuery(asked), options);
  return { ...page, events: page.events.map(({ position, event }) => [position, event]) };
}

export function chartQuestionBody({ query: asked, ...rest }: ChartQuestion): object {
  return { query: wireQuery(asked), ...rest };
}

/** @throws if it is no answer for so many points */
export function readChart(body: unknown, points: number): ChartNumbers {
  const numbers = chartAnswer.parse(body);
  for (const { length } of [numbers.firing, numbers.sent, numbers.failed]) {
    if (length !== points) throw new RangeError(`${length} points, not ${points}`);
  }
  return numbers;
}

/** @throws if the question cannot be understood; rejects as the reader does */
export async function answerChart(reader: HistoryReader, body: unknown, pace: Pace): Promise<object> {
  const { query: asked, ...rest } = chartQuestion.parse(body);
  return chartNumbers(reader, { query: readQuery(asked), ...rest }, pace);
}

function wireQuery({ matchers, ...rest }: HistoryQuery): object {
  return { ...rest, matchers: matchers.map((matcher) => matcher.toJson()) };
}

function readQuery({ matchers, ...rest }: z.output<typeof query>): HistoryQuery {
  const { fromMs, toMs, fingerprint, group } = rest;
  const read = madeAffordably(() => matchers.map((matcher) => Matcher.fromJson(matcher)));
  if (!isAffordable(read)) throw new RangeError('the matchers take too long');
  return { ...rest, fromMs, toMs, fingerprint, group, matchers: read };
}
