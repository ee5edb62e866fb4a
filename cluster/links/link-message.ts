/**
 * What the two ends of a link tell each other about the network: their own addresses and whom else they are linked to.
 * What a peer says can make this node dial, and nothing else; who answers there has to prove itself. Everything in it is
 * bounded and checked here.
 */
import type { NodeId } from '../transport.ts';
import { isNodeId, readPeerAddress } from './peer-address.ts';

export const LARGEST_LINK_MESSAGE_BYTES = 64 * 1024;
export const MOST_PEERS = 64;
export const MOST_ADDRESSES = 8;

export interface ToldPeer {
  readonly peer: NodeId;
  /** As host:port or multiaddr, each of which has been checked. */
  readonly addresses: readonly string[];
}

export interface LinkMessage {
  /** Of the sender itself; absent if it says nothing of them. */
  readonly addresses?: readonly string[];
  /** Peers the sender is linked to right now. */
  readonly peers: readonly ToldPeer[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Tells fewer peers, if it must be to fit; others tell of them too. */
export function encodeLinkMessage({ addresses, peers }: LinkMessage): Uint8Array {
  for (let count = Math.min(peers.length, MOST_PEERS); ; count = Math.floor(count / 2)) {
    const told = peers.slice(0, count).map((told) => [told.peer, told.addresses.slice(0, MOST_ADDRESSES)]);
    const json = JSON.stringify({ ...(addresses && { addresses: addresses.slice(0, MOST_ADDRESSES) }), peers: told });
    const bytes = encoder.encode(json);
    if (bytes.length <= LARGEST_LINK_MESSAGE_BYTES || count === 0) return bytes;
  }
}

/** What is not understood in it is left out; undefined if nothing of it is. Unknown fields may come from newer nodes. */
export function decodeLinkMessage(bytes: Uint8Array): LinkMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { addresses, peers } = parsed as { addresses?: unknown; peers?: unknown };
  return {
    ...(Array.isArray(addresses) && { addresses: validAddresses(addresses) }),
    peers: Array.isArray(peers) ? peers.slice(0, MOST_PEERS).flatMap(readTold) : [],
  };
}

function readTold(told: unknown): ToldPeer[] {
  if (!Array.isArray(told)) return [];
  const [peer, addresses] = told as unknown[];
  if (!isNodeId(peer) || !Array.isArray(addresses)) return [];
  return [{ peer, addresses: validAddresses(addresses) }];
}

function validAddresses(addresses: readonly unknown[]): string[] {
  return addresses
    .slice(0, MOST_ADDRESSES)
    .filter((address): address is string => readPeerAddress(address) !== undefined);
}
