/**
 * Who belongs to the cluster and who of them is alive. Every node beats about once a second, to everyone; from the beats
 * it hears each judges for itself (verdict.ts), learns members it was not configured with, ranks them for a key and knows
 * the cluster's time. Verdicts change only here, in order, and `onChange` says each change after it stands.
 */
import type { Now } from '../src/model/now.ts';
import type { System, Timer } from '../src/system.ts';
import { type Beat, encodeBeat, isNodeId, MOST_MEMBERS, readBeat } from './beat.ts';
import { BeatPace } from './beat-pace.ts';
import { ClockOffsets } from './clock-offsets.ts';
import { type Instant, Member } from './member.ts';
import { type MemberChange, MemberChanges } from './member-changes.ts';
import { MemberTable } from './member-table.ts';
import { type MemberView, viewOf } from './member-view.ts';
import { rankFor } from './rank.ts';
import type { NodeId, Transport } from './transport.ts';
import { ALIVE_WINDOW_MS, judge } from './verdict.ts';
import type { WireMessage } from './wire.ts';

/** What a node says of itself in each beat, asked for anew each time. */
export interface SelfDescription extends Pick<Beat, 'name' | 'version' | 'configHash' | 'address' | 'url'> {
  readonly rootHashes?: Beat['rootHashes'];
}

export interface MembershipDependencies {
  readonly system: System;
  readonly transport: Pick<Transport, 'self' | 'peers' | 'broadcast'>;
  readonly describe: () => SelfDescription;
  /** This node's event loop stood still, see {@link Membership.noteStall}. */
  readonly onStall?: (now: Now) => void;
  /** Called with all that changed at one instant; the new state can be asked for already. */
  readonly onChange?: (changes: readonly MemberChange[], now: Now) => void;
}

export interface MembershipOptions {
  /** Random, of this process. No spaces. */
  readonly boot: string;
  /** How long a member is remembered that nobody hears. */
  readonly reconnectTimeoutMs?: number;
}

/** What became of a beat that came in; all but the first two are for counting. */
export type BeatOutcome = 'taken' | 'stale' | 'malformed' | 'too many members';

const RECONNECT_TIMEOUT_MS = 6 * 60 * 60 * 1_000;

export class Membership {
  readonly #system: System;
  readonly #transport: MembershipDependencies['transport'];
  readonly #describe: () => SelfDescription;
  readonly #onStall: (now: Now) => void;
  readonly #onChange: (changes: readonly MemberChange[], now: Now) => void;
  readonly #boot: string;
  readonly #offsets: ClockOffsets;
  readonly #pace: BeatPace;
  readonly #members: MemberTable;
  readonly #changes = new MemberChanges();
  #verdictTimer: { readonly dueMs: number; readonly timer: Timer } | undefined;
  #sequence = 0;
  #order = 0;
  #isSettled = false;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(dependencies: MembershipDependencies, options: MembershipOptions) {
    this.#system = dependencies.system;
    this.#transport = dependencies.transport;
    this.#describe = dependencies.describe;
    this.#onStall = dependencies.onStall ?? (() => {});
    this.#onChange = dependencies.onChange ?? (() => {});
    const { boot, reconnectTimeoutMs = RECONNECT_TIMEOUT_MS } = options;
    if (!isNodeId(boot)) throw new RangeError(`a boot must be a short word, not ${JSON.stringify(boot)}`);
    this.#boot = boot;
    const self = new Member(this.self, { learnedMs: this.#system.now().monotonicMs, ownBoot: boot });
    this.#members = new MemberTable(self, { reconnectTimeoutMs });
    this.#offsets = new ClockOffsets({ isAlive: (node) => this.isAlive(node) });
    this.#pace = new BeatPace({ system: this.#system, beat: () => this.#beat() });
  }

  get self(): NodeId {
    return this.#transport.self;
  }

  start(): void {
    if (this.#state !== 'new') throw new Error('membership can be started once only');
    this.#state = 'running';
    this.#beat();
  }

  /** Falls silent without a word, as one who is killed. */
  stop(): void {
    this.#state = 'stopped';
    this.#pace.stop();
    this.#verdictTimer?.timer.cancel();
  }

  /** Says goodbye and falls silent: the others take it for dead at once, and forget it. */
  leave(): void {
    if (this.#state !== 'running') return;
    this.#say(this.#system.now(), { isLeaving: true });
    this.stop();
  }

  /** Whether this node takes its place in the ranking; the others hear of a change at once. */
  setSettled(isSettled: boolean): void {
    if (this.#isSettled === isSettled) return;
    this.#isSettled = isSettled;
    this.#pace.hurry();
  }

  // --- what is heard ------------------------------------------------------------------------------------------------

  /** A beat that `origin` has broadcast. Hostile bodies are told by the outcome and change nothing. */
  receiveBeat(origin: NodeId, body: WireMessage['body'], now: Now): BeatOutcome {
    const beat = readBeat(body);
    if (!beat) return 'malformed';
    this.#noticeStall(now);
    const member = this.#members.heard(origin, now.monotonicMs);
    if (!member) return 'too many members';
    const linksBefore = member.says?.boot === beat.boot ? member.says.links : [];
    const received = member.receive(beat, this.#instant(now));
    if (received === 'stale') return 'stale';
    if (origin !== this.self) this.#offsets.note(origin, beat.wallMs, now);
    for (const [node, agoMs] of beat.hears) this.#members.heardOf(node, { agoMs, nowMs: now.monotonicMs });
    // A newcomer wants to know us; and whoever lost a link wants to know whether we hear the one it led to.
    if (received === 'new boot' || linksBefore.some((link) => !beat.links.includes(link))) this.#pace.hurry();
    this.#judge(now);
    return 'taken';
  }

  /** Anything authentic came from `node`: a request, an answer, a broadcast of its own. */
  heard(node: NodeId, now: Now): void {
    if (node === this.self) return;
    this.#noticeStall(now);
    const member = this.#members.heard(node, now.monotonicMs);
    member?.hear(this.#instant(now));
    // Once a second is often enough for one who is alive already.
    if (member && !member.verdict.isAlive) this.#judge(now);
  }

  linkChanged(peer: NodeId, change: 'up' | 'closed', now: Now): void {
    this.#noticeStall(now);
    const member = this.#members.heard(peer, now.monotonicMs);
    if (change === 'closed' && member) member.isLinkLost = true;
    else member?.hear(this.#instant(now));
    this.#judge(now);
    // All who see it say so at once: whom nobody hears any more is then known dead within a round trip.
    this.#pace.hurry();
  }

  /**
   * This node's event loop stood still for more than a second: what the others said meanwhile, and that they closed their
   * links to one who was silent, has not been read yet. So all who were alive are given one more window.
   */
  noteStall(now: Now): void {
    for (const member of this.#members.others()) {
      if (member.verdict.isAlive) member.forgive(now.monotonicMs + ALIVE_WINDOW_MS);
    }
    this.#pace.forgiveLateness(now);
    this.#onStall(now);
  }

  // --- what is known ------------------------------------------------------------------------------------------------

  /** As judged last: never later than a verdict was due, unless this node's event loop stands still. */
  isAlive(node: NodeId): boolean {
    return node === this.self || (this.#members.get(node)?.verdict.isAlive ?? false);
  }

  /** The process of a node as it says by its newest beat. */
  bootOf(node: NodeId): string | undefined {
    return this.#members.get(node)?.says?.boot;
  }

  /** As it calls itself. */
  nameOf(node: NodeId): string | undefined {
    return this.#members.get(node)?.says?.name;
  }

  /** Everyone alive but this node, sorted. */
  alivePeers(): NodeId[] {
    return this.#members
      .others()
      .filter(({ verdict }) => verdict.isAlive)
      .map(({ node }) => node)
      .toSorted();
  }

  /** Who is alive and settled, this node included, best first. Empty while nobody is settled. */
  rankedFor(key: string): NodeId[] {
    const ranked = this.#members.others().filter(({ verdict, says }) => verdict.isAlive && says?.isSettled);
    const nodes = ranked.map(({ node }) => node);
    if (this.#isSettled && this.#state === 'running') nodes.push(this.self);
    return rankFor(key, nodes);
  }

  /** Of how many others the clock has been compared with this node's. */
  get clocksHeard(): number {
    return this.#offsets.size;
  }

  /** With the wall clock of the cluster, which absolute times are read with. */
  clusterNow(now: Now): Now {
    // Also of one that has just begun: or a wrong clock would win for as long as a right one's node takes to settle.
    const counted = this.#members.others().filter(({ hasLeft }) => !hasLeft);
    return this.#offsets.clusterNow(
      now,
      counted.map(({ node }) => node),
    );
  }

  /** Everyone remembered, this node included, sorted by id. */
  members(now: Now): MemberView[] {
    const clones = this.#members.clones(now.monotonicMs);
    return this.#members
      .all()
      .toSorted((a, b) => (a.node < b.node ? -1 : 1))
      .map((member) => {
        const isSelf = member === this.#members.self;
        const clockOffsetMs = isSelf ? 0 : this.#offsets.offsetMs(member.node, now);
        return viewOf(member, { now, isSelf, isCloned: clones.has(member.node), clockOffsetMs });
      });
  }

  // --- beats --------------------------------------------------------------------------------------------------------

  #beat(): void {
    const now = this.#system.now();
    this.#noticeStall(now);
    for (const node of this.#members.forget(now.monotonicMs)) this.#offsets.forget(node);
    this.#say(now, { isLeaving: false });
    this.#pace.beaten(now);
    this.#judge(now);
  }

  #say(now: Now, { isLeaving }: { isLeaving: boolean }): void {
    const agoMs = ({ heard }: Member) => (heard ? now.monotonicMs - heard.atMs : Number.POSITIVE_INFINITY);
    const hears = this.#members
      .others()
      .filter((member) => !member.hasLeft && !member.isLinkLost && agoMs(member) < ALIVE_WINDOW_MS)
      .map((member) => [member.node, Math.round(agoMs(member))] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const beat: Beat = {
      rootHashes: {},
      ...this.#describe(),
      boot: this.#boot,
      sequence: ++this.#sequence,
      hears,
      links: this.#transport.peers().slice(0, MOST_MEMBERS),
      clones: this.#members
        .all()
        .filter((member) => member.isCloned(now.monotonicMs))
        .map(({ node }) => node),
      isSettled: this.#isSettled && !isLeaving,
      isLeaving,
      wallMs: Math.max(0, Math.round(now.wallMs)),
    };
    this.#members.self.receive(beat, this.#instant(now));
    this.#transport.broadcast(encodeBeat(beat));
  }

  /** A beat that is more than a second overdue says that nothing ran meanwhile, whoever notices it first. */
  #noticeStall(now: Now): void {
    if (this.#pace.isStalled(now)) this.noteStall(now);
  }

  #instant(now: Now): Instant {
    this.#order += 1;
    return { atMs: now.monotonicMs, order: this.#order };
  }

  // --- verdicts -----------------------------------------------------------------------------------------------------

  #judge(now: Now): void {
    const nowMs = now.monotonicMs;
    const judgements = judge(this.#members.byId, { self: this.self, links: this.#transport.peers(), nowMs });
    let nextSilentMs = Number.POSITIVE_INFINITY;
    for (const member of this.#members.others()) {
      const judgement = judgements.get(member.node);
      if (!judgement) continue;
      member.judged(judgement.verdict, nowMs);
      if (judgement.verdict.isAlive) nextSilentMs = Math.min(nextSilentMs, judgement.silentAtMs);
    }
    if (this.#state === 'running') this.#judgeAgainAt(nextSilentMs, now);
    const changes = this.#changes.since(this.#members.byId, this.#members.clones(nowMs));
    if (changes.length > 0) this.#onChange(changes, now);
  }

  /** Every beat judges anyway; a timer is only for those who would be silent before the next. */
  #judgeAgainAt(dueMs: number, now: Now): void {
    if (this.#verdictTimer && this.#verdictTimer.dueMs <= dueMs) return;
    if (dueMs >= this.#pace.nextDueMs) return;
    this.#verdictTimer?.timer.cancel();
    const timer = this.#system.setTimer(dueMs - now.monotonicMs, () => {
      this.#verdictTimer = undefined;
      const then = this.#system.now();
      this.#noticeStall(then);
      this.#judge(then);
    });
    this.#verdictTimer = { dueMs, timer };
  }
}
