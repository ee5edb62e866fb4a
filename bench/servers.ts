/** The two servers a benchmark compares, each as a real process with the same configuration and an empty disk. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BenchServer {
  readonly name: 'tocsin' | 'alertmanager';
  readonly url: string;
  readonly pid: number;
  /** From spawn to the first 200 of /-/ready. */
  readonly readyAfterMs: number;
  cpuSeconds(): Promise<number>;
  rssBytes(): Promise<number>;
  /** kill -9, and its disk is removed. */
  stop(): Promise<void>;
}

export interface BenchServerOptions {
  readonly config?: string;
  /** How it reaches its peers; alone unless said otherwise. */
  readonly clusterArgs?: readonly string[];
}

/** Groups by alertname, tells nobody: what is measured is taking alerts in and showing them. */
const CONFIG = `
route:
  receiver: nobody
  group_by: [alertname]
  group_wait: 1h
  group_interval: 1h
receivers:
  - name: nobody
`;

const CLOCK_TICKS_PER_SECOND = 100;

export async function startServer(
  name: BenchServer['name'],
  { config = CONFIG, clusterArgs = ['--cluster.listen-address='] }: BenchServerOptions = {},
): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), `bench-${name}-`));
  const configFile = join(directory, 'config.yml');
  await writeFile(configFile, config);
  const port = await freePort();
  const common = [
    `--config.file=${configFile}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...clusterArgs,
  ];
  const [command, args] =
    name === 'tocsin'
      ? [process.execPath, [join(import.meta.dirname, '../src/main.ts'), ...common]]
      : ['prometheus-alertmanager', common];
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr?.on('data', (text) => {
    log = (log + text).slice(-4000);
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, () => log);
  return {
    name,
    url,
    pid: child.pid as number,
    readyAfterMs: performance.now() - startedMs,
    cpuSeconds: async () => {
      // Fields 14 and 15 of proc_pid_stat(5), counted after the command's name, which may hold blanks.
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
    },
    rssBytes: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const giveUpMs = performance.now() + 30_000;
  while (performance.now() < giveUpMs) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${log()}`);
    try {
      if ((await fetch(`${url}/-/ready`)).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  throw new Error(`not ready within 30 s:\n${log()}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
