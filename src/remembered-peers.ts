/**
 * The peers a node had when it ran last and where they were, in a file beside its store. It is a hint and nothing more:
 * a file that is missing or damaged costs a node nothing but time to find its peers, and who answers there has to prove
 * who it is.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Periodic } from './periodic.ts';
import type { System } from './system.ts';

const PEERS_FILE = 'peers.json';
const MOST_PEERS = 64;
const MOST_ADDRESSES = 16;
const LOOK_EVERY_MS = 5_000;

const rememberedPeer = z.object({
  peer: z.string().max(128),
  /** host:port */
  addresses: z.array(z.string().max(350)).max(MOST_ADDRESSES),
});
const peersFile = z.object({ peers: z.array(rememberedPeer).max(MOST_PEERS) });

export interface RememberedPeer {
  readonly peer: string;
  readonly addresses: readonly string[];
}

export class RememberedPeers {
  /** As they were when this node started. */
  readonly peers: readonly RememberedPeer[];
  readonly #path: string;
  readonly #periodic: Periodic;
  #written: string;
  #known: () => readonly RememberedPeer[];

  private constructor(
    dependencies: { system: System; logger: Logger },
    { path, peers }: { path: string; peers: readonly RememberedPeer[] },
  ) {
    this.#path = path;
    this.peers = peers;
    this.#periodic = new Periodic(dependencies);
    this.#written = textOf(peers);
    this.#known = () => peers;
  }

  static async load(
    dependencies: { system: System; logger: Logger },
    { directory }: { directory: string },
  ): Promise<RememberedPeers> {
    const path = join(directory, PEERS_FILE);
    let peers: readonly RememberedPeer[] = [];
    try {
      peers = peersFile.parse(JSON.parse(await readFile(path, 'utf8'))).peers;
    } catch (cause) {
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isMissing) dependencies.logger.warn({ err: cause, path }, 'The peers of the last run are not known');
    }
    return new RememberedPeers(dependencies, { path, peers });
  }

  /** From now on what `known` says is written down when it has changed. */
  keep(known: () => readonly RememberedPeer[]): void {
    this.#known = known;
    this.#periodic.every(LOOK_EVERY_MS, 'remember peers', () => this.#write());
  }

  /** Writes down what is known at last. Never rejects: it is a hint. */
  async stop(): Promise<void> {
    this.#periodic.stop();
    await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    const text = textOf(this.#known());
    if (text === this.#written) return;
    await writeFile(`${this.#path}.new`, text);
    await rename(`${this.#path}.new`, this.#path);
    this.#written = text;
  }
}

function textOf(peers: readonly RememberedPeer[]): string {
  const bounded = peers
    .map(({ peer, addresses }) => ({ peer, addresses: addresses.slice(0, MOST_ADDRESSES) }))
    .toSorted((a, b) => (a.peer < b.peer ? -1 : 1));
  return `${JSON.stringify({ peers: bounded.slice(0, MOST_PEERS) }, undefined, 2)}\n`;
}
