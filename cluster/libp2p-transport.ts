/**
 * The network of a real cluster, on libp2p: TCP, noise, yamux and gossipsub. It keeps what `transport.ts` promises and
 * what libp2p alone does not: peers are dialled for ever and found through each other, there is one link to a peer, a
 * silent one is noticed within seconds, and whoever does not know the cluster's secret gets nowhere.
 */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Connection, ConnectionGater, MultiaddrConnection, PrivateKey, Stream } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Logger } from 'pino';
import { deadline, type System, sleep } from '../src/system.ts';
import {
  byteStreamOf,
  type ClusterNode,
  canBroadcast,
  createNode,
  explained,
  isForgotten,
  linkConnectionOf,
  portOf,
  TOPIC,
} from './libp2p-node.ts';
import { AddressBook } from './links/address-book.ts';
import { AddressDialler } from './links/address-dialler.ts';
import { ask } from './links/ask.ts';
import type { ByteStream } from './links/byte-stream.ts';
import { handshakePrologue } from './links/cluster-secret.ts';
import { DialLoop } from './links/dial-loop.ts';
import { type LinkConnection, LinkTable, type LinkView } from './links/link-table.ts';
import { ALL_INTERFACES, ownAddresses } from './links/own-addresses.ts';
import { formatHostAndPort, isNodeId, multiaddrText, parsePeerAddress, readPeerAddress } from './links/peer-address.ts';
import { PendingInbound } from './links/pending-inbound.ts';
import { RequestServer } from './links/request-server.ts';
import { AddressResolver, type ResolvedAddress } from './links/resolve-address.ts';
import type {
  LearnedPeer,
  Libp2pTransportDependencies,
  Libp2pTransportOptions,
  TransportCounts,
} from './links/transport-options.ts';
import {
  LARGEST_MESSAGE_BYTES,
  type NodeId,
  RequestError,
  type Transport,
  type TransportHandlers,
} from './transport.ts';

export type { LinkView } from './links/link-table.ts';
export type { LearnedPeer, Libp2pTransportOptions, TransportCounts } from './links/transport-options.ts';

const REQUEST_PROTOCOL = '/tocsin/request/1';
const LINK_PROTOCOL = '/tocsin/link/1';

const MOST_PENDING_INBOUND = 64;
/** Of one peer; more fail at the asker. */
const MOST_REQUESTS_PER_PEER = 64;
/** Of a listen address that is a name. */
const RESOLVE_TIMEOUT_MS = 10_000;
/** Each of the two steps of a stop: what is on its way is sent, then everything is closed. */
const STOP_TIMEOUT_MS = 2_000;

export async function createLibp2pTransport(
  dependencies: Libp2pTransportDependencies,
  options: Libp2pTransportOptions,
): Promise<Libp2pTransport> {
  const key = await generateKeyPairFromSeed('Ed25519', options.key);
  return new Libp2pTransport(dependencies, { ...options, key });
}

export class Libp2pTransport implements Transport {
  readonly self: NodeId;
  readonly #system: System;
  readonly #logger: Logger;
  readonly #options: Omit<Libp2pTransportOptions, 'key'>;
  readonly #key: PrivateKey;
  readonly #prologue: Uint8Array;
  readonly #resolver: AddressResolver;
  readonly #links: LinkTable;
  readonly #book: AddressBook;
  readonly #dialLoop: DialLoop;
  readonly #requests: RequestServer;
  readonly #pendingInbound = new PendingInbound<MultiaddrConnection>({ most: MOST_PENDING_INBOUND });
  readonly #connections = new WeakMap<Connection, LinkConnection>();
  readonly #connectionOf = new Map<NodeId, Connection>();
  /** By the address that is being dialled: who was met there, also if the connection was not wanted. */
  readonly #met = new Map<string, NodeId | undefined>();
  /** By peer: of the addresses that lead to it the one at which a connection is being made. */
  readonly #making = new Map<NodeId, string>();
  readonly #publishing = new Set<Promise<unknown>>();
  readonly #stopped = new AbortController();
  #node: ClusterNode | undefined;
  #handlers: TransportHandlers | undefined;
  #listened: { readonly host: string; readonly port: number } | undefined;
  #stopping: Promise<void> | undefined;
  #broadcastsFailed = 0;
  #bytesSent = 0;
  #bytesReceived = 0;

  /** @throws RangeError if an address or the secret cannot be used */
  constructor(
    { system, logger, lookup }: Libp2pTransportDependencies,
    { key, ...options }: Omit<Libp2pTransportOptions, 'key'> & { readonly key: PrivateKey },
  ) {
    this.#system = system;
    this.#logger = logger;
    this.#options = options;
    this.#key = key;
    this.self = peerIdFromPrivateKey(key).toString();
    this.#prologue = handshakePrologue(options.secret, options.label);
    this.#resolver = new AddressResolver({ lookup });
    if (options.advertiseAddress !== undefined) parsePeerAddress(options.advertiseAddress);
    this.#book = new AddressBook({ self: this.self, forgetAfterMs: options.reconnectTimeoutMs ?? 6 * 3_600_000 });
    this.#links = new LinkTable(
      {
        system,
        logger,
        book: this.#book,
        canBroadcast: (peer) => this.#node !== undefined && canBroadcast(this.#node, peer),
        onLinkChange: (peer, change) => this.#onLinkChange(peer, change),
        onHeardOf: (peer) => this.#dialLoop.heardOf(peer),
        onForgotten: (peer) => this.#dialLoop.forget(peer),
      },
      { self: this.self, ownAddresses: () => this.advertisedAddresses },
    );
    const connect = this.#connect.bind(this);
    const dialler = new AddressDialler({ system, resolver: this.#resolver, connect }, { self: this.self });
    this.#dialLoop = new DialLoop(
      {
        system,
        logger,
        dial: (addresses, { signal }) => dialler.dial(addresses, signal),
        isLinked: (peer) => this.#links.isUp(peer),
        addressesOf: (peer) => this.#book.addressesOf(peer),
      },
      options.redial,
    );
    this.#requests = new RequestServer(
      { system, answer: (from, request) => this.#answer(from, request) },
      { mostPerPeer: MOST_REQUESTS_PER_PEER },
    );
    this.configurePeers(options.peers ?? []);
    for (const { peer, addresses } of options.learned ?? []) {
      const valid = addresses.filter((address) => readPeerAddress(address) !== undefined);
      if (isNodeId(peer) && this.#book.toldOf(peer, valid, system.now().monotonicMs)) this.#dialLoop.heardOf(peer);
    }
  }

  /** Everybody who was linked or told of and is not forgotten. */
  get learned(): readonly LearnedPeer[] {
    return this.#book.peers.map((peer) => ({ peer, addresses: this.#book.addressesOf(peer) }));
  }

  get isLooking(): boolean {
    return this.#dialLoop.isLooking;
  }

  get ownAddress(): string | undefined {
    return this.advertisedAddresses[0];
  }

  /** The address listened on, with the port that was chosen; undefined before the start. */
  get listenAddress(): string | undefined {
    return this.#listened && formatHostAndPort(this.#listened);
  }

  /** What others are told to dial; empty before the start. */
  get advertisedAddresses(): readonly string[] {
    return this.#listened ? ownAddresses(this.#listened, { advertised: this.#options.advertiseAddress }) : [];
  }

  get counts(): TransportCounts {
    const { answered, failed } = this.#requests.counts;
    return {
      dialsFailed: this.#dialLoop.failed,
      inboundRefused: this.#pendingInbound.refused,
      linksLost: this.#links.lost,
      requestsAnswered: answered,
      requestsFailed: failed,
      broadcastsFailed: this.#broadcastsFailed,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }

  peers(): readonly NodeId[] {
    return this.#stopped.signal.aborted ? [] : this.#links.views().map(({ peer }) => peer);
  }

  links(): readonly LinkView[] {
    return this.#stopped.signal.aborted ? [] : this.#links.views();
  }

  /**
   * From now on these are dialled for ever, and former ones no longer; links stay.
   * @throws RangeError if one is no address; then nothing has changed
   */
  configurePeers(peers: readonly string[]): void {
    this.#dialLoop.configure(peers.map(parsePeerAddress));
  }

  async start(handlers: TransportHandlers): Promise<void> {
    if (this.#handlers) throw new Error('a transport can be started once only');
    this.#handlers = handlers;
    const node = await createNode({
      key: this.#key,
      prologue: this.#prologue,
      listen: await this.#listenMultiaddr(),
      gater: this.#gater(),
      mostPendingInbound: MOST_PENDING_INBOUND,
    });
    this.#node = node;
    node.addEventListener('connection:open', ({ detail }) => this.#opened(detail));
    node.addEventListener('connection:close', ({ detail }) => this.#closed(detail));
    const { broadcasts } = node.services;
    broadcasts.addEventListener('gossipsub:message', ({ detail: { msg, propagationSource } }) => {
      this.#links.noteHeard(propagationSource.toString());
      if (msg.type === 'signed' && msg.topic === TOPIC) this.#onBroadcast(msg.from.toString(), msg.data);
    });
    const streams = { maxInboundStreams: MOST_REQUESTS_PER_PEER, maxOutboundStreams: 4 * MOST_REQUESTS_PER_PEER };
    await node.handle(REQUEST_PROTOCOL, (stream, connection) => this.#serve(stream, connection), streams);
    await node.handle(LINK_PROTOCOL, (stream, connection) => this.#talkBegan(stream, connection), {
      maxInboundStreams: 1,
      maxOutboundStreams: 1,
    });
    try {
      await node.start();
    } catch (cause) {
      await node.stop();
      const { host, port } = this.#options.listenAddress;
      throw new Error(
        `cannot listen for peers on ${formatHostAndPort({ host, port })}: free that address, or listen on another one`,
        { cause },
      );
    }
    broadcasts.subscribe(TOPIC);
    this.#listened = this.#whereItListens(node);
    this.#links.start();
    this.#dialLoop.start();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  broadcast(bytes: Uint8Array): void {
    assertSize(bytes);
    if (!this.#node || this.peers().length === 0) return;
    this.#bytesSent += bytes.length;
    const publishing = this.#node.services.broadcasts
      .publish(TOPIC, bytes)
      .catch((cause) => {
        this.#broadcastsFailed += 1;
        this.#logger.debug({ err: cause }, 'A broadcast could not be sent');
      })
      .finally(() => this.#publishing.delete(publishing));
    this.#publishing.add(publishing);
  }

  async request(peer: NodeId, bytes: Uint8Array, { signal }: { signal: AbortSignal }): Promise<Uint8Array> {
    signal.throwIfAborted();
    assertSize(bytes);
    const connection = this.#connectionOf.get(peer);
    if (!connection || !this.#links.isUp(peer)) throw new RequestError(`there is no link to ${peer}`);
    const limit = AbortSignal.any([signal, this.#stopped.signal]);
    try {
      const stream = await connection.newStream(REQUEST_PROTOCOL, { signal: limit });
      const answer = await ask(this.#byteStream(stream, peer), bytes, { signal: limit });
      this.#bytesSent += bytes.length;
      this.#bytesReceived += answer.length;
      return answer;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new RequestError(`${peer} did not answer`, { cause });
    }
  }

  async #answer(from: NodeId, request: Uint8Array): Promise<Uint8Array> {
    this.#bytesReceived += request.length;
    const answer = await (this.#handlers as TransportHandlers).onRequest(from, request);
    this.#bytesSent += answer.length;
    return answer;
  }

  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const from = connection.remotePeer.toString();
    await this.#requests.serve(from, this.#byteStream(stream, from));
  }

  #onBroadcast(origin: NodeId, bytes: Uint8Array): void {
    this.#bytesReceived += bytes.length;
    if (!this.#stopped.signal.aborted) this.#handlers?.onBroadcast(origin, bytes);
  }

  // --- links --------------------------------------------------------------------------------------------------------

  #onLinkChange(peer: NodeId, change: 'up' | 'closed'): void {
    if (this.#stopped.signal.aborted) return;
    this.#handlers?.onLinkChange(peer, change);
    if (change === 'closed') this.#dialLoop.linkClosed(peer);
  }

  #opened(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    const link = linkConnectionOf(connection, {
      openTalk: async (signal) =>
        this.#byteStream(await connection.newStream(LINK_PROTOCOL, { signal, maxOutboundStreams: 1 }), peer),
    });
    this.#connections.set(connection, link);
    if (this.#links.opened(link)) this.#connectionOf.set(peer, connection);
  }

  #closed(connection: Connection): void {
    const link = this.#connections.get(connection);
    if (!link) return;
    if (this.#connectionOf.get(link.peer) === connection) this.#connectionOf.delete(link.peer);
    this.#links.closed(link);
  }

  #talkBegan(stream: Stream, connection: Connection): void {
    const link = this.#connections.get(connection);
    const bytes = this.#byteStream(stream, connection.remotePeer.toString());
    if (link && link.direction === 'inbound') this.#links.talkBegan(link, bytes);
    else bytes.abort(new Error('the end that dialled begins'));
  }

  #byteStream(stream: Stream, peer: NodeId): ByteStream {
    return byteStreamOf(stream, { onBytes: () => this.#links.noteHeard(peer) });
  }

  // --- dialling -----------------------------------------------------------------------------------------------------

  async #connect(
    address: ResolvedAddress,
    { peer, signal }: { peer: NodeId | undefined; signal: AbortSignal },
  ): Promise<NodeId> {
    const target = multiaddr(multiaddrText(address, peer));
    const text = target.toString();
    this.#met.set(text, undefined);
    try {
      const connection = await (this.#node as ClusterNode).dial(target, { signal });
      return connection.remotePeer.toString();
    } catch (cause) {
      if ((cause as Error).name === 'InvalidPeerIdError') return this.self;
      const met = this.#met.get(text);
      if (met !== undefined && (this.#links.hasConnection(met) || this.#making.has(met))) return met;
      throw explained(cause, address, peer);
    } finally {
      this.#met.delete(text);
      for (const [made, from] of this.#making) if (from === text) this.#making.delete(made);
    }
  }

  /**
   * Who gets in, asked at each step of a connection. Second connections to a peer end here, before anything else has
   * heard of them.
   */
  #gater(): ConnectionGater {
    const makeRoom = async (peer: NodeId, direction: 'inbound' | 'outbound') =>
      await this.#links.makeRoom(peer, direction, () => this.#isForgotten(peer));
    return {
      denyInboundConnection: (connection) => {
        this.#pendingInbound.came(connection);
        connection.addEventListener('close', () => this.#pendingInbound.closed(connection));
        return this.#stopped.signal.aborted;
      },
      denyInboundEncryptedConnection: (_, connection) => {
        this.#pendingInbound.gotThrough(connection);
        return false;
      },
      denyInboundUpgradedConnection: async (peerId) => !(await makeRoom(peerId.toString(), 'inbound')),
      // The peer has said nothing yet but who it is, so that it loses nothing.
      denyOutboundEncryptedConnection: (peerId, connection) => {
        const peer = peerId.toString();
        const text = connection.remoteAddr.toString();
        // One that was given up meanwhile is not wanted any more.
        if (!this.#met.has(text)) return true;
        this.#met.set(text, peer);
        if (this.#links.hasConnection(peer) || this.#making.has(peer)) return true;
        this.#making.set(peer, text);
        return false;
      },
      denyOutboundUpgradedConnection: async (peerId) => !(await makeRoom(peerId.toString(), 'outbound')),
    };
  }

  #isForgotten(peer: NodeId): boolean {
    return !this.#node || isForgotten(this.#node, peer);
  }

  // --- the node -----------------------------------------------------------------------------------------------------

  async #listenMultiaddr(): Promise<string> {
    const { host, port } = this.#options.listenAddress;
    if (ALL_INTERFACES.includes(host)) return multiaddrText({ host: host || '0.0.0.0', port });
    using limit = deadline(this.#system, RESOLVE_TIMEOUT_MS);
    const [resolved] = await this.#resolver.resolve({ host, port }, { signal: limit.signal });
    if (!resolved) throw new Error(`the listen address ${host} stands for no IP address: write one`);
    return multiaddrText(resolved);
  }

  #whereItListens(node: ClusterNode): { host: string; port: number } {
    const [listened] = node.getMultiaddrs();
    const port = listened && portOf(listened);
    return { host: this.#options.listenAddress.host, port: port ?? this.#options.listenAddress.port };
  }

  /** What was broadcast last still goes out; a peer that takes nothing cannot hold it up. */
  async #stop(): Promise<void> {
    const node = this.#node;
    await this.#within(STOP_TIMEOUT_MS, Promise.all(this.#publishing));
    this.#stopped.abort(new Error('the node stops'));
    this.#links.stop();
    this.#requests.stop();
    await this.#dialLoop.stop();
    if (node) await this.#within(STOP_TIMEOUT_MS, Promise.resolve(node.stop()));
  }

  async #within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const timedOut = sleep(this.#system, timeoutMs, done.signal).catch(() => undefined);
    try {
      await Promise.race([work, timedOut]);
    } catch (cause) {
      this.#logger.warn({ err: cause }, 'The network did not stop cleanly');
    } finally {
      done.abort();
    }
  }
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length > LARGEST_MESSAGE_BYTES) {
    throw new RangeError(`a message has ${bytes.length} bytes, more than ${LARGEST_MESSAGE_BYTES}: send several`);
  }
}
