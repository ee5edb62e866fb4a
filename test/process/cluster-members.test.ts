/** Who belongs to a cluster, as its members and Alertmanager's own amtool show it, when only some were told of others. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freeAddress } from '../support/process-cluster.ts';
import { runProgram } from '../support/real-process.ts';
import { type RealServer, startTocsin } from '../support/real-servers.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { TemporaryDirectory } from '../support/temporary-directory.ts';

const CONFIG = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';
/** Two seconds on a machine that does nothing else. */
const TIMEOUT_MS = 20_000;

let directory: TemporaryDirectory;
let addresses: readonly string[];
let servers: RealServer[];

beforeEach(async () => {
  directory = new TemporaryDirectory();
  directory.write('secret', randomBytes(32).toString('base64url'));
  addresses = await Promise.all([1, 2, 3].map(freeAddress));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function start(index: number, peers: readonly string[], options: { directory?: TemporaryDirectory } = {}) {
  const server = await startTocsin({
    config: CONFIG,
    ...options,
    args: [
      `--cluster.listen-address=${addresses[index]}`,
      `--cluster.secret-file=${directory.join('secret')}`,
      ...peers.map((peer) => `--cluster.peer=${peer}`),
    ],
  });
  servers.push(server);
  return server;
}

async function shown({ url }: RealServer): Promise<string[]> {
  const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
    cluster: { peers: { address: string }[] };
  };
  return cluster.peers.map(({ address }) => address).toSorted();
}

async function allShow(expected: readonly string[]): Promise<void> {
  const list = expected.toSorted().join();
  const isShown = async (server: RealServer) => (await shown(server)).join() === list;
  await eventually('each shows all members', async () => (await Promise.all(servers.map(isShown))).every(Boolean), {
    timeoutMs: TIMEOUT_MS,
  });
}

describeWithPrograms(['amtool'], 'a cluster of which only one node is known', () => {
  test('is shown whole by every node, itself included, and by amtool', async () => {
    await start(0, []);
    const [first = ''] = addresses;
    await Promise.all([start(1, [first]), start(2, [first])]);
    await allShow(addresses);
    for (const { url } of servers) {
      const { stdout } = await runProgram('amtool', [
        `--alertmanager.url=${url}`,
        '--output=extended',
        'cluster',
        'show',
      ]);
      for (const address of addresses) expect(stdout).toContain(address);
    }
  });
});

test('a node that was given no peers finds those it had, though it has moved to where they do not look for it', async () => {
  using own = new TemporaryDirectory();
  const first = await start(0, [], { directory: own });
  const [address = '', second = '', elsewhere = ''] = addresses;
  await start(1, [address]);
  await allShow([address, second]);
  await first.process.stop();
  servers.shift();
  addresses = [elsewhere, second];
  await start(0, [], { directory: own });
  await allShow([elsewhere, second]);
});
