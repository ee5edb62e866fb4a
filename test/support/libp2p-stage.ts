/**
 * Real nodes on loopback, in real time. Where a story says who is linked to whom, each pair has a gate of its own between
 * them, and what nodes tell each other of their addresses leads nowhere.
 */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import {
  createLibp2pTransport,
  type Libp2pTransport,
  type Libp2pTransportOptions,
} from '../../cluster/libp2p-transport.ts';
import type { TransportStage } from '../../cluster/transport.contract.ts';
import type { NodeId, Transport } from '../../cluster/transport.ts';
import { realSystem } from '../../src/system.ts';
import { eventually } from './eventually.ts';
import { TcpGate } from './tcp-gate.ts';

export const SECRET = new Uint8Array(32).fill(7);
/** What is on its way on loopback has arrived by then. */
const QUIET_MS = 100;
/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';
const QUICK_REDIAL = { shortestPauseMs: 50, longestPauseMs: 200 };

export function makeTransport(options: Partial<Libp2pTransportOptions> = {}): Promise<Libp2pTransport> {
  return createLibp2pTransport(
    { system: realSystem, logger: pino({ level: 'silent' }) },
    {
      key: randomBytes(32),
      secret: SECRET,
      listenAddress: { host: '127.0.0.1', port: 0 },
      redial: QUICK_REDIAL,
      ...options,
    },
  );
}

export async function beginLibp2pStage(): Promise<TransportStage> {
  const nodes: Libp2pTransport[] = [];
  const gates = new Map<string, TcpGate>();
  const peersOf = new Map<Transport, string[]>();
  const pairKey = (one: NodeId, two: NodeId) => [one, two].toSorted().join(' ');
  return {
    async join() {
      const node = await makeTransport({ advertiseAddress: NOWHERE });
      nodes.push(node);
      return node;
    },
    async connect(one, two) {
      const key = pairKey(one.self, two.self);
      const gate = gates.get(key);
      if (gate) return gate.open();
      const made = await TcpGate.before(() => (two as Libp2pTransport).listenAddress);
      gates.set(key, made);
      const peers = [...(peersOf.get(one) ?? []), made.address];
      peersOf.set(one, peers);
      (one as Libp2pTransport).configurePeers(peers);
    },
    async cut(one, two) {
      gates.get(pairKey(one.self, two.self))?.shut();
    },
    until: (isSo, what) => eventually(what, isSo, { timeoutMs: 10_000 }).then(() => undefined),
    quiet: () => new Promise((resolve) => setTimeout(resolve, QUIET_MS)),
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all([...gates.values()].map((gate) => gate[Symbol.asyncDispose]()));
    },
  };
}
