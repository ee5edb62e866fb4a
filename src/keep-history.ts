/**
 * The record of this node and of its cluster, put together from src/history/: opens the store without anybody waiting for it,
 * answers what peers ask about it, and asks them.
 */
import type { Logger } from 'pino';
import type { Cluster } from '../cluster/cluster.ts';
import type { MemberView } from '../cluster/member-view.ts';
import { SliceQueue } from './api/pacer.ts';
import { DiskShelf } from './history/disk-shelf.ts';
import { answerChart, answerPage, CHART_KIND, PAGE_KIND } from './history/history-questions.ts';
import { HistoryReader } from './history/history-reader.ts';
import { HistoryRecorder } from './history/history-recorder.ts';
import { MergedHistory } from './history/merged-history.ts';
import type { HistoryMember } from './history/node-record.ts';
import { SEGMENT_PREFIX, Segments } from './history/segments.ts';
import { MemoryShelf, type Shelf } from './history/shelf.ts';
import type { System } from './system.ts';

export interface KeptHistoryDependencies {
  /** This machine's. */
  readonly system: System;
  readonly logger: Logger;
  /** By the cluster's clock. */
  readonly wallMs: () => number;
  readonly cluster: () => Cluster | undefined;
}

export interface KeptHistoryOptions {
  /** This node's name. */
  readonly node: string;
  /** Undefined: in memory. */
  readonly directory: string | undefined;
  readonly retentionMs: number;
  /** 0: none of it on disk. */
  readonly maxBytes: number;
}

const MOST_BYTES_IN_MEMORY = 8 * 2 ** 20;
/** Each may take a second of waiting and some of reading. */
const MOST_ANSWERS_AT_ONCE = 8;

export class KeptHistory {
  readonly recorder: HistoryRecorder;
  readonly merged: MergedHistory;
  readonly #dependencies: KeptHistoryDependencies;
  readonly #options: KeptHistoryOptions;
  readonly #reader: HistoryReader;
  readonly #slices: SliceQueue;
  readonly #stopping = new AbortController();
  #opening: Promise<void> | undefined;
  #answers = 0;

  constructor(dependencies: KeptHistoryDependencies, options: KeptHistoryOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    const { system, cluster } = dependencies;
    this.recorder = new HistoryRecorder(dependencies);
    this.#reader = new HistoryReader({ ...dependencies, recorder: this.recorder }, options);
    this.#slices = new SliceQueue(system);
    this.merged = new MergedHistory({
      system,
      reader: this.#reader,
      peers: {
        members: () => cluster()?.members().map(historyMember) ?? [this.#alone()],
        ask: async (node, kind, body, { signal }) => {
          const answer = await cluster()?.ask(node, kind, body, { signal });
          signal.throwIfAborted();
          return answer;
        },
      },
    });
  }

  /** Before the cluster starts. */
  open(): void {
    const cluster = this.#dependencies.cluster();
    cluster?.answerQuestionsLater(PAGE_KIND, (body) => this.#answer((pace) => answerPage(this.#reader, body, pace)));
    cluster?.answerQuestionsLater(CHART_KIND, (body) => this.#answer((pace) => answerChart(this.#reader, body, pace)));
    const { directory, maxBytes } = this.#options;
    if (directory === undefined || maxBytes === 0) this.#keepInMemory();
    else this.#opening = this.#openOnDisk(directory);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the node stops'));
    await this.#opening;
    await this.recorder.stop();
  }

  #keepInMemory(): void {
    const { retentionMs } = this.#options;
    this.recorder.useShelf(new MemoryShelf(), new Segments({ retentionMs, maxBytes: MOST_BYTES_IN_MEMORY }));
  }

  /** Never rejects. */
  async #openOnDisk(directory: string): Promise<void> {
    let segments: Segments | undefined;
    const load = async (shelf: Pick<Shelf, 'entries'>) => {
      const entries = await shelf.entries(SEGMENT_PREFIX);
      segments = new Segments(
        this.#options,
        entries.map(([, text]) => text),
      );
    };
    try {
      const shelf = await DiskShelf.open(this.#dependencies, { directory, load });
      if (segments) this.recorder.useShelf(shelf, segments);
    } catch (cause) {
      const { logger } = this.#dependencies;
      logger.error(
        { err: cause, directory },
        'History cannot be kept on disk; what happens is kept in memory, a little',
      );
      this.#keepInMemory();
    }
  }

  async #answer(answer: (pace: ReturnType<SliceQueue['pacer']>) => Promise<object>): Promise<object> {
    if (this.#answers >= MOST_ANSWERS_AT_ONCE) throw new Error('too many ask for the history at once');
    this.#answers += 1;
    try {
      return await answer(this.#slices.pacer(this.#stopping.signal));
    } finally {
      this.#answers -= 1;
    }
  }

  #alone(): HistoryMember {
    const { node } = this.#options;
    return { node, name: node, isSelf: true, whyNot: '' };
  }
}

function historyMember({ node, name, isSelf, isAlive, reason, heardByAnyoneAgoMs }: MemberView): HistoryMember {
  return { node, name: name ?? node, isSelf, whyNot: isSelf || isAlive ? '' : whyDead(reason, heardByAnyoneAgoMs) };
}

function whyDead(reason: MemberView['reason'], agoMs: number): string {
  if (reason === 'left') return 'it has left the cluster';
  const agoSeconds = Math.round(agoMs / 1000);
  return reason === 'silent' ? `nothing was heard of it for ${agoSeconds} s` : reason;
}
