/**
 * Puts together what a node knows of its cluster for whoever looks: members, links, clocks, claims, and how far it has
 * caught up. Worked out when asked for, standing aside where there are many groups; nothing is kept.
 */
import type { Cluster } from '../cluster/cluster.ts';
import type { PeerLag } from '../cluster/exchange-rounds.ts';
import type { MemberView } from '../cluster/member-view.ts';
import { rankFor } from '../cluster/rank.ts';
import {
  type ClusterReport,
  MOST_CLAIMS_SHOWN,
  type Pace,
  type ReportedClaim,
  type ReportedExchange,
  type ReportedMember,
} from './api/cluster-report.ts';
import type { Group } from './dispatch/group.ts';
import type { Now } from './model/now.ts';
import type { ReceiverTarget } from './notify/tell.ts';
import type { NotificationLog } from './state/notification-log.ts';
import type { System } from './system.ts';

export interface ClusterReportDependencies {
  /** Of this machine: its offset from the cluster's clock is what is reported. */
  readonly system: System;
  readonly cluster: Cluster;
  readonly log: Pick<NotificationLog, 'claims'>;
  readonly groups: () => Iterable<Group>;
  readonly targets: (receiver: string) => readonly ReceiverTarget[];
}

/** Whether living members have configurations that differ. One that does not say which it has counts for none. */
export function configsDiffer(members: readonly MemberView[]): boolean {
  const hashes = members.flatMap(({ isAlive, configHash }) => (isAlive && configHash ? [configHash] : []));
  return new Set(hashes).size > 1;
}

/** The cluster's clock minus this node's. */
export function clusterOffsetMs(cluster: Pick<Cluster, 'membership'>, now: Now): number {
  return cluster.membership.clusterNow(now).wallMs - now.wallMs;
}

export async function reportCluster(dependencies: ClusterReportDependencies, pace: Pace): Promise<ClusterReport> {
  const { system, cluster } = dependencies;
  const { firstFor, claims } = await lookAtGroups(dependencies, pace);
  const now = system.now();
  const offsetMs = clusterOffsetMs(cluster, now);
  const lags = new Map(cluster.lags(now).map((lag) => [lag.peer, lag]));
  const members = cluster.members();
  const { deltas, queued, ...counts } = cluster.counts;
  return {
    self: cluster.self,
    clockOffsetMs: Math.round(offsetMs),
    configDiffers: configsDiffer(members),
    members: members.map((member) => ({
      ...reportedMember(member, offsetMs),
      address: member.address ?? null,
      url: member.url ?? null,
      firstForGroups: firstFor.get(member.node) ?? 0,
      deltaRoundTripMs: roundedOrNull(cluster.deltaRoundTripMs(member.node)),
      exchange: reportedExchange(lags.get(member.node)),
    })),
    claims,
    traffic: {
      ...counts,
      queued,
      deltas: {
        sent: deltas.sent,
        dropped: deltas.dropped,
        tooLarge: deltas.tooLarge,
        changed: deltas.changed,
        nothingNew: deltas.nothingNew,
        refused: deltas.refused,
        unknownMap: deltas.unknownMap,
      },
    },
  };
}

async function lookAtGroups(
  { system, cluster, log, groups, targets }: ClusterReportDependencies,
  pace: Pace,
): Promise<{ firstFor: ReadonlyMap<string, number>; claims: ClusterReport['claims'] }> {
  const line = cluster.line('');
  const firstFor = new Map<string, number>();
  const open: ReportedClaim[] = [];
  let total = 0;
  for (const group of groups()) {
    if (pace.isDue()) await pace.pause();
    const [first] = rankFor(group.key, line);
    if (first !== undefined) firstFor.set(first, (firstFor.get(first) ?? 0) + 1);
    const { monotonicMs } = system.now();
    for (const { name, key, receiver } of targets(group.route.receiver)) {
      for (const { node, state, madeMs, untilMs } of log.claims(group.key, key)) {
        // One whose time is over holds nobody back any more.
        if (state !== 'intent' || untilMs <= monotonicMs) continue;
        total += 1;
        if (open.length >= MOST_CLAIMS_SHOWN) continue;
        open.push({
          groupKey: group.key,
          receiver: name,
          integration: receiver.integration,
          member: node,
          agoMs: Math.max(0, Math.round(monotonicMs - madeMs)),
          leftMs: Math.round(untilMs - monotonicMs),
        });
      }
    }
  }
  return { firstFor, claims: { total, open } };
}

function reportedMember(
  member: MemberView,
  clusterOffset: number,
): Omit<ReportedMember, 'address' | 'url' | 'firstForGroups' | 'deltaRoundTripMs' | 'exchange'> {
  const { node, name, version, boot, configHash, heardAgoMs, heardByAnyoneAgoMs, clockOffsetMs, links } = member;
  return {
    id: node,
    self: member.isSelf,
    name: name ?? null,
    version: version ?? null,
    boot: boot ?? null,
    configHash: configHash || null,
    alive: member.isAlive,
    reason: member.reason,
    settled: member.isSettled,
    left: member.hasLeft,
    cloned: member.isCloned,
    heardAgoMs: roundedOrNull(heardAgoMs),
    heardByAnyoneAgoMs: Math.round(heardByAnyoneAgoMs),
    clockOffsetMs: clockOffsetMs === undefined ? null : Math.round(clockOffsetMs - clusterOffset),
    links,
    hears: member.hears.map(({ node: heard, agoMs }) => ({ member: heard, agoMs })),
  };
}

function reportedExchange(lag: PeerLag | undefined): ReportedExchange | null {
  if (!lag) return null;
  const { exchangedAgoMs, isExchanging, result } = lag;
  return {
    agoMs: roundedOrNull(exchangedAgoMs),
    running: isExchanging,
    behind: result?.behind ?? 0,
    ahead: result?.ahead ?? 0,
    remaining: (result?.refused ?? 0) + (result?.left ?? 0),
  };
}

function roundedOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
