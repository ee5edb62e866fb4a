/**
 * Several memberships on one network in virtual time, and the words their stories are told in. Nodes beat and listen, and
 * do nothing else.
 */
import { BEAT_KIND } from '../../cluster/beat.ts';
import type { MemberView } from '../../cluster/member-view.ts';
import { Membership } from '../../cluster/membership.ts';
import type { MemoryNetworkOptions } from '../../cluster/testing/memory-network.ts';
import { decodeMessage, WireError } from '../../cluster/wire.ts';
import type { Now } from '../../src/model/now.ts';
import { type ProcessOptions, VirtualWorld } from './virtual-world.ts';

export interface StageNode {
  readonly membership: Membership;
  now(): Now;
  jumpWallClock(byMs: number): void;
}

export class MembershipStage extends VirtualWorld {
  readonly #nodes = new Map<string, StageNode>();
  /** `b: a dead (silent)`, with the time it was said. */
  readonly #said: { readonly text: string; readonly atMs: number }[] = [];

  /** Everyone started and settled, linked as said, and known to each other. */
  static async begin(
    places: string,
    { links, ...options }: MemoryNetworkOptions & { seed?: number; links?: readonly string[] } = {},
  ): Promise<MembershipStage> {
    const stage = new MembershipStage(options);
    for (const place of places) await stage.start(place);
    stage.link(...(links ?? [places]));
    await stage.passes(10_000);
    stage.said();
    return stage;
  }

  async start(place: string, options: ProcessOptions & { settled?: boolean; reconnectTimeoutMs?: number } = {}) {
    const { settled = true, reconnectTimeoutMs, ...processOptions } = options;
    const { system, transport } = this.process(place, processOptions);
    const membership = new Membership(
      {
        system,
        transport,
        describe: () => ({ name: `node ${place}`, version: '1.0.0', configHash: 'c0ffee' }),
        onChange: (changes) => {
          for (const { node, ...change } of changes) {
            const reason = 'reason' in change ? ` (${change.reason})` : '';
            if (node !== transport.self || change.change === 'cloned') {
              this.#said.push({ text: `${place}: ${node} ${change.change}${reason}`, atMs: this.passedMs });
            }
          }
        },
      },
      { boot: system.uuid().slice(0, 8), ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }) },
    );
    await transport.start({
      onBroadcast: (origin, bytes) => {
        const message = decodeMessage(bytes);
        if (message instanceof WireError) throw message;
        if (message.kind === BEAT_KIND) membership.receiveBeat(origin, message.body, system.now());
      },
      onRequest: async () => new Uint8Array(),
      onLinkChange: (peer, change) => membership.linkChanged(peer, change, system.now()),
    });
    membership.start();
    if (settled) membership.setSettled(true);
    const node: StageNode = {
      membership,
      now: () => system.now(),
      jumpWallClock: (byMs) => system.jumpWallClock(byMs),
    };
    this.#nodes.set(place, node);
    return node;
  }

  /** Each text links its places with each other: `ab bc` is a chain. */
  link(...groups: readonly string[]): void {
    for (const group of groups) this.network.connectAll(...group);
  }

  async passes(ms: number): Promise<void> {
    await this.system.advance(ms);
  }

  at(place: string): StageNode {
    const node = this.#nodes.get(place);
    if (!node) throw new Error(`nobody at ${place}`);
    return node;
  }

  /** Whom each of the places believes alive besides itself, as `a: bc`. */
  alive(places: string): string[] {
    return [...places].map((place) => `${place}: ${this.at(place).membership.alivePeers().join('')}`);
  }

  /** What this place shows of a member. */
  shown(place: string, node: string): MemberView {
    const { membership, now } = this.at(place);
    const view = membership.members(now()).find((member) => member.node === node);
    if (!view) throw new Error(`${place} does not know ${node}`);
    return view;
  }

  /** What was said since this was asked last, optionally only of that kind. */
  said(change = ''): string[] {
    return this.#said
      .splice(0)
      .map(({ text }) => text)
      .filter((text) => text.includes(change));
  }

  /** When, after `sinceMs` of the world, each said that; undefined if it did not. */
  delayOf(text: string, sinceMs: number): number | undefined {
    const found = this.#said.find((said) => said.text === text);
    return found && found.atMs - sinceMs;
  }
}
