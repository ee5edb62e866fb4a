/**
 * Nodes that hold nothing but maps of registers, and a wire between two of them that is a function call: enough for
 * everything that keeps maps alike. What is said passes the wire as bytes, which are counted.
 */
import type { Now } from '../../src/model/now.ts';
import type { System } from '../../src/system.ts';
import { AntiEntropy } from '../anti-entropy.ts';
import type { AskPeer, ExchangeResult } from '../anti-entropy-exchange.ts';
import { ReplicatedMap } from '../replicated-map.ts';
import type { ReceiveOutcome, Refusal, SyncedMap } from '../synced-map.ts';
import { formatVersion, HybridClock, parseVersion, type Version } from '../version.ts';
import { decodeMessage, encodeMessage, WireError } from '../wire.ts';
import { later, registerDigest } from './last-writer.ts';

export interface AgedText {
  readonly version: Version;
  readonly content: string;
  /** On the clock of the node that holds it. */
  readonly writtenMs: number;
}

/** Records are `{ version, content, ageMs }`; older than `forgetAfterMs` they are forgotten. */
export class SyncedRegisters implements SyncedMap {
  readonly name: string;
  readonly hashes: ReplicatedMap<AgedText>;
  readonly #clock: HybridClock;

  constructor(name: string, { writer, forgetAfterMs = Infinity }: { writer: string; forgetAfterMs?: number }) {
    this.name = name;
    this.#clock = new HybridClock(writer);
    this.hashes = new ReplicatedMap<AgedText>({
      merge: later,
      digest: registerDigest,
      isForgotten: ({ writtenMs }, now) => now.monotonicMs - writtenMs > forgetAfterMs,
    });
  }

  write(key: string, content: string, now: Now): void {
    this.hashes.merge(key, { version: this.#clock.next(now), content, writtenMs: now.monotonicMs }, now);
  }

  text(key: string): string | undefined {
    return this.hashes.get(key)?.content;
  }

  /** By key; equal for maps that are alike. */
  texts(): Record<string, string> {
    return Object.fromEntries([...this.hashes.entries()].map(([key, { content }]) => [key, content]).sort());
  }

  encodeRecord(key: string, now: Now): unknown {
    const value = this.hashes.get(key);
    if (!value || this.hashes.hashOf(key, now) === undefined) return undefined;
    const { version, content, writtenMs } = value;
    return { version: formatVersion(version), content, ageMs: now.monotonicMs - writtenMs };
  }

  receive(key: string, record: unknown, { now }: { now: Now }): ReceiveOutcome {
    if (typeof record !== 'object' || record === null) return 'refused';
    const { version: text, content, ageMs } = record as Record<string, unknown>;
    const version = parseVersion(text);
    if (!version || typeof content !== 'string' || typeof ageMs !== 'number') return 'refused';
    this.#clock.see(version);
    const outcome = this.hashes.merge(key, { version, content, writtenMs: now.monotonicMs - ageMs }, now);
    return outcome === 'changed' ? 'changed' : 'nothing new';
  }
}

export interface Traffic {
  /** Of each message, its envelope included, in the order in which they passed. */
  readonly bytes: number[];
  /** By question. */
  readonly asked: string[];
}

export class TestNode {
  readonly id: string;
  readonly system: System;
  readonly maps: readonly SyncedRegisters[];
  readonly refusals: Refusal[] = [];
  readonly antiEntropy: AntiEntropy;

  constructor(
    system: System,
    id: string,
    { maps = ['texts'], forgetAfterMs = Infinity }: { maps?: string[]; forgetAfterMs?: number } = {},
  ) {
    this.id = id;
    this.system = system;
    this.maps = maps.map((name) => new SyncedRegisters(name, { writer: `${id}.1`, forgetAfterMs }));
    this.antiEntropy = new AntiEntropy({ system, onRefused: (refusal) => this.refusals.push(refusal) });
  }

  /** The first one. */
  get map(): SyncedRegisters {
    const [map] = this.maps;
    if (!map) throw new Error('this node has no map');
    return map;
  }

  write(key: string, content: string): void {
    this.map.write(key, content, this.system.now());
  }

  /** Asks another node over the wire. */
  asking(other: TestNode, traffic: Traffic = { bytes: [], asked: [] }): AskPeer {
    const passed = (body: object) => {
      const bytes = encodeMessage('anti-entropy', body);
      traffic.bytes.push(bytes.length);
      const message = decodeMessage(bytes);
      if (message instanceof WireError) throw message;
      return message.body;
    };
    return async (body) => {
      const question = passed(body);
      traffic.asked.push(String(question.ask));
      await Promise.resolve();
      return passed(other.antiEntropy.answer(question, other.maps, { from: this.id, now: other.system.now() }));
    };
  }

  async exchangeWith(other: TestNode): Promise<{ result: ExchangeResult; traffic: Traffic }> {
    const traffic: Traffic = { bytes: [], asked: [] };
    return { result: await this.exchange(this.asking(other, traffic), other.id), traffic };
  }

  exchange(ask: AskPeer, peer = 'peer', signal = new AbortController().signal): Promise<ExchangeResult> {
    return this.antiEntropy.exchange(ask, this.maps, { peer, signal });
  }
}
