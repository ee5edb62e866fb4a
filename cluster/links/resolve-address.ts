/**
 * From an address to the IP addresses it stands for now. Asked anew each time, since names move; one question at a time,
 * since each may hold one of the platform's few worker threads until DNS gives up, and the disk needs them too.
 */
import { lookup as platformLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { MOST_ADDRESSES } from './link-message.ts';
import type { PeerAddress } from './peer-address.ts';

/** Gives all literal addresses of the name. */
export type Lookup = (name: string, family: 0 | 4 | 6) => Promise<readonly string[]>;

export interface ResolvedAddress {
  readonly host: string;
  readonly port: number;
}

const lookUpByPlatform: Lookup = async (name, family) => {
  const found = await platformLookup(name, { all: true, family });
  return found.map(({ address }) => address);
};

export class AddressResolver {
  readonly #lookup: Lookup;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ lookup = lookUpByPlatform }: { lookup?: Lookup | undefined } = {}) {
    this.#lookup = lookup;
  }

  /** Rejects if the name stands for nothing, or with the signal's reason. */
  async resolve(address: PeerAddress, { signal }: { signal: AbortSignal }): Promise<readonly ResolvedAddress[]> {
    const { host, port, family = 0 } = address;
    if (isIP(host) !== 0) return [{ host, port }];
    const turn = this.#last.then(() => (signal.aborted ? [] : this.#lookup(host, family)));
    this.#last = turn.catch(() => undefined);
    const found = await unlessAborted(turn, signal);
    return found.slice(0, MOST_ADDRESSES).map((ip) => ({ host: ip, port }));
  }
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
