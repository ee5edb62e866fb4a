/**
 * The links of a node: at most one to a peer, however many connections come and go. A link is up once the peer has
 * greeted and broadcasts can flow both ways; it is closed when its connection is, when the peer falls silent, or when
 * broadcasts stop flowing. Up and closed are told in turns, and what peers say of others is passed on from here.
 */
import type { Logger } from 'pino';
import type { Now } from '../../src/model/now.ts';
import { deadline, type System, sleep, type Timer } from '../../src/system.ts';
import type { NodeId } from '../transport.ts';
import type { AddressBook } from './address-book.ts';
import type { ByteStream } from './byte-stream.ts';
import { newcomerStays } from './link-choice.ts';
import type { LinkMessage, ToldPeer } from './link-message.ts';
import { LinkTalk } from './link-talk.ts';

/** A connection whose other end has proved who it is. The same object in every call about it. */
export interface LinkConnection {
  readonly peer: NodeId;
  readonly direction: 'inbound' | 'outbound';
  /** Of the peer, as host:port. */
  readonly remoteAddress: string;
  /** The stream of the {@link LinkTalk}; only the end that dialled opens it. */
  openTalk(signal: AbortSignal): Promise<ByteStream>;
  /** Closes it at once; {@link LinkTable.closed} is called soon after. */
  abort(cause: Error): void;
}

export interface LinkView {
  readonly peer: NodeId;
  readonly remoteAddress: string;
  readonly direction: 'inbound' | 'outbound';
  readonly since: Now;
}

export interface LinkTableDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly book: AddressBook;
  /** Whether broadcasts flow to and from a peer, as far as can be known. */
  readonly canBroadcast: (peer: NodeId) => boolean;
  readonly onLinkChange: (peer: NodeId, change: 'up' | 'closed') => void;
  /** Somebody says that the peer is there. */
  readonly onHeardOf: (peer: NodeId) => void;
  /** Whoever has been out of reach for long is not dialled any more. */
  readonly onForgotten: (peer: NodeId) => void;
}

export interface LinkTableOptions {
  readonly self: NodeId;
  /** Asked for anew for each greeting. */
  readonly ownAddresses: () => readonly string[];
  /** A peer that says nothing for so long is gone. */
  readonly silenceMs?: number;
}

interface Link {
  readonly connection: LinkConnection;
  readonly openedMs: number;
  talk: LinkTalk | undefined;
  greeting: LinkMessage | undefined;
  greetedMs: number;
  since: Now | undefined;
  /** Since when broadcasts do not flow although the link is up. */
  deafSinceMs: number | undefined;
}

const TICK_MS = 1_000;
/** A tick that comes later than this was held up by this node itself. */
const STALL_MS = 500;
const OPENING_POLL_MS = 20;
/** From the connection to the link. */
const OPENING_TIMEOUT_MS = 10_000;
const DEAF_TIMEOUT_MS = 3_000;
/** From the greeting, which shows that the peer is quick enough, to broadcasts that flow. */
const OPENING_DEAF_TIMEOUT_MS = 5_000;
/** For a connection that gave way to be forgotten by whoever used it. */
const GIVE_WAY_TIMEOUT_MS = 1_000;

export class LinkTable {
  readonly #dependencies: LinkTableDependencies;
  readonly #options: Required<LinkTableOptions>;
  readonly #links = new Map<NodeId, Link>();
  #timer: Timer | undefined;
  #openingTimer: Timer | undefined;
  #tickedMs = 0;
  #ticks = 0;
  #lost = 0;
  #isStopped = false;

  constructor(dependencies: LinkTableDependencies, { silenceMs = 6_000, ...options }: LinkTableOptions) {
    this.#dependencies = dependencies;
    this.#options = { silenceMs, ...options };
  }

  /** Links that this node closed because the peer had fallen silent. */
  get lost(): number {
    return this.#lost;
  }

  start(): void {
    this.#tickedMs = this.#now().monotonicMs;
    this.#timer = this.#dependencies.system.setTimer(TICK_MS, () => this.#tick());
  }

  /** Links are closed by whoever closes their connections. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#openingTimer?.cancel();
  }

  isUp(peer: NodeId): boolean {
    return this.#links.get(peer)?.since !== undefined;
  }

  /** Also of a link that is not up yet. */
  hasConnection(peer: NodeId): boolean {
    return this.#links.has(peer);
  }

  views(): LinkView[] {
    return [...this.#links.values()].flatMap(({ connection, since }) => {
      const { peer, remoteAddress, direction } = connection;
      return since ? [{ peer, remoteAddress, direction, since }] : [];
    });
  }

  noteHeard(peer: NodeId): void {
    this.#links.get(peer)?.talk?.noteHeard();
  }

  /**
   * Whether one more connection to the peer may be opened. If it is to take the place of another, resolves when that is
   * gone and forgotten: two at a time would leave broadcasts with the wrong one.
   */
  async makeRoom(peer: NodeId, direction: 'inbound' | 'outbound', isForgotten: () => boolean): Promise<boolean> {
    const { system } = this.#dependencies;
    const existing = this.#links.get(peer);
    if (existing) {
      const ageMs = this.#now().monotonicMs - existing.openedMs;
      const ends = { self: this.#options.self, peer };
      if (!newcomerStays(ends, { direction: existing.connection.direction, ageMs }, { direction })) return false;
      existing.connection.abort(new Error('a newer connection takes its place'));
    }
    using limit = deadline(system, GIVE_WAY_TIMEOUT_MS);
    // Also of a connection that has just closed by itself.
    while ((existing && this.#links.get(peer) === existing) || !isForgotten()) {
      if (limit.signal.aborted) break;
      await sleep(system, OPENING_POLL_MS / 4);
    }
    return !this.#links.has(peer);
  }

  /** False if it is not wanted, and closed again. */
  opened(connection: LinkConnection): boolean {
    const { peer } = connection;
    if (this.#isStopped || this.#links.has(peer)) {
      connection.abort(new Error(this.#isStopped ? 'the node stops' : 'there is another connection'));
      return false;
    }
    const openedMs = this.#now().monotonicMs;
    const link: Link = {
      connection,
      openedMs,
      talk: undefined,
      greeting: undefined,
      greetedMs: Number.POSITIVE_INFINITY,
      since: undefined,
      deafSinceMs: undefined,
    };
    this.#links.set(peer, link);
    if (connection.direction === 'outbound') void this.#openTalk(link);
    this.#openingTimer ??= this.#dependencies.system.setTimer(OPENING_POLL_MS, () => this.#lookAtOpening());
    return true;
  }

  /** The end that was dialled is spoken to. */
  talkBegan(connection: LinkConnection, stream: ByteStream): void {
    const link = this.#links.get(connection.peer);
    if (link?.connection === connection && !link.talk) this.#beginTalk(link, stream);
    else stream.abort(new Error('there is no link to talk about'));
  }

  closed(connection: LinkConnection): void {
    const { peer } = connection;
    const link = this.#links.get(peer);
    if (link?.connection !== connection) return;
    this.#links.delete(peer);
    link.talk?.end(new Error('the connection is closed'));
    if (!link.since) return;
    this.#dependencies.book.closed(peer, this.#now().monotonicMs);
    this.#dependencies.onLinkChange(peer, 'closed');
  }

  async #openTalk(link: Link): Promise<void> {
    using limit = deadline(this.#dependencies.system, OPENING_TIMEOUT_MS);
    try {
      const stream = await link.connection.openTalk(limit.signal);
      this.#beginTalk(link, stream);
    } catch (cause) {
      link.connection.abort(new Error('the peer does not talk', { cause }));
    }
  }

  #beginTalk(link: Link, stream: ByteStream): void {
    const { system } = this.#dependencies;
    const events = {
      onMessage: (message: LinkMessage) => this.#onMessage(link, message),
      onEnd: (cause: Error) => link.connection.abort(cause),
    };
    link.talk = new LinkTalk({ system, stream, events });
    link.talk.tell({ addresses: this.#options.ownAddresses(), peers: this.#linkedPeers() });
  }

  #onMessage(link: Link, message: LinkMessage): void {
    const { book, onHeardOf } = this.#dependencies;
    const { peer } = link.connection;
    if (!link.greeting) {
      link.greeting = message;
      link.greetedMs = this.#now().monotonicMs;
    }
    if (message.addresses && link.since) book.toldOwn(peer, message.addresses);
    for (const told of message.peers) {
      if (book.toldOf(told.peer, told.addresses, this.#now().monotonicMs) && !this.isUp(told.peer)) {
        onHeardOf(told.peer);
      }
    }
    this.#upIfReady(link);
  }

  #upIfReady(link: Link): void {
    const { peer } = link.connection;
    const { book, canBroadcast, onLinkChange, onHeardOf } = this.#dependencies;
    if (link.since || !link.greeting || this.#links.get(peer) !== link || !canBroadcast(peer)) return;
    const now = this.#now();
    if (!book.linked(peer, now.monotonicMs)) {
      link.connection.abort(new Error('there are too many links'));
      return;
    }
    link.since = now;
    book.toldOwn(peer, link.greeting.addresses ?? []);
    onHeardOf(peer);
    const news = { peers: [this.#toldOf(peer)] };
    for (const other of this.#links.values()) if (other !== link) other.talk?.tell(news);
    onLinkChange(peer, 'up');
  }

  /** Nothing tells when the streams of broadcasts are there; they take some milliseconds. */
  #lookAtOpening(): void {
    this.#openingTimer = undefined;
    const nowMs = this.#now().monotonicMs;
    let isAnyOpening = false;
    for (const link of [...this.#links.values()]) {
      if (link.since) continue;
      this.#upIfReady(link);
      if (link.since) continue;
      isAnyOpening = true;
      const isLate = nowMs - link.openedMs > OPENING_TIMEOUT_MS;
      if (isLate || nowMs - link.greetedMs > OPENING_DEAF_TIMEOUT_MS) this.#giveUpOpening(link);
    }
    if (!isAnyOpening || this.#isStopped) return;
    this.#openingTimer = this.#dependencies.system.setTimer(OPENING_POLL_MS, () => this.#lookAtOpening());
  }

  #giveUpOpening({ connection, greeting }: Link): void {
    const { logger, canBroadcast } = this.#dependencies;
    const { peer, remoteAddress, direction } = connection;
    const fields = { peer, address: remoteAddress, direction, greeted: greeting !== undefined };
    logger.info({ ...fields, canBroadcast: canBroadcast(peer) }, 'A connection did not become a link');
    connection.abort(new Error('the link did not come up'));
  }

  #tick(): void {
    const nowMs = this.#now().monotonicMs;
    const lateMs = nowMs - this.#tickedMs - TICK_MS;
    this.#tickedMs = nowMs;
    this.#ticks += 1;
    for (const link of [...this.#links.values()]) {
      // What came in meanwhile is read only after this timer has run.
      if (lateMs > STALL_MS) link.talk?.forgive(lateMs);
      if (this.#ticks % 2 === 0) link.talk?.beat();
      this.#closeIfLost(link, nowMs);
    }
    const { book, onForgotten } = this.#dependencies;
    for (const peer of book.forget(nowMs)) onForgotten(peer);
    this.#timer = this.#dependencies.system.setTimer(TICK_MS, () => this.#tick());
  }

  #closeIfLost(link: Link, nowMs: number): void {
    if (!link.since || !link.talk) return;
    const { logger, canBroadcast } = this.#dependencies;
    const { connection } = link;
    if (canBroadcast(connection.peer)) link.deafSinceMs = undefined;
    else link.deafSinceMs ??= nowMs;
    const isSilent = link.talk.silentForMs(nowMs) > this.#options.silenceMs;
    const isDeaf = link.deafSinceMs !== undefined && nowMs - link.deafSinceMs >= DEAF_TIMEOUT_MS;
    if (!isSilent && !isDeaf) return;
    this.#lost += 1;
    const reason = isSilent ? 'the peer has fallen silent' : 'broadcasts do not pass any more';
    logger.info({ peer: connection.peer, address: connection.remoteAddress, reason }, 'A link is given up');
    connection.abort(new Error(reason));
  }

  #linkedPeers(): ToldPeer[] {
    return [...this.#links.values()]
      .filter(({ since }) => since)
      .map(({ connection }) => this.#toldOf(connection.peer));
  }

  #toldOf(peer: NodeId): ToldPeer {
    return { peer, addresses: this.#dependencies.book.ownAddressesOf(peer) };
  }

  #now(): Now {
    return this.#dependencies.system.now();
  }
}
