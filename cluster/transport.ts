/**
 * How bytes travel between peers: the contract of every network under the cluster. It promises little, as real networks
 * do: a broadcast may be lost, doubled, late or out of order, and a peer may be out of reach. It knows nodes and bytes.
 */

/** Names a node for ever: it stays over a restart. No spaces. */
export type NodeId = string;

/** Larger messages are refused before they are sent; whoever has more sends chunks. */
export const LARGEST_MESSAGE_BYTES = 256 * 1024;

export interface TransportHandlers {
  /** A broadcast of `origin`, who may not be a direct peer; nobody else could have sent it in its name. */
  onBroadcast(origin: NodeId, bytes: Uint8Array): void;
  /** A direct peer asks. A rejection reaches the asker as a failed request without its reason. */
  onRequest(from: NodeId, bytes: Uint8Array): Promise<Uint8Array>;
  /** A link came up or closed; {@link Transport.peers} says it already. */
  onLinkChange(peer: NodeId, change: 'up' | 'closed'): void;
}

export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export interface Transport {
  readonly self: NodeId;
  /** Whom this node has a direct link to, self not among them. A link may be dead without anybody having noticed. */
  peers(): readonly NodeId[];
  /**
   * Whether somebody it is told to find has neither been reached yet nor found missing. Undefined where a network knows at
   * once who is there.
   */
  readonly isLooking?: boolean;
  /** Where others can reach this node, for people to read; undefined where a network has no addresses. */
  readonly ownAddress?: string | undefined;
  /**
   * Sends to everyone who can be reached, also through others; not to self. Never throws, also when nobody is there.
   * @throws RangeError only above {@link LARGEST_MESSAGE_BYTES}: a programming error
   */
  broadcast(bytes: Uint8Array): void;
  /**
   * Asks a direct peer. Rejects with RequestError if there is no link, it closes, or the peer fails; with the signal's
   * reason as soon as that aborts. The peer may have acted on the request all the same.
   */
  request(peer: NodeId, bytes: Uint8Array, options: { signal: AbortSignal }): Promise<Uint8Array>;
  /** Begins. Called once. */
  start(handlers: TransportHandlers): Promise<void>;
  /** Closes all links; requests under way reject. */
  stop(): Promise<void>;
}
