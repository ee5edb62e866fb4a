/** What the network of a real cluster is made from, and what it counts; see libp2p-transport.ts. */
import type { Logger } from 'pino';
import type { System } from '../../src/system.ts';
import type { NodeId } from '../transport.ts';
import type { DialLoopOptions } from './dial-loop.ts';
import type { Lookup } from './resolve-address.ts';

export interface Libp2pTransportDependencies {
  readonly system: System;
  readonly logger: Logger;
  /** Instead of the platform's resolver. */
  readonly lookup?: Lookup;
}

export interface Libp2pTransportOptions {
  /** 32 bytes, see `links/node-key.ts`. */
  readonly key: Uint8Array;
  /** Without one everybody who reaches the listen address is let in. */
  readonly secret?: Uint8Array | undefined;
  /** An IP address or a name; empty for all interfaces. Port 0 lets the platform choose. */
  readonly listenAddress: { readonly host: string; readonly port: number };
  /** What others are told to dial, host:port; the address listened on by default. */
  readonly advertiseAddress?: string | undefined;
  /** host:port or multiaddr. */
  readonly peers?: readonly string[];
  /** Peers keep apart from those with another label, as from those with another secret. */
  readonly label?: string;
  /** Whom this node knew when it ran last; they are dialled as if somebody had just told of them. */
  readonly learned?: readonly LearnedPeer[];
  /** How long a peer that was learned of is dialled in vain; configured ones are for ever. */
  readonly reconnectTimeoutMs?: number;
  readonly redial?: DialLoopOptions;
}

export interface LearnedPeer {
  readonly peer: NodeId;
  /** host:port */
  readonly addresses: readonly string[];
}

/** Since the start; for metrics. */
export interface TransportCounts {
  readonly dialsFailed: number;
  /** Connections that came in and did not get through the handshake. */
  readonly inboundRefused: number;
  /** Links this node closed because nothing came over them any more. */
  readonly linksLost: number;
  readonly requestsAnswered: number;
  readonly requestsFailed: number;
  readonly broadcastsFailed: number;
  /** Of broadcasts and requests and their answers, without what the network adds or relays. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
