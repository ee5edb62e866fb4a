/**
 * Where the three nodes of a playground listen and keep what they know, and the command line of each: what the caller gave,
 * and what is needed beside it. What makes them one cluster cannot be given.
 */
import { join } from 'node:path';
import { freePortsNear } from '../free-port.ts';
import { repository } from '../step.ts';

export interface NodePlan {
  /** From 1. */
  readonly number: number;
  /** `host:port`; the port may be 0 for any. */
  readonly webAddress: string;
  readonly clusterPort: number;
}

export interface Plan {
  readonly nodes: readonly NodePlan[];
  /** The web ports people expect, by node; empty if any will do. */
  readonly wantedPorts: readonly number[];
}

/** Of the first node; its cluster's is the next, and each further node has the next two. */
const FIRST_PORT = 9093;
const NODES = 3;
const OWN_FLAGS = ['cluster.listen-address', 'cluster.peer', 'cluster.peer-name', 'cluster.secret-file'] as const;

/** @throws RangeError if a flag is given that only the playground can set, or an address that is none */
export async function planNodes(given: readonly string[]): Promise<Plan> {
  const wrong = OWN_FLAGS.find((name) => givenFlag(given, name) !== undefined);
  if (wrong !== undefined) throw new RangeError(`--${wrong} cannot be given: each of the three nodes needs its own`);
  const { host, port: first } = addressParts(givenFlag(given, 'web.listen-address') ?? `127.0.0.1:${FIRST_PORT}`);
  const isAnyPort = first === 0;
  const preferred = Array.from({ length: NODES * 2 }, (_, index) => (isAnyPort ? 0 : first + index));
  const ports = await freePortsNear(preferred);
  const webPort = (index: number) => (isAnyPort ? 0 : (ports[index * 2] ?? 0));
  const nodes = Array.from({ length: NODES }, (_, index) => ({
    number: index + 1,
    webAddress: `${host}:${webPort(index)}`,
    clusterPort: ports[index * 2 + 1] ?? 0,
  }));
  return { nodes, wantedPorts: isAnyPort ? [] : preferred.filter((_, index) => index % 2 === 0) };
}

/**
 * Where the nodes of a playground keep all they know. By the port of the inbox, which a playground holds as long as it runs:
 * two of them can neither share a store nor take each other's nodes for peers, even while one's nodes are dead.
 */
export function dataDirectory(given: readonly string[], inboxPort: number): string {
  return givenFlag(given, 'storage.path') ?? join(repository, `data/playground-${inboxPort}`);
}

export function secretFileIn(directory: string): string {
  return join(directory, 'cluster-secret');
}

/** By name: the ports people expect and those the nodes have. */
export function expectedPorts({
  nodes,
  wantedPorts,
}: Plan): Record<'wanted' | 'got', Readonly<Record<string, number>>> {
  const named = (ports: readonly number[]) =>
    Object.fromEntries(ports.map((port, index) => [`node ${index + 1}`, port]));
  return { wanted: named(wantedPorts), got: named(nodes.map(({ webAddress }) => addressParts(webAddress).port)) };
}

export interface NodeNeeds {
  readonly plan: Plan;
  /** All that the nodes keep lies below. */
  readonly directory: string;
  readonly configFile: string;
  /** Where it listened when it ran before: it comes back to the same place. */
  readonly formerAddress?: string | undefined;
}

/** What is given comes last, and nothing is given twice. */
export function nodeArguments(
  given: readonly string[],
  node: NodePlan,
  { plan, directory, configFile, formerAddress = node.webAddress }: NodeNeeds,
): readonly string[] {
  const peers = plan.nodes.filter(({ number }) => number !== node.number);
  const kept = withoutFlags(given, ['storage.path', 'web.listen-address']);
  const { port } = addressParts(formerAddress);
  const defaults = {
    'config.file': configFile,
    // The machine's name, which links would hold otherwise, leads to where the node does not listen.
    'web.external-url': givenFlag(given, 'web.listen-address') === undefined ? `http://127.0.0.1:${port}` : undefined,
  };
  const added = Object.entries(defaults).filter(
    ([name, value]) => value !== undefined && givenFlag(given, name) === undefined,
  );
  return [
    ...added.map(([name, value]) => `--${name}=${value}`),
    `--storage.path=${join(directory, `node-${node.number}`)}`,
    `--web.listen-address=${formerAddress}`,
    `--cluster.peer-name=node-${node.number}`,
    `--cluster.secret-file=${secretFileIn(directory)}`,
    `--cluster.listen-address=127.0.0.1:${node.clusterPort}`,
    ...peers.map(({ clusterPort }) => `--cluster.peer=127.0.0.1:${clusterPort}`),
    ...kept,
  ];
}

/** The last value, '' if it has none; undefined if the flag is not given. */
export function givenFlag(given: readonly string[], name: string): string | undefined {
  const index = given.findLastIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (index === -1) return undefined;
  const arg = given[index] ?? '';
  return arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (given[index + 1] ?? '');
}

/** Where a client on this machine reaches a node that listens there; without a slash at the end. */
export function nodeUrl(address: string, given: readonly string[]): string {
  const { host, port } = addressParts(address);
  const isWildcard = ['', '0.0.0.0', '[::]'].includes(host);
  const prefix =
    givenFlag(given, 'web.route-prefix') ?? URL.parse(givenFlag(given, 'web.external-url') ?? '')?.pathname;
  const path = (prefix ?? '').replace(/^\/*|\/*$/g, '');
  return `http://${isWildcard ? '127.0.0.1' : host}:${port}${path === '' ? '' : `/${path}`}`;
}

function addressParts(address: string): { host: string; port: number } {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (host === undefined) throw new RangeError('--web.listen-address wants HOST:PORT, such as 127.0.0.1:9093');
  return { host, port: Number(port) };
}

/** In either spelling, with their values. */
function withoutFlags(given: readonly string[], names: readonly string[]): readonly string[] {
  const isOne = (arg: string | undefined) => names.some((name) => arg === `--${name}`);
  return given.filter(
    (arg, index) => !isOne(arg) && !isOne(given[index - 1]) && !names.some((name) => arg.startsWith(`--${name}=`)),
  );
}
