/**
 * A cluster of real nodes with a webhook sink, for stories about who rings and how often. Each story has groups of its
 * own; after it everybody is brought back, and at the end of the file everything that was heard is counted.
 */
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { type NoticeCount, Notices } from './notices.ts';
import { groupKeyOf, ProcessCluster, type ProcessClusterOptions } from './process-cluster.ts';
import type { ProcessNode } from './process-node.ts';
import { WebhookSink } from './webhook-sink.ts';

/** Sped up. What is told again without news is one too many: nothing is due for repetition in a story's time. */
export const RING = { groupWaitMs: 1_000, groupIntervalMs: 3_000, peerTimeoutMs: 2_000 };
const HEARD_TIMEOUT_MS = 30_000;

export interface RingStageOptions extends Pick<ProcessClusterOptions, 'links'> {
  /** Go's form, as are all. */
  readonly repeatInterval?: string;
  readonly peerTimeout?: string;
}

export class RingStage implements AsyncDisposable {
  readonly cluster: ProcessCluster;
  readonly sink: WebhookSink;
  readonly notices: Notices;
  readonly #figures: string[] = [];
  #groups = 0;

  static async start({
    repeatInterval = '4h',
    peerTimeout = `${RING.peerTimeoutMs}ms`,
    ...options
  }: RingStageOptions = {}): Promise<RingStage> {
    const sink = await WebhookSink.start();
    const config = `
route:
  receiver: team
  group_by: [group]
  group_wait: ${RING.groupWaitMs}ms
  group_interval: ${RING.groupIntervalMs}ms
  repeat_interval: ${repeatInterval}
receivers:
  - {name: team, webhook_configs: [{url: '${sink.url()}'}]}
`;
    try {
      const args = [`--log.level=${process.env.PROVE_LOG_LEVEL ?? 'info'}`];
      const cluster = await ProcessCluster.start({ ...options, args, config, peerTimeout });
      return new RingStage(cluster, sink);
    } catch (cause) {
      await sink[Symbol.asyncDispose]();
      throw cause;
    }
  }

  private constructor(cluster: ProcessCluster, sink: WebhookSink) {
    this.cluster = cluster;
    this.sink = sink;
    this.notices = new Notices(sink);
  }

  /** A name that no story has had; with `first`, of a group about which that node speaks first. */
  newGroup({ first }: { first?: ProcessNode } = {}): string {
    for (;;) {
      this.#groups += 1;
      const group = `g${this.#groups}`;
      if (!first || this.line(group)[0] === first) return group;
    }
  }

  /** Who speaks about a group, first one first, of those that are awake. */
  line(group: string): ReturnType<ProcessCluster['line']> {
    return this.cluster.line(groupKeyOf({ group }));
  }

  /** Resolves, with the instant, once the node has answered 200. */
  async fire(node: ProcessNode, group: string, alertname = 'a'): Promise<number> {
    await node.api.post({ labels: { alertname, group } });
    return Date.now();
  }

  async end(node: ProcessNode, group: string, alertname = 'a'): Promise<void> {
    await node.api.post({ labels: { alertname, group }, endsAt: new Date().toISOString() });
  }

  /** As soon as so much has been heard of a group: it is exactly this. */
  async heard(group: string, texts: readonly string[]): Promise<void> {
    const isEnough = () => this.notices.of(group).length >= texts.length;
    await eventually('as many notices', isEnough, { timeoutMs: HEARD_TIMEOUT_MS }).catch(() => undefined);
    const told = this.notices.texts(group);
    if (told.join(';') !== texts.join(';')) expect(told, this.#account(group)).toEqual(texts);
  }

  /** By the word of those who told it, and the others have heard so; before, a death is one between send and record. */
  async recorded(group: string): Promise<void> {
    const isRecorded = async () => {
      const lines = this.cluster.nodes.flatMap((node) => node.lines(sentLine(group)));
      if (lines.length < this.notices.of(group).length) return false;
      const views = await Promise.all(this.cluster.awake.map((node) => node.view()));
      return views.every(({ claims }) => claims.open.every(({ groupKey }) => groupKey !== groupKeyOf({ group })));
    };
    await eventually(`what ${group} was told is recorded`, isRecorded, { timeoutMs: HEARD_TIMEOUT_MS });
  }

  /** Everybody has exchanged state with everybody since this was called: what was told before, all know. */
  async caughtUp(): Promise<void> {
    const sinceMs = performance.now();
    const hasExchanged = async (node: ProcessNode) => {
      const { members } = await node.view();
      const forMs = performance.now() - sinceMs;
      return members
        .filter(({ alive, self }) => alive && !self)
        .every(({ exchange }) => typeof exchange?.agoMs === 'number' && exchange.agoMs < forMs);
    };
    await eventually(
      'everybody has caught up with everybody',
      async () => (await Promise.all(this.cluster.awake.map(hasExchanged))).every(Boolean),
      { timeoutMs: HEARD_TIMEOUT_MS },
    );
  }

  /** For the record: how long after an instant the first message about a group came. */
  noteDelay(what: string, group: string, sinceMs: number): void {
    const [first] = this.notices.of(group);
    if (first) this.#figures.push(`${what} ${Math.round(first.atMs - sinceMs)} ms`);
  }

  /** Everybody runs, is awake, linked, settled, and knows what has been told. */
  async bringBack(): Promise<void> {
    const { nodes } = this.cluster;
    if (this.cluster.isGated) {
      for (const [index, one] of nodes.entries()) {
        for (const two of nodes.slice(index + 1)) this.cluster.link(one, two).heal();
      }
    }
    for (const node of nodes) if (node.isRunning && !node.isAwake) node.thaw();
    await Promise.all(nodes.filter(({ isRunning }) => !isRunning).map((node) => node.start()));
    this.sink.behaveWell();
    await this.cluster.settled();
    // Else the next story may begin between a send and the word of it.
    await this.caughtUp();
  }

  /** Of the whole file. Prints the figures; nothing may have been said twice without a cause. */
  verdict(file: string): NoticeCount {
    const count = this.notices.count();
    const allowed = Object.entries(count.duplicates).map(([cause, times]) => `${times} × ${cause}`);
    const figures = [`${count.notices} notices, lost 0, duplicates ${allowed.join(', ') || 0}`, ...this.#figures];
    process.stdout.write(`${file}: ${figures.join('; ')}\n`);
    const accounts = [...count.tooMany].map(([group, what]) => `${what}: ${this.#account(group)}`);
    expect([...count.tooMany], accounts.join('\n')).toEqual([]);
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await this.sink[Symbol.asyncDispose]();
  }

  /** What was heard of a group, from whom, and what the nodes logged about it; more with PROVE_LOG_LEVEL=debug. */
  #account(group: string): string {
    const heard = this.notices.of(group).map(({ by, text, atMs }) => `${new Date(atMs).toISOString()} ${by}: ${text}`);
    const about = new RegExp(`group=\\\\"${group}\\\\"|Ready|stood still|peer|member`);
    const logs = this.cluster.nodes.flatMap((node) => [
      `${node.name} ${node.isRunning ? node.id : 'is down'}:`,
      ...node.lines(about),
    ]);
    return [`${group}, first in line ${this.line(group)[0].name}`, ...heard, ...logs].join('\n');
  }
}

function sentLine(group: string): RegExp {
  return new RegExp(`msg="Notification sent".*group=\\\\"${group}\\\\"`);
}
