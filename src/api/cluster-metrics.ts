/**
 * Metrics of the cluster as this node sees it, made when scraped, all of one look. Names are Alertmanager's where the
 * thing is the same. A node that is alone has none of them, rather than zeros for ever.
 */
import { Counter, Gauge } from 'prom-client';
import type { ClusterReport, ReportedMember } from './cluster-report.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { SliceQueue } from './pacer.ts';

type Reading = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Registers them; once for each `metrics`. */
export function observeCluster({
  metrics,
  node,
  readSlices,
}: Pick<ApiDependencies, 'metrics' | 'node'> & { readonly readSlices: SliceQueue }): void {
  const registers = [metrics.registry];
  let looking: Promise<ClusterReport | undefined> | undefined;
  // All metrics of a scrape are collected together.
  const look = () => {
    looking ??= node.clusterReport(readSlices.pacer()).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (report: ClusterReport) => readonly Reading[],
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      async collect() {
        const report = await look();
        // Members come and go.
        this.reset();
        if (!report && labelNames.length === 0) this.remove();
        for (const [labels, value] of report ? read(report) : []) this.set(labels, value);
      },
    });
  const number = (name: string, help: string, read: (report: ClusterReport) => number) =>
    gauge(name, help, [], (report) => [[{}, read(report)]]);
  const ofMembers = (name: string, help: string, read: (member: ReportedMember) => number | null | undefined) =>
    gauge(name, help, ['peer'], ({ members }) =>
      members.flatMap((member): Reading[] => {
        const value = read(member);
        return value == null ? [] : [[{ peer: member.id }, value]];
      }),
    );
  const counter = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (report: ClusterReport) => readonly Reading[],
  ) =>
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      async collect() {
        const report = await look();
        this.reset();
        if (!report && labelNames.length === 0) this.remove();
        for (const [labels, value] of report ? read(report) : []) this.inc(labels, value);
      },
    });

  number(
    'alertmanager_cluster_failed_peers',
    'Number indicating the current number of failed peers in the cluster.',
    ({ members }) => members.filter(({ alive, left }) => !alive && !left).length,
  );
  counter(
    'alertmanager_cluster_messages_sent_size_total',
    'Total size of cluster messages sent, in bytes.',
    [],
    ({ traffic }) => [[{}, traffic.bytesSent]],
  );
  counter(
    'alertmanager_cluster_messages_received_size_total',
    'Total size of cluster messages received, in bytes.',
    [],
    ({ traffic }) => [[{}, traffic.bytesReceived]],
  );
  number(
    'alertmanager_cluster_messages_queued',
    'Number of cluster messages which are queued.',
    ({ traffic }) => traffic.queued,
  );
  counter(
    'alertmanager_cluster_peers_joined_total',
    'A counter of the number of peers that have joined.',
    [],
    ({ traffic }) => [[{}, traffic.peersJoined]],
  );
  counter(
    'alertmanager_cluster_peers_left_total',
    'A counter of the number of peers that have left.',
    [],
    ({ traffic }) => [[{}, traffic.peersLost]],
  );
  ofMembers('tocsin_cluster_member_alive', 'Whether this node takes the member for alive.', ({ alive }) =>
    alive ? 1 : 0,
  );
  ofMembers('tocsin_cluster_member_cloned', 'Whether two living processes use the id of the member.', ({ cloned }) =>
    cloned ? 1 : 0,
  );
  ofMembers('tocsin_cluster_links', 'Direct links the member has by its own word.', ({ links }) => links.length);
  ofMembers(
    'tocsin_cluster_rank_zero_groups',
    'Groups of this node about which the member speaks first.',
    ({ firstForGroups }) => firstForGroups,
  );
  ofMembers(
    'tocsin_cluster_clock_offset_seconds',
    'Wall clock of the member minus the clock of the cluster.',
    ({ clockOffsetMs }) => seconds(clockOffsetMs),
  );
  ofMembers(
    'tocsin_cluster_delta_round_trip_seconds',
    'From the last delta that asked for a receipt to that of the peer.',
    ({ deltaRoundTripMs }) => seconds(deltaRoundTripMs),
  );
  ofMembers(
    'tocsin_cluster_exchange_age_seconds',
    'Since this node last compared its state with that of the peer completely.',
    ({ exchange }) => seconds(exchange?.agoMs),
  );
  ofMembers(
    'tocsin_cluster_records_behind',
    'Records this node lacked when it last compared its state with that of the peer.',
    ({ exchange }) => exchange?.behind,
  );
  ofMembers(
    'tocsin_cluster_records_remaining',
    'Records that stayed different after that.',
    ({ exchange }) => exchange?.remaining,
  );
  number(
    'tocsin_cluster_config_differs',
    'Whether members that are alive have different configurations.',
    ({ configDiffers }) => (configDiffers ? 1 : 0),
  );
  number('tocsin_cluster_open_claims', 'Messages that members say they are sending.', ({ claims }) => claims.total);
  counter(
    'tocsin_cluster_delta_records_total',
    'Records in gossip by what became of them: sent, dropped and too_large are what this node told, the others what it heard.',
    ['outcome'],
    ({ traffic: { deltas } }) => [
      [{ outcome: 'sent' }, deltas.sent],
      [{ outcome: 'dropped' }, deltas.dropped],
      [{ outcome: 'too_large' }, deltas.tooLarge],
      [{ outcome: 'changed' }, deltas.changed],
      [{ outcome: 'nothing_new' }, deltas.nothingNew],
      [{ outcome: 'refused' }, deltas.refused],
      [{ outcome: 'unknown_map' }, deltas.unknownMap],
    ],
  );
  counter(
    'tocsin_cluster_records_refused_total',
    'Records that could not pass between this node and a peer.',
    [],
    ({ traffic }) => [[{}, traffic.recordsRefused]],
  );
  counter('tocsin_cluster_messages_refused_total', 'Messages of peers that could not be read.', [], ({ traffic }) => [
    [{}, traffic.messagesRefused],
  ]);
}

function seconds(ms: number | null | undefined): number | null | undefined {
  return ms && ms / 1_000;
}
