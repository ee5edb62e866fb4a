/** Everyone this node remembers, itself among them: learned from what they say or what others say of them, forgotten in time. */
import { MOST_MEMBERS } from './beat.ts';
import { Member } from './member.ts';
import type { NodeId } from './transport.ts';
import { ALIVE_WINDOW_MS } from './verdict.ts';

/** Longer than what was said before a goodbye can be on its way. */
const GOODBYE_REMEMBERED_MS = 60_000;

export class MemberTable {
  readonly self: Member;
  readonly #members = new Map<NodeId, Member>();
  readonly #reconnectTimeoutMs: number;

  constructor(self: Member, { reconnectTimeoutMs }: { reconnectTimeoutMs: number }) {
    this.self = self;
    this.#members.set(self.node, self);
    this.#reconnectTimeoutMs = reconnectTimeoutMs;
  }

  get byId(): ReadonlyMap<NodeId, Member> {
    return this.#members;
  }

  get(node: NodeId): Member | undefined {
    return this.#members.get(node);
  }

  all(): Member[] {
    return [...this.#members.values()];
  }

  others(): Member[] {
    return this.all().filter((member) => member !== this.self);
  }

  /** One that something came from. Undefined if there are too many already that something came from. */
  heard(node: NodeId, nowMs: number): Member | undefined {
    const known = this.#members.get(node);
    if (known) return known;
    if (this.#members.size >= MOST_MEMBERS) {
      const rumoured = this.others().find(({ heard, says }) => !heard && !says);
      if (!rumoured) return undefined;
      this.#members.delete(rumoured.node);
    }
    return this.#learn(node, nowMs);
  }

  /** One that a member says to have heard so long ago. */
  heardOf(node: NodeId, { agoMs, nowMs }: { agoMs: number; nowMs: number }): void {
    if (agoMs >= ALIVE_WINDOW_MS) return;
    let member = this.#members.get(node);
    if (!member && this.#members.size < MOST_MEMBERS) member = this.#learn(node, nowMs);
    if (!member || member.hasLeft) return;
    member.lastHeardByAnyoneMs = Math.max(member.lastHeardByAnyoneMs, nowMs - agoMs);
  }

  /** Takes out whom nobody heard for the reconnect timeout, and who left; says whom. */
  forget(nowMs: number): NodeId[] {
    const forgotten = this.others()
      .filter(({ verdict, leftMs, lastHeardByAnyoneMs }) => {
        if (verdict.isAlive) return false;
        if (leftMs !== undefined) return nowMs - leftMs > GOODBYE_REMEMBERED_MS;
        return nowMs - lastHeardByAnyoneMs > this.#reconnectTimeoutMs;
      })
      .map(({ node }) => node);
    for (const node of forgotten) this.#members.delete(node);
    return forgotten;
  }

  /** Whom this node or a member that is heard takes for two living nodes of one id. */
  clones(nowMs: number): Set<NodeId> {
    const clones = new Set<NodeId>();
    for (const member of this.#members.values()) {
      if (member.isCloned(nowMs)) clones.add(member.node);
      const { beat, says } = member;
      // The clones themselves cannot hear each other under their one id; they learn it from the others.
      if (beat && nowMs - beat.atMs < ALIVE_WINDOW_MS) for (const clone of says?.clones ?? []) clones.add(clone);
    }
    return clones;
  }

  #learn(node: NodeId, nowMs: number): Member {
    const member = new Member(node, { learnedMs: nowMs });
    this.#members.set(node, member);
    return member;
  }
}
