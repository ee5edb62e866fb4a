/**
 * Taking alerts in and showing them, against Debian's Alertmanager in the same run, in turn: 20 000 alerts in batches of
 * 64 over 4 connections, posted once and refreshed three times; GET /alerts and /groups with all of them; memory with
 * 100 000; start to ready. Prints medians and ratios; absolute numbers depend on the machine and what else it does.
 *
 *     npm run bench -- [rounds]
 */
import { Agent, request } from 'node:http';
import { PostConnection } from './post-connection.ts';
import { type BenchServer, startServer } from './servers.ts';

const ALERTS = 20_000;
const MANY_ALERTS = 100_000;
const BATCH = 64;
const CONNECTIONS = 4;
const REFRESHES = 3;

interface Figures {
  readonly startMs: number;
  readonly firstPostPerSecond: number;
  readonly refreshPerSecond: number;
  /** First post and refreshes together. */
  readonly postPerSecond: number;
  readonly cpuMicrosecondsPerAlert: number;
  readonly getAlertsMs: number;
  readonly getGroupsMs: number;
  readonly rssMiB: number;
}

const rounds = Number(process.argv[2] ?? 3);
const figures: Record<BenchServer['name'], Figures[]> = { tocsin: [], alertmanager: [] };
for (let round = 0; round < rounds; round++) {
  for (const name of ['alertmanager', 'tocsin'] as const) figures[name].push(await measure(name));
}
report();

async function measure(name: BenchServer['name']): Promise<Figures> {
  const server = await startServer(name);
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const cpuBefore = await server.cpuSeconds();
    const firstMs = await postAll(server, { from: 0, count: ALERTS });
    let refreshMs = 0;
    for (let refresh = 0; refresh < REFRESHES; refresh++)
      refreshMs += await postAll(server, { from: 0, count: ALERTS });
    const cpuSeconds = (await server.cpuSeconds()) - cpuBefore;
    const getAlertsMs = await fastestGet(server, agent, '/api/v2/alerts');
    const getGroupsMs = await fastestGet(server, agent, '/api/v2/alerts/groups');
    await postAll(server, { from: ALERTS, count: MANY_ALERTS - ALERTS });
    const rssMiB = await settledRssMiB(server);
    agent.destroy();
    return {
      startMs: server.readyAfterMs,
      firstPostPerSecond: (ALERTS / firstMs) * 1000,
      refreshPerSecond: ((ALERTS * REFRESHES) / refreshMs) * 1000,
      postPerSecond: ((ALERTS * (1 + REFRESHES)) / (firstMs + refreshMs)) * 1000,
      cpuMicrosecondsPerAlert: (cpuSeconds / (ALERTS * (1 + REFRESHES))) * 1e6,
      getAlertsMs,
      getGroupsMs,
      rssMiB,
    };
  } finally {
    await server.stop();
  }
}

async function postAll(server: BenchServer, range: { from: number; count: number }): Promise<number> {
  const requests: Buffer[] = [];
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  const endsAt = new Date(Date.now() + 240_000).toISOString();
  for (let first = range.from; first < range.from + range.count; first += BATCH) {
    const size = Math.min(BATCH, range.from + range.count - first);
    const alerts = Array.from({ length: size }, (_, index) => alert(first + index, { startsAt, endsAt }));
    requests.push(postRequest(server, Buffer.from(JSON.stringify(alerts))));
  }
  const queue = requests.values();
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => PostConnection.open(server.url)));
  const startedMs = performance.now();
  await Promise.all(connections.map((connection) => connection.postAll(queue)));
  return performance.now() - startedMs;
}

function postRequest(server: BenchServer, body: Buffer): Buffer {
  const { host } = new URL(server.url);
  const head = `POST /api/v2/alerts HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** As Prometheus posts them. */
function alert(number: number, times: { startsAt: string; endsAt: string }): object {
  return {
    labels: {
      alertname: `Alert${number % 500}`,
      cluster: `cluster-${number % 7}`,
      instance: `host-${number}.example.com:9100`,
      job: 'node',
      namespace: `namespace-${number % 40}`,
      pod: `pod-${number}`,
      severity: number % 3 === 0 ? 'critical' : 'warning',
    },
    annotations: {
      description: `The thing ${number} on host-${number}.example.com has been wrong for more than five minutes.`,
      summary: `Thing ${number} is wrong`,
    },
    ...times,
    generatorURL: `http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1&number=${number}`,
  };
}

/** The fastest of five: what the server needs when nothing else disturbs it. */
async function fastestGet(server: BenchServer, agent: Agent, path: string): Promise<number> {
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const startedMs = performance.now();
    const bytes = await exchange(server, { agent, path });
    if (bytes < ALERTS * 100) throw new Error(`${server.name} showed only ${bytes} bytes of ${path}`);
    fastestMs = Math.min(fastestMs, performance.now() - startedMs);
  }
  return fastestMs;
}

function exchange(server: BenchServer, call: { agent: Agent; path: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}${call.path}`, { agent: call.agent }, (incoming) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve(bytes);
        else reject(new Error(`${server.name} answered ${incoming.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Both run a garbage collector: memory is read until it has not grown for two seconds. */
async function settledRssMiB(server: BenchServer): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return (await server.rssBytes()) / 2 ** 20;
}

function report(): void {
  const rows: [string, keyof Figures, 'more' | 'less'][] = [
    ['start to ready, ms', 'startMs', 'less'],
    ['first post, alerts/s', 'firstPostPerSecond', 'more'],
    ['refresh, alerts/s', 'refreshPerSecond', 'more'],
    ['all posts, alerts/s', 'postPerSecond', 'more'],
    ['CPU per alert, µs', 'cpuMicrosecondsPerAlert', 'less'],
    ['GET /api/v2/alerts, ms', 'getAlertsMs', 'less'],
    ['GET /api/v2/alerts/groups, ms', 'getGroupsMs', 'less'],
    [`memory with ${MANY_ALERTS} alerts, MiB`, 'rssMiB', 'less'],
  ];
  console.log(`median of ${rounds} rounds${' '.repeat(16)}tocsin  alertmanager   ratio  better is`);
  for (const [title, key, better] of rows) {
    const ours = median(figures.tocsin.map((round) => round[key]));
    const theirs = median(figures.alertmanager.map((round) => round[key]));
    console.log(
      `${title.padEnd(32)} ${ours.toFixed(0).padStart(9)} ${theirs.toFixed(0).padStart(13)} ${(ours / theirs).toFixed(2).padStart(7)}  ${better}`,
    );
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
