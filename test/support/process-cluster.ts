/**
 * Real nodes as one cluster, each a process of its own on loopback, with timings sped up. For stories about what happens
 * to processes and sockets:
 *
 *   await using cluster = await ProcessCluster.start({ config });        // three nodes n1, n2, n3, settled
 *   const [owner, second, third] = cluster.line(groupKeyOf({ group: 'g' }));   // who speaks first about that group
 *   await owner.kill();  await owner.start();                            // see process-node.ts: freeze, stop, disks
 *   await cluster.settled();                                             // who is awake sees all who are awake
 *
 * With `links: 'gated'` every pair has gates between them (tcp-gate.ts), and what nodes say of their addresses leads
 * nowhere: `cluster.link(one, two).cut()`, `.silence()`, `.silence({ to: two })`, `.slow(() => 200)`, `.heal()`.
 * Config, command line and environment may differ from node to node: each may be a function of the node's name.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { rankFor } from '../../cluster/rank.ts';
import { eventually } from './eventually.ts';
import { ProcessNode } from './process-node.ts';
import { TcpGate } from './tcp-gate.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

type OfNode<Value> = Value | ((name: string) => Value);

export interface ProcessClusterOptions {
  /** The text of the configuration file. */
  readonly config: OfNode<string>;
  readonly size?: number;
  /** After those that are always given. */
  readonly args?: OfNode<readonly string[]>;
  readonly env?: OfNode<Readonly<Record<string, string>>>;
  readonly links?: 'direct' | 'gated';
  /** Go's form. */
  readonly peerTimeout?: string;
}

/** What lies between two nodes of a gated cluster, whichever of them dials. */
export interface NodeLink {
  /** Connections are reset, and nobody gets through. */
  cut(): void;
  /** Nothing passes, and nobody is told; with `to` only what goes to that node. */
  silence(direction?: { readonly to: ProcessNode }): void;
  /** Every piece takes so much longer; the function is asked each time. */
  slow(delayMs: () => number): void;
  /** As in the beginning. */
  heal(): void;
}

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';
const SETTLE_TIMEOUT_MS = 30_000;
/** Below those that the platform gives to outgoing connections: while a node is down its ports stay free. */
const PORTS = { first: 20_000, end: 30_000 };

/** Of the root route. */
export function groupKeyOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{}:{${pairs.toSorted().join(', ')}}`;
}

export class ProcessCluster implements AsyncDisposable {
  readonly nodes: readonly ProcessNode[];
  readonly #owned: AsyncDisposableStack;
  readonly #gates: ReadonlyMap<string, TcpGate>;

  /** All of them run and are settled when this resolves. */
  static async start(options: ProcessClusterOptions): Promise<ProcessCluster> {
    await using stack = new AsyncDisposableStack();
    const cluster = await ProcessCluster.#build(options, stack);
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.settled();
    // Only now: what does not come up is ended on the way out.
    cluster.#owned.use(stack.move());
    return cluster;
  }

  static async #build(options: ProcessClusterOptions, stack: AsyncDisposableStack): Promise<ProcessCluster> {
    const { size = 3, links = 'direct', peerTimeout = '2s' } = options;
    const names = Array.from({ length: size }, (_, index) => `n${index + 1}`);
    const secretDirectory = stack.use(new TemporaryDirectory());
    const secret = secretDirectory.write('secret', randomBytes(32).toString('base64url'));
    const addresses = new Map<string, string>();
    for (const name of names) addresses.set(name, await freeAddress());
    const gates = new Map<string, TcpGate>();
    const peersOf = async (name: string): Promise<string[]> => {
      const peers: string[] = [];
      for (const other of names.filter((each) => each !== name)) {
        const address = addresses.get(other) ?? '';
        if (links === 'direct') {
          peers.push(address);
          continue;
        }
        const gate = stack.use(await TcpGate.before(() => address));
        gates.set(gateKey(name, other), gate);
        peers.push(gate.address);
      }
      return peers;
    };
    const nodes: ProcessNode[] = [];
    for (const name of names) {
      const args = [
        `--cluster.secret-file=${secret}`,
        `--cluster.peer-timeout=${peerTimeout}`,
        ...(links === 'gated' ? [`--cluster.advertise-address=${NOWHERE}`] : []),
        ...(await peersOf(name)).map((peer) => `--cluster.peer=${peer}`),
        ...ofNode(options.args ?? [], name),
      ];
      const node = new ProcessNode({
        name,
        webAddress: await freeAddress(),
        clusterAddress: addresses.get(name) ?? '',
        config: ofNode(options.config, name),
        args,
        env: ofNode(options.env ?? {}, name),
      });
      nodes.push(stack.use(node));
    }
    return new ProcessCluster(nodes, gates);
  }

  private constructor(nodes: readonly ProcessNode[], gates: ReadonlyMap<string, TcpGate>) {
    this.nodes = nodes;
    this.#gates = gates;
    this.#owned = new AsyncDisposableStack();
  }

  node(name: string): ProcessNode {
    const found = this.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`there is no node ${name}`);
    return found;
  }

  get isGated(): boolean {
    return this.#gates.size > 0;
  }

  get awake(): readonly ProcessNode[] {
    return this.nodes.filter(({ isAwake }) => isAwake);
  }

  /** Who speaks about a group, first one first; among those that are awake, two at least, unless told otherwise. */
  line(groupKey: string, among: readonly ProcessNode[] = this.awake): [ProcessNode, ProcessNode, ...ProcessNode[]] {
    const byId = new Map(among.map((node) => [node.id, node]));
    const [first, second, ...others] = rankFor(groupKey, byId.keys()).flatMap((id) => byId.get(id) ?? []);
    if (!first || !second) throw new Error('a line of fewer than two is none');
    return [first, second, ...others];
  }

  /** Each sees exactly these alive and settled: those that are awake, unless told otherwise. */
  async settled(among: readonly ProcessNode[] = this.awake): Promise<void> {
    const expected = among.map(({ id }) => id).toSorted();
    const seesAll = async (node: ProcessNode) => {
      const { members, status } = await node.view();
      const living = members.filter(({ alive, settled }) => alive && settled).map(({ id }) => id);
      return status === 'ready' && living.toSorted().join() === expected.join();
    };
    await eventually(
      `${among.map(({ name }) => name).join(', ')} are settled and see each other`,
      async () => (await Promise.all(among.map(seesAll))).every(Boolean),
      { timeoutMs: SETTLE_TIMEOUT_MS },
    );
  }

  link(one: ProcessNode, two: ProcessNode): NodeLink {
    const there = this.#gate(one, two);
    const back = this.#gate(two, one);
    return {
      cut() {
        there.shut();
        back.shut();
      },
      silence(direction) {
        if (direction?.to !== one) {
          there.hold(['inward']);
          back.hold(['outward']);
        }
        if (direction?.to !== two) {
          there.hold(['outward']);
          back.hold(['inward']);
        }
      },
      slow(delayMs) {
        there.slow(delayMs);
        back.slow(delayMs);
      },
      heal() {
        for (const gate of [there, back]) {
          gate.open();
          gate.slow(() => 0);
          gate.release();
        }
      },
    };
  }

  /** All links between nodes of the one side and nodes of the other. */
  linksBetween(oneSide: readonly ProcessNode[], otherSide: readonly ProcessNode[]): readonly NodeLink[] {
    return oneSide.flatMap((one) => otherSide.map((two) => this.link(one, two)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #gate(from: ProcessNode, to: ProcessNode): TcpGate {
    const gate = this.#gates.get(gateKey(from.name, to.name));
    if (!gate) throw new Error(`there is no gate between ${from.name} and ${to.name}: start with links: 'gated'`);
    return gate;
  }
}

function ofNode<Value>(value: OfNode<Value>, name: string): Value {
  return typeof value === 'function' ? (value as (name: string) => Value)(name) : value;
}

function gateKey(from: string, to: string): string {
  return `${from} ${to}`;
}

const given = new Set<number>();

export async function freeAddress(): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(PORTS.first, PORTS.end);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return `127.0.0.1:${port}`;
  }
  throw new Error(`no free port from ${PORTS.first} to ${PORTS.end}`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => probe.close(resolve));
  return free;
}
