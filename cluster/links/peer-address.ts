/**
 * Where a node can be reached, as it is written in a configuration or told by a peer: `host:port`, `[v6]:port`, or a
 * multiaddr. Whatever text comes in, it ends in an address of bounded size that is nothing but a host and a TCP port.
 */
import { isIP } from 'node:net';
import type { NodeId } from '../transport.ts';

export interface PeerAddress {
  /** A literal IPv4 or IPv6 address without brackets, or a DNS name. */
  readonly host: string;
  readonly port: number;
  /** Of a DNS name, when only addresses of one family are wanted. */
  readonly family?: 4 | 6;
  /** Who must be found there; whoever has the secret otherwise. */
  readonly peer?: NodeId;
}

/** A name of 253 bytes with a port fits; so does any multiaddr made of one. */
const LONGEST_TEXT = 350;
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
const NODE_ID = /^[1-9A-HJ-NP-Za-km-z]{40,64}$/;

/** @throws RangeError that says what is wanted. */
export function parsePeerAddress(text: string): PeerAddress {
  const address = readPeerAddress(text);
  if (address) return address;
  throw new RangeError(
    `"${text.slice(0, LONGEST_TEXT)}" is no peer address: write host:port, [v6]:port, or a multiaddr such as /dns/node-2/tcp/9094`,
  );
}

/** As {@link parsePeerAddress}, for texts that others sent: undefined if it is no address. */
export function readPeerAddress(text: unknown): PeerAddress | undefined {
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) return undefined;
  return text.startsWith('/') ? readMultiaddr(text) : readHostAndPort(text);
}

export function isNodeId(text: unknown): text is NodeId {
  return typeof text === 'string' && NODE_ID.test(text);
}

/** `host:port`, with brackets around IPv6. */
export function formatHostAndPort({ host, port }: Pick<PeerAddress, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Of an address whose host is a literal IP address. */
export function multiaddrText(address: { readonly host: string; readonly port: number }, peer?: NodeId): string {
  const base = `/ip${isIP(address.host) === 6 ? 6 : 4}/${address.host}/tcp/${address.port}`;
  return peer === undefined ? base : `${base}/p2p/${peer}`;
}

function readHostAndPort(text: string): PeerAddress | undefined {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text);
  const { v6, name, port } = match?.groups ?? {};
  if (v6 !== undefined) return isIP(v6) === 6 ? withPort({ host: v6 }, port) : undefined;
  return name !== undefined && isHost(name) ? withPort({ host: name }, port) : undefined;
}

function readMultiaddr(text: string): PeerAddress | undefined {
  const [, kind, host, transport, port, ...rest] = text.split('/');
  if (kind === undefined || host === undefined || transport !== 'tcp') return undefined;
  const base = readMultiaddrHost(kind, host);
  if (!base) return undefined;
  const address = withPort(base, port);
  if (!address || rest.length === 0) return address;
  const [protocol, peer, ...more] = rest;
  return protocol === 'p2p' && isNodeId(peer) && more.length === 0 ? { ...address, peer } : undefined;
}

function readMultiaddrHost(kind: string, host: string): Omit<PeerAddress, 'port'> | undefined {
  switch (kind) {
    case 'ip4':
      return isIP(host) === 4 ? { host } : undefined;
    case 'ip6':
      return isIP(host) === 6 ? { host } : undefined;
    case 'dns':
      return isHost(host) ? { host } : undefined;
    case 'dns4':
      return isHost(host) ? { host, family: 4 } : undefined;
    case 'dns6':
      return isHost(host) ? { host, family: 6 } : undefined;
    default:
      return undefined;
  }
}

/** What looks like a broken IPv4 address is no name. */
function isHost(text: string): boolean {
  return isIP(text) === 4 || (DNS_NAME.test(text) && !/^[\d.]+$/.test(text));
}

function withPort(base: Omit<PeerAddress, 'port'>, port: string | undefined): PeerAddress | undefined {
  if (port === undefined || !/^\d{1,5}$/.test(port)) return undefined;
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { ...base, port: number } : undefined;
}
