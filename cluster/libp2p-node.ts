/**
 * A libp2p node as the transport wants it: which parts, with which limits, and why they are not the defaults. With
 * `libp2p-transport.ts` the only files that know libp2p.
 */
import { type GossipSub, type GossipsubOpts, gossipsub, StrictSign, TopicValidatorResult } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Connection, ConnectionGater, PrivateKey, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import type { ByteStream, StreamReader } from './links/byte-stream.ts';
import { MOST_PEERS } from './links/link-message.ts';
import type { LinkConnection } from './links/link-table.ts';
import { formatHostAndPort } from './links/peer-address.ts';
import { LARGEST_MESSAGE_BYTES, type NodeId } from './transport.ts';

export type ClusterNode = Libp2p<{ broadcasts: GossipSub }>;

export const TOPIC = '/tocsin/broadcast/1';

/** Links, and some that are coming up or giving way. */
const MOST_CONNECTIONS = 128;
/** What waits for one peer: a burst passes, a peer that takes nothing is cut off before memory runs out. */
const MOST_WAITING_BROADCAST_BYTES = 64 * 2 ** 20;
/** An answer to a gossipsub request holds several messages at once. */
const LARGEST_RPC_BYTES = 4 * 2 ** 20;

export interface NodeOptions {
  readonly key: PrivateKey;
  readonly prologue: Uint8Array;
  /** A multiaddr. */
  readonly listen: string;
  readonly gater: ConnectionGater;
  readonly mostPendingInbound: number;
}

/** Not started. */
export async function createNode(options: NodeOptions): Promise<ClusterNode> {
  const { mostPendingInbound } = options;
  // Dual stack, if it listens on all interfaces of IPv6; its type leaves out that it is handed on to the platform.
  const listenOpts = { noDelay: true, ipv6Only: false };
  const node = await createLibp2p({
    start: false,
    privateKey: options.key,
    addresses: { listen: [options.listen] },
    transports: [tcp({ maxConnections: MOST_CONNECTIONS + 2 * mostPendingInbound, listenOpts })],
    connectionEncrypters: [noise({ prologueBytes: options.prologue, extensions: NO_EARLY_MUXER })],
    streamMuxers: [yamux()],
    connectionGater: options.gater,
    connectionManager: {
      maxConnections: MOST_CONNECTIONS,
      // Bounded by PendingInbound, which cuts the oldest; these refuse the newest.
      maxIncomingPendingConnections: 4 * mostPendingInbound,
      inboundConnectionThreshold: 10_000,
      // Streams of broadcasts are opened one after the other: a peer that does not answer delays those to all others.
      outboundStreamProtocolNegotiationTimeout: 3_000,
      // Peers are dialled again by the dial loop alone.
      reconnectRetries: 0,
    },
    // The link table knows when this node itself stood still; this one would close healthy links after a stall.
    connectionMonitor: { enabled: false },
    services: { identify: identify(), broadcasts: gossipsub(BROADCAST_OPTIONS) },
  });
  // Otherwise one that is too large for those who hear it would still be passed on.
  node.services.broadcasts.topicValidators.set(TOPIC, (_, { data }) =>
    data.length > LARGEST_MESSAGE_BYTES ? TopicValidatorResult.Reject : TopicValidatorResult.Accept,
  );
  return node;
}

/**
 * Without it the end that was dialled takes a connection for complete with the last message of the handshake, by which the
 * one that dials only learns whom it has reached, and may want no second connection to it.
 */
const NO_EARLY_MUXER = { streamMuxers: [] } as object;

/** Every member knows the secret, so nobody is scored; broadcasts go to all direct peers, mesh or not. */
const BROADCAST_OPTIONS = {
  allowedTopics: new Set([TOPIC]),
  globalSignaturePolicy: StrictSign,
  floodPublish: true,
  emitSelf: false,
  doPX: false,
  fallbackToFloodsub: false,
  // Tags would have libp2p itself dial.
  tagMeshPeers: false,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  maxOutboundBufferSize: MOST_WAITING_BROADCAST_BYTES,
  maxInboundDataLength: LARGEST_RPC_BYTES,
  // What was missed is fetched by anti-entropy. Here it would come seconds late, and a late beat looks like life.
  mcacheGossip: 0,
  // All direct peers are in the mesh, at the latest a second after they came, so that what is relayed reaches each.
  D: MOST_PEERS,
  Dlo: MOST_PEERS,
  Dhi: 2 * MOST_PEERS,
  scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
} satisfies Partial<GossipsubOpts>;

/** What the table of links needs of a connection. */
export function linkConnectionOf(
  connection: Connection,
  { openTalk }: Pick<LinkConnection, 'openTalk'>,
): LinkConnection {
  let isAborted = false;
  return {
    peer: connection.remotePeer.toString(),
    direction: connection.direction,
    remoteAddress: hostAndPortOf(connection.remoteAddr),
    openTalk,
    abort(cause) {
      // Aborting breaks its streams, which may have it aborted once more before it is through with them.
      if (isAborted) return;
      isAborted = true;
      try {
        connection.abort(cause);
      } catch {
        // It throws if its streams cannot say goodbye any more, and leaves the socket open: the second call closes that.
        connection.abort(cause);
      }
    },
  };
}

/** `onBytes` is called whenever the peer shows a sign of life. */
export function byteStreamOf(stream: Stream, { onBytes }: { onBytes: () => void }): ByteStream {
  return {
    read(reader: StreamReader) {
      let isOver = false;
      const end = (cause?: Error) => {
        if (isOver) return;
        isOver = true;
        if (cause) reader.onEnd(cause);
        else reader.onEnd();
      };
      stream.addEventListener('message', ({ data }) => {
        onBytes();
        if (!isOver) reader.onBytes(data instanceof Uint8Array ? data : data.subarray());
      });
      stream.addEventListener('remoteCloseWrite', () => end());
      stream.addEventListener('close', ({ error }) => end(error));
    },
    send: (bytes) => stream.send(bytes),
    drained: (signal) => stream.onDrain({ signal }),
    end: (signal) => stream.close({ signal }),
    abort: (cause) => stream.abort(cause),
  };
}

/** Whether broadcasts flow to and from a peer, as far as can be known. */
export function canBroadcast({ services: { broadcasts } }: ClusterNode, peer: NodeId): boolean {
  if (!broadcasts.getSubscribers(TOPIC).some((subscriber) => subscriber.toString() === peer)) return false;
  // Its interface does not say whether it can send; without this stream it drops what it is given.
  return (broadcasts as unknown as { streamsOutbound: ReadonlyMap<string, unknown> }).streamsOutbound.has(peer);
}

/** Whether nothing is left of a former connection to the peer that a new one could be mistaken for. */
export function isForgotten({ services: { broadcasts } }: ClusterNode, peer: NodeId): boolean {
  return !broadcasts.getPeers().some((known) => known.toString() === peer);
}

function hostAndPortOf(address: Multiaddr): string {
  const [host] = address.getComponents();
  return formatHostAndPort({ host: host?.value ?? '', port: portOf(address) ?? 0 });
}

export function portOf(address: Multiaddr): number | undefined {
  const component = address.getComponents().find(({ name }) => name === 'tcp');
  return component?.value === undefined ? undefined : Number(component.value);
}

/** Why a dial failed, in words that say what to do. */
export function explained(
  cause: unknown,
  address: { readonly host: string; readonly port: number },
  peer: NodeId | undefined,
): Error {
  const where = formatHostAndPort(address);
  if ((cause as Error).name !== 'EncryptionFailedError') return new Error(`${where} does not answer`, { cause });
  if (peer !== undefined) return new Error(`${where} is not ${peer}, or has another secret`, { cause });
  return new Error(`the handshake with ${where} failed: give all nodes of the cluster the same secret`, { cause });
}
