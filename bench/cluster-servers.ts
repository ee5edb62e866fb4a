/** Three servers of one kind that are a cluster, as real processes on loopback, and what can be asked of them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchServer, freePort, startServer } from './servers.ts';

const NODES = 3;
const SETTLED_WITHIN_MS = 60_000;

export interface BenchCluster extends AsyncDisposable {
  readonly name: BenchServer['name'];
  readonly servers: readonly BenchServer[];
  /** From the first spawn until each says that it is ready and has all three. */
  readonly settledAfterMs: number;
}

export async function startCluster(name: BenchServer['name'], config: string): Promise<BenchCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-cluster-'));
  const secretFile = join(directory, 'secret');
  await writeFile(secretFile, randomBytes(32).toString('base64url'));
  const ports = await Promise.all(Array.from({ length: NODES }, freePort));
  const beganMs = performance.now();
  const servers = await Promise.all(
    ports.map((port) => {
      const clusterArgs = [
        `--cluster.listen-address=127.0.0.1:${port}`,
        ...ports.filter((other) => other !== port).map((other) => `--cluster.peer=127.0.0.1:${other}`),
        ...(name === 'tocsin' ? [`--cluster.secret-file=${secretFile}`] : []),
      ];
      return startServer(name, { config, clusterArgs });
    }),
  );
  const cluster = {
    name,
    servers,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await until(async () => (await Promise.all(servers.map(isSettled))).every(Boolean), SETTLED_WITHIN_MS);
  } catch (cause) {
    await cluster[Symbol.asyncDispose]();
    throw cause;
  }
  return { ...cluster, settledAfterMs: performance.now() - beganMs };
}

async function isSettled({ url }: BenchServer): Promise<boolean> {
  const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
    cluster: { status: string; peers?: readonly unknown[] };
  };
  return cluster.status === 'ready' && cluster.peers?.length === NODES;
}

/** Asked again at once: what is measured are milliseconds. */
export async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const giveUpMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error(`it was not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Of a counter or gauge, its series added up. */
export async function metric({ url }: BenchServer, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const series = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

export async function postAlerts({ url }: BenchServer, alerts: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (response.status !== 200) throw new Error(`alerts were answered ${response.status}`);
}
