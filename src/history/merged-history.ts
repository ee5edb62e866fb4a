/**
 * The cluster's record: those of all live nodes put together, the latest first, the same fact noted by several nodes as one
 * entry. Who is gone, unreachable or late is missing by name. A cursor says where each node's record is to be gone on with.
 */
import type { HistoryQuery } from '../model/history-query.ts';
import type { HappenedEvent } from '../shapes/events.ts';
import type { HistoryEntry } from '../shapes/history.ts';
import { deadline, type System } from '../system.ts';
import { type ChartNumbers, chartNumbers, together } from './chart-numbers.ts';
import { type HistoryCursor, MOST_GIVEN, readCursor, writeCursor } from './history-cursor.ts';
import {
  CHART_KIND,
  type ChartQuestion,
  chartQuestionBody,
  MOST_BYTES_OF_PAGE,
  PAGE_KIND,
  pageQuestionBody,
  readChart,
  readPage,
} from './history-questions.ts';
import type { HistoryReader, Position } from './history-reader.ts';
import { type HistoryMember, NodeRecord } from './node-record.ts';
import type { Pace } from './pace.ts';
import { factKey, SAME_FACT_WITHIN_MS } from './same-fact.ts';

export interface HistoryPeers {
  /** This node among them. */
  members(): readonly HistoryMember[];
  /** Rejects if the node does not answer. */
  ask(node: string, kind: string, body: object, options: { signal: AbortSignal }): Promise<unknown>;
}

export interface MergedHistoryDependencies {
  /** This machine's. */
  readonly system: System;
  readonly reader: HistoryReader;
  readonly peers: HistoryPeers;
}

export interface ReadOptions {
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

export interface PartOfHistory extends Omit<HistoryMember, 'whyNot'> {
  /** Why it is missing; '' if it is not. */
  readonly missing: string;
  /** What else is to be said about its part. */
  readonly remark: string;
}

export interface MergedPage {
  readonly entries: readonly HistoryEntry[];
  /** Undefined at the end. */
  readonly next: string | undefined;
  readonly nodes: readonly PartOfHistory[];
  readonly keptSinceMs: number | undefined;
}

/** Who has not answered by then is missing. */
const ANSWER_WITHIN_MS = 2_000;
/** A look through years that finds nothing says so far after this, and can be gone on with. */
const LONGEST_READ_MS = 3_000;
const SMALLEST_PAGE = 20;

export class MergedHistory {
  readonly #dependencies: MergedHistoryDependencies;

  constructor(dependencies: MergedHistoryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Rejects with a CursorError, or as the pace does. */
  async read(query: HistoryQuery, options: ReadOptions): Promise<MergedPage> {
    const cursor = options.cursor === undefined ? undefined : readCursor(options.cursor);
    const records = this.#records(query, cursor, options);
    const entries = new Entries(cursor, options.limit);
    const endMs = this.#dependencies.system.now().monotonicMs + LONGEST_READ_MS;
    for (;;) {
      await Promise.all(records.map((record) => record.read()));
      options.signal.throwIfAborted();
      while (!records.some(({ isWanting }) => isWanting)) {
        const latest = latestOf(records);
        if (!latest?.head || !entries.take(latest.head.event)) return this.#page(records, entries, cursor);
        latest.take();
      }
      if (this.#dependencies.system.now().monotonicMs >= endMs) return this.#page(records, entries, cursor);
    }
  }

  /** Rejects as the pace does. */
  async chart(
    question: ChartQuestion,
    { pace, signal }: Pick<ReadOptions, 'pace' | 'signal'>,
  ): Promise<{ readonly numbers: Omit<ChartNumbers, 'isWhole'>; readonly nodes: readonly PartOfHistory[] }> {
    const { reader, peers } = this.#dependencies;
    const parts = await Promise.all(
      peers.members().map(async (member) => {
        if (member.whyNot !== '') return { part: partOf(member, member.whyNot) };
        try {
          const numbers = member.isSelf
            ? await chartNumbers(reader, question, pace)
            : readChart(await this.#ask(member, CHART_KIND, chartQuestionBody(question), signal), question.points);
          const remark = numbers.isWhole ? '' : 'there was no time to look at all of it: ask for less';
          return { part: { ...partOf(member, ''), remark }, numbers };
        } catch (cause) {
          signal.throwIfAborted();
          return { part: partOf(member, cause instanceof Error ? cause.message.slice(0, 200) : 'it did not answer') };
        }
      }),
    );
    const numbers = parts.flatMap((each) => (each.numbers ? [each.numbers] : []));
    return { numbers: together(numbers, question.points), nodes: parts.map(({ part }) => part) };
  }

  #records(query: HistoryQuery, cursor: HistoryCursor | undefined, options: ReadOptions): readonly NodeRecord[] {
    const { reader, peers } = this.#dependencies;
    const limit = Math.max(SMALLEST_PAGE, options.limit);
    return peers.members().map((member) => {
      const known = cursor?.positions.get(member.node);
      // Who was missing until now goes on where the others are.
      const toMs = known === undefined && cursor?.atMs !== undefined ? cursor.atMs : undefined;
      const asked = toMs === undefined ? query : { ...query, toMs: Math.min(toMs, query.toMs ?? toMs) };
      const isAsked = query.nodes.length === 0 || query.nodes.includes(member.name);
      const fetch = async (before: Position | undefined) => {
        if (member.isSelf) {
          return reader.page(asked, { before, limit, mostBytes: MOST_BYTES_OF_PAGE, pace: options.pace });
        }
        const body = pageQuestionBody({ query: asked, before, limit });
        return readPage(await this.#ask(member, PAGE_KIND, body, options.signal), before);
      };
      return new NodeRecord(member, { from: isAsked ? known : null, fetch });
    });
  }

  async #ask({ node }: HistoryMember, kind: string, body: object, signal: AbortSignal): Promise<unknown> {
    using limit = deadline(this.#dependencies.system, ANSWER_WITHIN_MS, signal);
    return await this.#dependencies.peers.ask(node, kind, body, { signal: limit.signal });
  }

  #page(records: readonly NodeRecord[], entries: Entries, cursor: HistoryCursor | undefined): MergedPage {
    const isOver = records.every((record) => record.isOver);
    const positions = new Map<string, string | null>();
    for (const { member, position } of records) if (position !== undefined) positions.set(member.node, position);
    const atMs = entries.lastMs ?? cursor?.atMs;
    return {
      entries: entries.list,
      next: isOver ? undefined : writeCursor({ positions, atMs, given: entries.given }),
      nodes: records.map(({ member, missing }) => partOf(member, missing)),
      keptSinceMs: this.#dependencies.reader.keptSinceMs,
    };
  }
}

/** Entries as they are put together, the latest first. */
class Entries {
  readonly list: { event: HappenedEvent; nodes: string[] }[] = [];
  /** Given by earlier pages, so lately that another node may bring it once more. */
  readonly #before: ReadonlySet<string>;
  readonly #beforeMs: number;
  readonly #limit: number;
  /** The latest with each key. */
  readonly #byKey = new Map<string, { event: HappenedEvent; nodes: string[] }>();
  lastMs: number | undefined;

  constructor(cursor: HistoryCursor | undefined, limit: number) {
    this.#before = new Set(cursor?.given);
    this.#beforeMs = cursor?.atMs ?? Number.NEGATIVE_INFINITY;
    this.#limit = limit;
  }

  /** False if there is no room for one more entry. */
  take(event: HappenedEvent): boolean {
    const atMs = Date.parse(event.at);
    const key = factKey(event);
    const same = key === undefined ? undefined : this.#byKey.get(key);
    if (same && Date.parse(same.event.at) - atMs <= SAME_FACT_WITHIN_MS && !same.nodes.includes(event.node)) {
      // The one that was first is the one that knows whence it came.
      same.event = event;
      same.nodes.unshift(event.node);
      return true;
    }
    if (key !== undefined && this.#before.has(key) && this.#beforeMs - atMs <= SAME_FACT_WITHIN_MS) return true;
    if (this.list.length >= this.#limit) return false;
    const entry = { event, nodes: [event.node] };
    this.list.push(entry);
    if (key !== undefined) this.#byKey.set(key, entry);
    this.lastMs = atMs;
    return true;
  }

  /** Keys of what was given last. */
  get given(): readonly string[] {
    const lastMs = this.lastMs ?? this.#beforeMs;
    const keys: string[] = this.#beforeMs - lastMs <= SAME_FACT_WITHIN_MS ? [...this.#before] : [];
    for (const { event } of this.list.slice(-MOST_GIVEN)) {
      const key = factKey(event);
      if (key !== undefined && Date.parse(event.at) - lastMs <= SAME_FACT_WITHIN_MS) keys.push(key);
    }
    return keys;
  }
}

function latestOf(records: readonly NodeRecord[]): NodeRecord | undefined {
  let latest: NodeRecord | undefined;
  for (const record of records) {
    if (record.isOver || !record.head) continue;
    if (!latest?.head || record.head.event.at > latest.head.event.at) latest = record;
  }
  return latest;
}

function partOf({ node, name, isSelf }: HistoryMember, missing: string): PartOfHistory {
  return { node, name, isSelf, missing, remark: '' };
}
