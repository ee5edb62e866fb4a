/**
 * What makes a node one of several: its cluster, the cluster's clock, and turns taken with the peers. The composition root
 * asks for these only if there is a way to reach anybody.
 */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Cluster } from '../cluster/cluster.ts';
import type { ClusterDependencies } from '../cluster/cluster-options.ts';
import type { Transport } from '../cluster/transport.ts';
import type { AlertStore } from './alerts/alert-store.ts';
import { LeaseKeeper, type LeaseKeeperDependencies } from './alerts/lease-keeper.ts';
import type { ApiCluster } from './api/dependencies.ts';
import { type ServerFlags, version } from './flags.ts';
import type { Metrics } from './metrics.ts';
import { type TurnDependencies, type TurnPlace, TurnTaker } from './notify/take-turn.ts';
import type { TakeTurn } from './notify/turn.ts';
import type { NotificationLog } from './state/notification-log.ts';
import type { System } from './system.ts';
import { answerTurnQuestions, turnPeers } from './turn-questions.ts';

/** How a node reaches its peers. */
export interface ClusterNetwork {
  readonly transport: Transport;
  /** How many it is told to find; none: it is ready at once. */
  readonly expectedPeers: number;
  /** After the transport. */
  readonly stop?: () => Promise<void>;
}

export function apiCluster(cluster: Cluster | undefined): ApiCluster {
  if (!cluster) return { status: 'disabled', name: '', peers: [] };
  const living = cluster.members().filter(({ isAlive }) => isAlive);
  return {
    status: cluster.isSettled ? 'ready' : 'settling',
    name: cluster.self,
    peers: living.map(({ node, address, name }) => ({ name: node, address: address ?? name ?? '' })),
  };
}

/** The names of nodes for people. Claims of a node that is alone name its host; one that nobody remembers keeps its id. */
export function nodeNames(cluster: Cluster | undefined, ownName: string): (node: string) => string {
  return (node) => {
    if (node === (cluster?.self ?? hostname())) return ownName;
    return cluster?.members().find((member) => member.node === node)?.name ?? node;
  };
}

export function createCluster(
  { system, logger }: { system: System; logger: Logger },
  { transport, expectedPeers }: ClusterNetwork,
  {
    flags,
    boot,
    configHash,
    onMemberChange,
  }: {
    flags: ServerFlags;
    boot: string;
    configHash: () => string;
    onMemberChange?: ClusterDependencies['onMemberChange'];
  },
): Cluster {
  const name = flags.clusterPeerName || hostname();
  const describe = () => ({
    name,
    version,
    configHash: configHash(),
    address: transport.ownAddress,
    url: flags.webExternalUrl,
  });
  return new Cluster(
    { system, logger, transport, describe, onMemberChange },
    {
      boot,
      peerTimeoutMs: flags.clusterPeerTimeoutMs,
      reconnectTimeoutMs: flags.clusterReconnectTimeoutMs,
      settleTimeoutMs: flags.clusterSettleTimeoutMs,
      expectedPeers,
    },
  );
}

export function turnsAmongPeers(
  { system, logger, cluster, log }: { system: System; logger: Logger; cluster: Cluster; log: NotificationLog },
  flags: ServerFlags,
  noteTurn?: TurnDependencies['onDecision'],
): TakeTurn {
  const claims = ({ groupKey, receiverKey }: TurnPlace) => log.claims(groupKey, receiverKey);
  const peers = turnPeers({ system, cluster, log });
  const onDecision: TurnDependencies['onDecision'] = (place, decision, flush) => {
    logger.debug({ ...place, ...decision }, 'Turn');
    noteTurn?.(place, decision, flush);
  };
  const taker = new TurnTaker({ system, peers, claims, onDecision }, { peerTimeoutMs: flags.clusterPeerTimeoutMs });
  answerTurnQuestions({ system, cluster, log }, taker);
  return taker.takeTurn;
}

const LEASE_KIND = 'leases';
const leaseQuestion = z.object({ fingerprints: z.array(z.string()).max(500) });

/** Asks the peers before an alert runs out. The caller starts and stops it. */
export function leaseKeeper(
  { metrics, cluster, ...dependencies }: LeaseParts,
  { expectedPeers }: Pick<ClusterNetwork, 'expectedPeers'>,
): LeaseKeeper {
  return new LeaseKeeper({
    ...dependencies,
    onExtended: (alerts) => metrics.leaseExtensionsTotal.inc(alerts),
    peers: {
      alive: () => cluster.membership.alivePeers(),
      hasConfiguredPeers: expectedPeers > 0,
      ask: async (peer, fingerprints, options) => {
        const { words } = await cluster.ask(peer, LEASE_KIND, { fingerprints }, options);
        return words;
      },
    },
  });
}

interface LeaseParts extends Pick<LeaseKeeperDependencies, 'system' | 'logger' | 'alerts' | 'beforeScan'> {
  readonly metrics: Metrics;
  readonly cluster: Cluster;
}

/** Before the cluster starts. */
export function answerLeaseQuestions(cluster: Cluster, alerts: AlertStore): void {
  cluster.answerQuestions(LEASE_KIND, (body, { now }) => {
    const { fingerprints } = leaseQuestion.parse(body);
    return { words: alerts.answerLeases(fingerprints, now) };
  });
}
