/**
 * One attempt to find a peer at any of its addresses, in order; a name may stand for several of them. It knows which of
 * them turned out to be this node's own, which is common when all nodes are given one list or one name, and does not
 * bother itself again.
 */
import { deadline, type System } from '../../src/system.ts';
import type { NodeId } from '../transport.ts';
import { formatHostAndPort, type PeerAddress } from './peer-address.ts';
import type { AddressResolver, ResolvedAddress } from './resolve-address.ts';

export interface AddressDiallerDependencies {
  readonly system: System;
  readonly resolver: AddressResolver;
  /** Gives who was found there: somebody new, somebody who is linked already, or this node itself. */
  readonly connect: (
    address: ResolvedAddress,
    options: { peer: NodeId | undefined; signal: AbortSignal },
  ) => Promise<NodeId>;
}

/** For TCP and the handshake with one address; a peer that is short of time still gets through. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Addresses move. */
const REMEMBER_OWN_MS = 600_000;
const MOST_OWN_ADDRESSES = 64;

export class AddressDialler {
  readonly #dependencies: AddressDiallerDependencies;
  readonly #self: NodeId;
  readonly #ownUntilMs = new Map<string, number>();

  constructor(dependencies: AddressDiallerDependencies, { self }: { self: NodeId }) {
    this.#dependencies = dependencies;
    this.#self = self;
  }

  /** Rejects if nobody is found; `self` if nobody but this node is. */
  async dial(addresses: readonly PeerAddress[], signal: AbortSignal): Promise<{ readonly found: NodeId } | 'self'> {
    const failures: unknown[] = [];
    let isSelf = false;
    for (const address of addresses) {
      try {
        for (const resolved of await this.#dependencies.resolver.resolve(address, { signal })) {
          const found = await this.#connect(resolved, address.peer, signal).catch((cause) => {
            failures.push(cause);
          });
          if (found === this.#self) isSelf = true;
          else if (found !== undefined) return { found };
          signal.throwIfAborted();
        }
      } catch (cause) {
        failures.push(cause);
      }
      if (signal.aborted) break;
    }
    if (isSelf && failures.length === 0) return 'self';
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'nobody answers at any of its addresses');
  }

  async #connect(address: ResolvedAddress, peer: NodeId | undefined, signal: AbortSignal): Promise<NodeId> {
    const { system, connect } = this.#dependencies;
    const key = formatHostAndPort(address);
    const nowMs = system.now().monotonicMs;
    if (peer === undefined && (this.#ownUntilMs.get(key) ?? nowMs) > nowMs) return this.#self;
    using limit = deadline(system, CONNECT_TIMEOUT_MS, signal);
    const found = await connect(address, { peer, signal: limit.signal });
    if (found === this.#self) {
      if (this.#ownUntilMs.size >= MOST_OWN_ADDRESSES) this.#ownUntilMs.clear();
      this.#ownUntilMs.set(key, nowMs + REMEMBER_OWN_MS);
    }
    return found;
  }
}
