/**
 * Three nodes against three of Debian's Alertmanager, in the same run and in turn: how soon they are a cluster, how soon a
 * silence is everywhere, how late a page is whose sender was killed, and what a large installation costs. Prints medians
 * and percentiles; absolute numbers depend on the machine and what else it does.
 *
 *     npm run bench-cluster -- [all|start|silences|failover|burst|idle|memory] …
 */
import { performance } from 'node:perf_hooks';
import { type BenchCluster, metric, postAlerts, startCluster, until } from './cluster-servers.ts';
import type { BenchServer } from './servers.ts';
import { WebhookCounter } from './webhook-counter.ts';

type Name = BenchServer['name'];

const BOTH: readonly Name[] = ['alertmanager', 'tocsin'];
const BATCH = 64;
const QUIET = configuration('http://127.0.0.1:9/', { groupWait: '1h', groupInterval: '1h' });

const parts: Readonly<Record<string, () => Promise<void>>> = { start, silences, failover, burst, idle, memory };
const chosen = process.argv.slice(2).filter((word) => word !== 'all');
for (const [name, part] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await part();
}

function configuration(
  url: string,
  { groupWait, groupInterval }: { groupWait: string; groupInterval: string },
): string {
  return `
route: {receiver: sink, group_by: [alertname], group_wait: ${groupWait}, group_interval: ${groupInterval}, repeat_interval: 24h}
receivers: [{name: sink, webhook_configs: [{url: '${url}'}]}]
`;
}

/** From three spawned processes to three that are ready and know each other. */
async function start(): Promise<void> {
  for (const name of BOTH) {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await using cluster = await startCluster(name, QUIET);
      times.push(cluster.settledAfterMs);
    }
    say(name, 'three nodes from start to settled', times);
  }
}

/** From the request that makes it on one node until both others show it. */
async function silences(): Promise<void> {
  for (const name of BOTH) {
    await using cluster = await startCluster(name, QUIET);
    const times: number[] = [];
    for (let round = 0; round < 100; round += 1) times.push(await silenceEverywhereMs(cluster, round));
    say(name, 'a silence made on one node visible on all', times);
  }
}

async function silenceEverywhereMs({ servers }: BenchCluster, round: number): Promise<number> {
  const maker = servers[round % servers.length] as BenchServer;
  const beganMs = performance.now();
  const response = await fetch(`${maker.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: `Alert${round}`, isRegex: false, isEqual: true }],
      startsAt: new Date(Date.now() - 1_000).toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'bench',
      comment: 'bench',
    }),
  });
  const { silenceID } = (await response.json()) as { silenceID: string };
  const isThere = async ({ url }: BenchServer) => {
    const found = await fetch(`${url}/api/v2/silence/${silenceID}`);
    await found.arrayBuffer();
    return found.status === 200;
  };
  await Promise.all(servers.filter((one) => one !== maker).map((one) => until(() => isThere(one), 30_000)));
  return performance.now() - beganMs;
}

/**
 * Sixty groups are due; shortly before, the node that would tell most of them is killed. How late the late ones are. Of
 * Alertmanager the first by name tells all, so its three are started until the first is known.
 */
async function failover(): Promise<void> {
  for (const name of BOTH) {
    const times: number[] = [];
    let duplicates = 0;
    let lost = 0;
    for (let round = 0; round < (name === 'tocsin' ? 5 : 1); round += 1) {
      await using sink = await WebhookCounter.listen();
      await using cluster = await startCluster(name, configuration(sink.url, { groupWait: '3s', groupInterval: '5m' }));
      const owned = await killOwnerBeforeTick(cluster);
      const { dueMs, groups } = owned;
      await until(async () => groups.every((group) => sink.told.has(group)), 60_000).catch(() => undefined);
      // Whoever would tell again does so within a peer timeout.
      await new Promise((resolve) => setTimeout(resolve, 16_000));
      for (const group of groups) {
        const [first, ...more] = sink.told.get(group) ?? [];
        if (first === undefined) lost += 1;
        else if (owned.ofKilled.has(group)) times.push(Math.max(0, first - dueMs));
        duplicates += more.length;
      }
    }
    say(name, 'page whose sender was killed just before it', times);
    console.log(`${name.padEnd(13)}   lost ${lost}, told again ${duplicates}`);
  }
}

interface OwnerKilled {
  readonly dueMs: number;
  readonly groups: readonly string[];
  /** Those the killed node would have told. */
  readonly ofKilled: ReadonlySet<string>;
}

async function killOwnerBeforeTick({ name, servers }: BenchCluster): Promise<OwnerKilled> {
  const groups = Array.from({ length: 60 }, (_, index) => `Group${index}`);
  const dueMs = performance.now() + 3_000;
  const alerts = groups.map((alertname) => ({ labels: { alertname } }));
  await Promise.all(servers.map((server) => postAlerts(server, alerts)));
  const [owner, ofKilled] =
    name === 'tocsin' ? await tocsinOwner(servers, groups) : await alertmanagerOwner(servers, groups);
  await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now() - 300));
  process.kill(owner.pid, 'SIGKILL');
  return { dueMs, groups, ofKilled };
}

async function tocsinOwner(
  servers: readonly BenchServer[],
  groups: readonly string[],
): Promise<readonly [BenchServer, ReadonlySet<string>]> {
  const { rankFor } = await import('../cluster/rank.ts');
  const ids = await Promise.all(
    servers.map(async ({ url }) => ((await (await fetch(`${url}/api/v3/cluster`)).json()) as { self: string }).self),
  );
  const firstOf = (group: string) => rankFor(`{}:{alertname="${group}"}`, ids)[0];
  const [owner] = servers;
  if (!owner) throw new Error('there are no servers');
  return [owner, new Set(groups.filter((group) => firstOf(group) === ids[0]))];
}

async function alertmanagerOwner(
  servers: readonly BenchServer[],
  groups: readonly string[],
): Promise<readonly [BenchServer, ReadonlySet<string>]> {
  const positions = await Promise.all(servers.map((server) => metric(server, 'alertmanager_peer_position')));
  const owner = servers[positions.indexOf(0)];
  if (!owner) throw new Error('no node has position 0');
  return [owner, new Set(groups)];
}

/** Alertmanager does not pass alerts on, so there is nothing to compare. */
async function burst(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await using cluster = await startCluster('tocsin', QUIET);
    const [hearer] = cluster.servers;
    if (!hearer) throw new Error('there are no servers');
    const beganMs = performance.now();
    await postMany(hearer, { alerts: 20_000, groups: 500 });
    const isKnown = async (server: BenchServer) => (await metric(server, 'alertmanager_alerts')) >= 20_000;
    for (const server of cluster.servers) await until(() => isKnown(server), 120_000);
    times.push(performance.now() - beganMs);
  }
  say('tocsin', '20 000 new alerts posted to one node, known to all three', times);
}

/** What it costs to go on: three checkers refresh 10 000 alerts on every node once a minute. */
async function idle(): Promise<void> {
  for (const name of BOTH) {
    await using cluster = await startCluster(name, QUIET);
    const refresh = () =>
      Promise.all(cluster.servers.map((server) => postMany(server, { alerts: 10_000, groups: 500 })));
    await refresh();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const sent = () =>
      Promise.all(cluster.servers.map((one) => metric(one, 'alertmanager_cluster_messages_sent_size_total')));
    const before = { cpu: await cpuSeconds(cluster), sent: await sent() };
    const minutes = 2;
    for (let minute = 0; minute < minutes; minute += 1) {
      const beganMs = performance.now();
      for (let checker = 0; checker < 3; checker += 1) await refresh();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 60_000 - (performance.now() - beganMs))));
    }
    const cpu = ((await cpuSeconds(cluster)) - before.cpu) / minutes / 3;
    const bytes = (sum(await sent()) - sum(before.sent)) / minutes / 3;
    console.log(
      `${name.padEnd(13)} 10 000 alerts refreshed by three checkers: ${cpu.toFixed(2)} s of CPU and ${(bytes / 1024).toFixed(0)} KiB sent to peers, per node and minute`,
    );
  }
}

async function memory(): Promise<void> {
  for (const name of BOTH) {
    await using cluster = await startCluster(name, QUIET);
    for (const server of cluster.servers) await postMany(server, { alerts: 100_000, groups: 10_000 });
    const [first] = cluster.servers;
    for (let round = 0; round < 1_000; round += 1) {
      await silenceEverywhereMs({ ...cluster, servers: [first as BenchServer] }, round);
    }
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const rss = await Promise.all(cluster.servers.map((server) => server.rssBytes()));
    console.log(
      `${name.padEnd(13)} memory with 100 000 alerts, 10 000 groups, 1 000 silences: ${rss.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(', ')} MiB`,
    );
  }
}

async function postMany(server: BenchServer, { alerts, groups }: { alerts: number; groups: number }): Promise<void> {
  const times = {
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  for (let first = 0; first < alerts; first += 4 * BATCH) {
    const batches = [0, 1, 2, 3].map((batch) =>
      Array.from(
        { length: Math.min(BATCH, alerts - first - batch * BATCH) },
        (_, index) => first + batch * BATCH + index,
      ),
    );
    await Promise.all(
      batches
        .filter((batch) => batch.length > 0)
        .map((batch) =>
          postAlerts(
            server,
            batch.map((number) => ({
              labels: {
                alertname: `Alert${number % groups}`,
                instance: `host-${number}.example.com:9100`,
                job: 'node',
                severity: 'warning',
              },
              annotations: { summary: `Thing ${number} is wrong` },
              ...times,
            })),
          ),
        ),
    );
  }
}

async function cpuSeconds({ servers }: BenchCluster): Promise<number> {
  return sum(await Promise.all(servers.map((server) => server.cpuSeconds())));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function say(name: Name, what: string, timesMs: readonly number[]): void {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  console.log(`${name.padEnd(13)} ${what}, ms: p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)} (${sorted.length})`);
}
