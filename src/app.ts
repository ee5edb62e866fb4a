/**
 * The composition root: builds every long-lived part in one straight line, starts them, reloads what a configuration
 * decides, and stops all in reverse order. Importing it does nothing; a test starts as many as it likes.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Cluster } from '../cluster/cluster.ts';
import type { TextStore } from '../cluster/disk.ts';
import type { OpenedStore } from '../cluster/store.ts';
import type { AlertStore } from './alerts/alert-store.ts';
import { storeDamaged } from './alerts/conditions.ts';
import { Inhibitor } from './alerts/inhibitor.ts';
import { LastEnd } from './alerts/last-end.ts';
import { SelfAlerts } from './alerts/self-alerts.ts';
import { createApiApp } from './api/app.ts';
import type { ApiAlerts, ApiFiring, ApiNode, ReloadResult } from './api/dependencies.ts';
import { listen } from './api/server.ts';
import { apiRouting } from './api-routing.ts';
import { ClockWatch, type Disturbance } from './clock-watch.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { formatConfigErrors } from './config/load.ts';
import { ConfigurationSource } from './configuration-source.ts';
import type { ConfigureDependencies } from './configure.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { Explainer } from './dispatch/explainer.ts';
import { FiringGroups } from './dispatch/firing-groups.ts';
import { GroupViews } from './dispatch/group-views.ts';
import type { ServerFlags } from './flags.ts';
import { startMaintenance } from './maintenance.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { formatLabels } from './model/labels.ts';
import type { Now } from './model/now.ts';
import { nodeStatus } from './node-status.ts';
import { LastFailures } from './notify/last-failures.ts';
import { Pipeline } from './notify/pipeline.ts';
import { testReceiver } from './notify/test-receiver.ts';
import { alwaysGo } from './notify/turn.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { DiskReport, openState } from './open-state.ts';
import {
  answerLeaseQuestions,
  apiCluster,
  type ClusterNetwork,
  createCluster,
  leaseKeeper,
  nodeNames,
  turnsAmongPeers,
} from './peers.ts';
import { NodeHistory } from './record-history.ts';
import { ReplicaWatch } from './replica-watch.ts';
import { type ClusterReportDependencies, reportCluster } from './report-cluster.ts';
import { answerReceiverQuestions, reportReceivers } from './report-receivers.ts';
import type { System } from './system.ts';
import { openWebAccess } from './web-access.ts';

export interface AppDependencies {
  readonly system: System;
  /** How this node reaches its peers; undefined: it is alone. */
  readonly cluster?: ClusterNetwork | undefined;
  readonly logger: Logger;
  /** For tests: a store in memory instead of one on disk. */
  readonly openStore?: (load: (store: TextStore) => Promise<void>) => Promise<OpenedStore>;
  /** For tests: receivers that remember instead of sending. */
  readonly createReceivers?: ConfigureDependencies['createReceivers'];
}

export interface App {
  /** `host:port` of each listener, as bound. */
  readonly addresses: readonly string[];
  /** The HTTP API without a socket. */
  fetch(request: Request): Promise<Response>;
  reload(): Promise<ReloadResult>;
  /** Drains and stops; resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** Raised when a node cannot start; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Sends under way at a stop may take this long to end. */
const DRAIN_MS = 5_000;

/**
 * @throws StartError, or WebConfigError and the like, if a configuration or the addresses are unusable, or another process
 * uses the store. A damaged store does not stop a start.
 */
export async function startApp(dependencies: AppDependencies, { flags }: { flags: ServerFlags }): Promise<App> {
  const { system, logger } = dependencies;
  const started = system.now();
  const stops: Stop[] = [];
  try {
    return await startParts(dependencies, { flags, started, stops });
  } catch (cause) {
    await stopAll(stops, logger);
    throw cause;
  }
}

/** Registered the moment a part runs, and called last-in first-out, at a stop as after a failed start. */
interface Stop {
  readonly part: string;
  readonly stop: () => unknown;
}

async function stopAll(stops: Stop[], logger: Logger): Promise<void> {
  for (const { part, stop } of stops.toReversed()) {
    try {
      await stop();
    } catch (cause) {
      logger.error({ err: cause, part }, 'A part did not stop cleanly');
    }
  }
  stops.length = 0;
}

async function startParts(
  dependencies: AppDependencies,
  { flags, started, stops }: { flags: ServerFlags; started: Now; stops: Stop[] },
): Promise<App> {
  const { logger } = dependencies;
  const boot = dependencies.system.uuid().slice(0, 8);
  for (const warning of flags.warnings) logger.warn(warning);
  const metrics = createMetrics({ processMetrics: true });
  const nodeName = flags.clusterPeerName || hostname();
  let addresses: readonly string[] = [];
  const access = await openWebAccess(
    { ...{ system: dependencies.system, logger, metrics }, selfAlerts: () => selfAlerts },
    flags,
  );
  stops.push({ part: 'passwords', stop: () => access.stop() });
  const externalURL = () =>
    flags.webExternalUrl ?? `${access.scheme}://${hostname()}:${portOf(addresses[0] ?? flags.webListenAddresses[0])}`;

  // First of all: a node that does not know whom to tell must not look alive.
  const source = new ConfigurationSource({ ...dependencies, metrics }, { flags, externalURL });
  const first = await source.read();
  if (!first.ok) throw new StartError(formatConfigErrors(flags.configFile, first.errors));
  let configured = first.configured;
  stops.push({ part: 'receivers', stop: () => configured.close() });
  source.note(first, started);

  const history: NodeHistory = new NodeHistory(
    {
      ...{ system: dependencies.system, logger },
      now: () => system.now(),
      targets: (receiver) => pipeline.targets(receiver),
      cluster: () => cluster,
    },
    {
      ...{ node: nodeName, boot, retentionMs: flags.historyRetentionMs, maxBytes: flags.historyMaxBytes },
      directory: dependencies.openStore ? undefined : join(flags.storagePath, 'history'),
    },
  );
  stops.push({ part: 'history', stop: () => history.stop() });
  const cluster =
    dependencies.cluster &&
    createCluster(dependencies, dependencies.cluster, {
      ...{ flags, boot },
      onMemberChange: history.onMemberChange,
      configHash: () => configured.config.hash,
    });
  // Absolute times are read with the cluster's clock: one wrong clock among three ends no silence early.
  const system = cluster?.time ?? dependencies.system;

  const { state, damage } = await openState(dependencies, system, {
    flags,
    boot,
    cluster,
    resolveTimeoutMs: configured.config.global.resolveTimeoutMs,
    metrics,
    onDiskHealthChange: (health) => disk.note(health),
    onSilenceChange: history.onSilenceChange,
  });
  stops.push({ part: 'disk', stop: () => state.disk.close() });
  // After the last send, whose record the peers must hear.
  const network = dependencies.cluster;
  if (network?.stop) stops.push({ part: 'remembered peers', stop: network.stop });
  if (cluster) stops.push({ part: 'cluster', stop: () => cluster.stop() });
  const { alerts, silences, log } = state;

  const selfAlerts = new SelfAlerts({ alerts, system }, { instance: nodeName });
  stops.push({ part: 'self alerts', stop: () => selfAlerts.stop() });
  const disk = new DiskReport({ metrics, selfAlerts });

  // Watchers in this order: what is inhibited must be known before anything is grouped.
  const inhibitor = new Inhibitor({ alerts });
  inhibitor.useRules(configured.config.inhibitRules);
  alerts.addWatcher(inhibitor);
  const lastEnd = new LastEnd({ alerts }, { startedAtMs: started.wallMs });
  alerts.addWatcher(lastEnd);
  const lastFailures = new LastFailures();
  const pipeline = new Pipeline(
    {
      system,
      logger,
      metrics,
      log,
      onFailure: ({ key }, { groupKey }, failure) =>
        lastFailures.note({ groupKey, receiverKey: key }, failure, system.now().monotonicMs),
      takeTurn: cluster ? turnsAmongPeers({ system, logger, cluster, log }, flags, history.onTurn) : alwaysGo,
      inhibitedBy: (alert, now) => inhibitor.inhibitedBy(alert, now),
      currentAlert: (fingerprint) => alerts.get(fingerprint),
      ...{ onMutes: history.onMutes, onAttempt: history.onAttempt },
      silencedBy: (alert, now) => {
        const ids = silences.silencedBy(alert, now);
        if (flags.logSilences && ids.length > 0)
          logger.info({ labels: formatLabels(alert.labels), silences: ids }, 'Silenced');
        return ids;
      },
    },
    configured.pipeline,
  );
  const clockWatch = new ClockWatch({
    system,
    onDisturbance: disturbanceAnswer({ logger, metrics, alerts, cluster, history }),
  });
  const dispatcher = new Dispatcher(
    { system, logger, metrics, alerts, log, pipeline, beforeTick: () => clockWatch.check(), onGroup: history.onGroup },
    configured.tree,
    { owedForMs: flags.dataRetentionMs },
  );
  // An alert is noted before the group that begins with it.
  history.open();
  history.onConfiguration(first, `${flags.configFile} was read`);
  history.watch({ system, alerts, silences, log, inhibitor });
  alerts.addWatcher(dispatcher);
  const replicaWatch = new ReplicaWatch({ system, logger, metrics, alerts });
  alerts.addWatcher(replicaWatch);
  alerts.addWatcher({ onAlertChange() {}, onAlertRemoved: ({ fingerprint }) => silences.forgetAlert(fingerprint) });
  stops.push({ part: 'notifications', stop: () => pipeline.stop(DRAIN_MS) });
  stops.push({ part: 'dispatcher', stop: () => dispatcher.stop() });

  const reload = oneAtATime(async (): Promise<ReloadResult> => {
    const next = await source.read();
    source.note(next, system.now());
    if (!next.ok) {
      const message = formatConfigErrors(flags.configFile, next.errors);
      history.onConfiguration(next, message);
      logger.error({ error: message }, 'The configuration could not be loaded; the one in force stays');
      return { ok: false, message };
    }
    const previous = configured;
    configured = next.configured;
    alerts.setResolveTimeout(configured.config.global.resolveTimeoutMs);
    inhibitor.useRules(configured.config.inhibitRules);
    pipeline.useConfig(configured.pipeline);
    configured.start();
    // What ran out while nobody listened must not look over to the new groups.
    clockWatch.check();
    dispatcher.reload(configured.tree, system.now());
    history.onConfiguration(next, `${flags.configFile} was read again`);
    logger.info({ file: flags.configFile }, 'Configuration reloaded');
    // Not waited for: a receiver that hangs may not hold up the reload that mends it.
    void previous
      .close()
      .catch((cause: unknown) => logger.warn({ err: cause }, 'A replaced receiver did not close cleanly'));
    return { ok: true };
  });

  const reportParts = (of: Cluster): ClusterReportDependencies => ({
    system: dependencies.system,
    cluster: of,
    log,
    groups: () => dispatcher.groups(),
    targets: (receiver) => pipeline.targets(receiver),
  });
  const receiverParts = { system, cluster, targets: () => configured.pipeline.targets };
  answerReceiverQuestions(receiverParts);
  let ready = false;
  let stopping = false;
  const node: ApiNode = {
    config: () => configured.config,
    status: () => nodeStatus({ flags, name: nodeName, id: cluster?.self, source, disk, historyBytes: history.bytes }),
    cluster: () => apiCluster(cluster),
    clusterReport: async (pace) => cluster && reportCluster(reportParts(cluster), pace),
    hints: () => replicaWatch.hints(),
    isReady: () => ready,
    untilTimeKnown: () => cluster?.untilTimeKnown(),
    reload,
    startedAtMs: started.wallMs,
    receiversReport: (signal) => reportReceivers(receiverParts, { name: nodeName, signal }),
    async testReceiver(name, signal) {
      if (!configured.config.receivers.some((receiver) => receiver.name === name)) return undefined;
      return testReceiver({ system, targets: pipeline.targets(name), externalURL: externalURL() }, name, signal);
    },
  };
  const groupViews = new GroupViews({
    dispatcher,
    getAlert: (fingerprint) => alerts.get(fingerprint),
    pipelineConfig: () => configured.pipeline,
  });
  const firingGroups = new FiringGroups(
    {
      dispatcher,
      log,
      pipelineConfig: () => configured.pipeline,
      lastFailure: (groupKey, receiverKey) => lastFailures.of(groupKey, receiverKey),
      nodeName: nodeNames(cluster, nodeName),
    },
    { self: cluster?.self ?? hostname() },
  );
  const explainer = new Explainer({
    ...{ dispatcher, log, silences },
    inhibition: (alert, now) => inhibitor.inhibition(alert, now),
    getAlert: (fingerprint) => alerts.get(fingerprint),
    pipelineConfig: () => configured.pipeline,
  });
  const firing: ApiFiring = {
    alert: (fingerprint) => alerts.get(fingerprint),
    groups: (now) => firingGroups.groups(now),
    quietSinceMs: (now) => lastEnd.quietSinceMs(now),
    explain: (labels, now) => explainer.explain(labels, now),
  };
  const apiAlerts: ApiAlerts = {
    values: () => alerts.values(),
    put(posted, now, options) {
      // First: what was set right or lost since the last beat concerns the alerts known before, not these.
      clockWatch.check();
      return alerts.put(posted, now, options);
    },
  };
  const routing = apiRouting({ configured: () => configured, dispatcher, source });
  const api = createApiApp(
    {
      alerts: apiAlerts,
      silences,
      inhibitor,
      dispatcher: groupViews,
      firing,
      routing,
      events: history.feed,
      history: history.record,
      node,
      metrics,
      system,
      logger,
    },
    {
      nodeName,
      ...(flags.webExternalUrl !== undefined && { externalURL: flags.webExternalUrl }),
      routePrefix: flags.webRoutePrefix,
      getConcurrency: flags.webGetConcurrency,
      timeoutMs: flags.webTimeoutMs,
      matcherSyntax: flags.matcherMode === 'utf8-strict' ? 'utf8' : flags.matcherMode,
    },
  );
  const server = await listen(api, { system, logger, metrics, ...access }, { addresses: flags.webListenAddresses });
  addresses = server.addresses.map(({ text }) => text);
  stops.push({ part: 'HTTP server', stop: () => server.stop() });
  // An answer that never ends would hold that up.
  stops.push({ part: 'event streams', stop: () => history.stopWatchers() });
  for (const address of addresses) logger.info({ address }, 'Listening on');

  const begin = () => {
    configured.start();
    if (cluster) {
      const keeper = leaseKeeper(
        { system, logger, metrics, alerts, cluster, beforeScan: () => clockWatch.check() },
        { expectedPeers: dependencies.cluster?.expectedPeers ?? 0 },
      );
      alerts.addWatcher(keeper);
      keeper.start();
      stops.push({ part: 'leases', stop: () => keeper.stop() });
      const watch = new ClusterWatch({ system: dependencies.system, cluster, selfAlerts });
      watch.start();
      stops.push({ part: 'cluster watch', stop: () => watch.stop() });
    }
    dispatcher.start(system.now(), { startDelayMs: flags.dispatchStartDelayMs });
    clockWatch.start();
    stops.push({ part: 'clock watch', stop: () => clockWatch.stop() });
    replicaWatch.start();
    stops.push({ part: 'replica watch', stop: () => replicaWatch.stop() });
    stops.push({ part: 'maintenance', stop: startMaintenance({ system, logger, metrics, state, dispatcher }, flags) });
    if (damage) selfAlerts.raise(storeDamaged(damage));
    ready = true;
    history.onStarted();
    logger.info(
      {
        alerts: alerts.size,
        groups: dispatcher.groupCount,
        readyAfterMs: Math.round(system.now().monotonicMs - started.monotonicMs),
      },
      'Ready',
    );
  };
  if (cluster) {
    log.onClaim((made) => dispatcher.hear(made));
    answerLeaseQuestions(cluster, alerts);
    // Alerts are taken from the first moment; what to do about them waits until this node knows what its peers know.
    cluster.start().then(
      () => {
        if (!stopping) begin();
      },
      (cause: unknown) => logger.error({ err: cause }, 'The cluster could not be joined'),
    );
    // First of all, so that the others take over what comes from now on.
    stops.push({ part: 'place in the line', stop: () => cluster.membership.setSettled(false) });
  } else begin();
  return {
    addresses,
    fetch: async (request) => api.fetch(request),
    reload,
    async stop() {
      ready = false;
      stopping = true;
      history.onStopping();
      await stopAll(stops, logger);
      logger.info('Stopped');
    },
  };
}

/** Checkers may have spoken unheard: no alert may run out because this node was not listening. */
function disturbanceAnswer(parts: {
  logger: Logger;
  metrics: Metrics;
  alerts: AlertStore;
  cluster: Cluster | undefined;
  history: NodeHistory;
}): (disturbance: Disturbance, now: Now) => void {
  return (disturbance, now) => {
    parts.history.onDisturbance(disturbance);
    if (disturbance.kind === 'stall') {
      parts.metrics.eventLoopStallsTotal.inc();
      parts.cluster?.noteStall(now);
      parts.logger.warn(disturbance, 'This process stood still; timers and sockets are catching up');
    } else {
      parts.logger.warn(disturbance, 'The wall clock was set; ends of silences and time intervals moved with it');
    }
    const { kind: reason, sinceWallMs } = disturbance;
    parts.metrics.leaseExtensionsTotal.inc(parts.alerts.extendLeases(now, { reason, sinceWallMs }));
  };
}

function portOf(address: string | undefined): string {
  return address?.slice(address.lastIndexOf(':') + 1) ?? '';
}
