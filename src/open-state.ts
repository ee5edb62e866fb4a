/**
 * Opens a node's store and reads its state, or what could be saved of it; and says aloud what is wrong with the disk, as a
 * number and as an alert.
 */
import { hostname } from 'node:os';
import type { Cluster } from '../cluster/cluster.ts';
import type { DiskHealth, TextStore } from '../cluster/disk.ts';
import { type OpenedStore, openStore } from '../cluster/store.ts';
import { storageFailing } from './alerts/conditions.ts';
import type { SelfAlerts } from './alerts/self-alerts.ts';
import type { AppDependencies } from './app.ts';
import type { ServerFlags } from './flags.ts';
import type { Metrics } from './metrics.ts';
import { loadNodeState, type NodeState } from './state/node-state.ts';
import type { SilencesOptions } from './state/silences.ts';
import type { System } from './system.ts';

/** Loads the state from disk, or from what could be saved of it. `system` has the cluster's wall clock. */
export async function openState(
  { system: machine, logger, openStore: openGivenStore }: AppDependencies,
  system: System,
  options: {
    flags: ServerFlags;
    metrics: Metrics;
    resolveTimeoutMs: number;
    onDiskHealthChange: (health: DiskHealth) => void;
    boot: string;
    cluster: Cluster | undefined;
    onSilenceChange?: SilencesOptions['onChange'];
  },
): Promise<{ state: NodeState; damage: OpenedStore['damage'] }> {
  const { flags, metrics, resolveTimeoutMs, onDiskHealthChange, boot, cluster } = options;
  metrics.alertsPerAlertLimit.set(flags.alertsPerAlertnameLimit);
  let state: NodeState | undefined;
  const load = async (store: TextStore) => {
    state = await loadNodeState({ system, machine, logger }, store, {
      alerts: {
        resolveTimeoutMs,
        perAlertnameLimit: flags.alertsPerAlertnameLimit,
        onLimited: () => metrics.alertsLimitedTotal.inc(),
      },
      silences: {
        retentionMs: flags.dataRetentionMs,
        maxSilences: flags.silencesMaxSilences,
        maxSilenceSizeBytes: flags.silencesMaxSilenceSizeBytes,
        labelNameMode: flags.matcherMode === 'classic' ? 'classic' : 'utf8',
        onChange: options.onSilenceChange,
      },
      node: cluster?.self ?? hostname(),
      boot,
      peers: cluster,
      onDiskHealthChange,
      onDiskWritten: (durationMs) => metrics.storageWriteDurationSeconds.observe(durationMs / 1000),
    });
  };
  const opened = openGivenStore
    ? await openGivenStore(load)
    : await openStore({ logger }, { directory: flags.storagePath, nowMs: system.now().wallMs, load });
  if (!state) throw new Error('the store was opened but not read');
  if (opened.damage?.repaired) {
    const kept = {
      alerts: state.alerts.size,
      silences: [...state.silences.values()].length,
      logEntries: state.log.size,
    };
    logger.warn(kept, 'This is what was kept of the damaged store');
  }
  return { state, damage: opened.damage };
}

/** A disk in trouble is counted and becomes an alert, told over the same channels as any other. */
export class DiskReport {
  readonly #metrics: Metrics;
  readonly #selfAlerts: SelfAlerts;
  /** '' while the disk is well. */
  error = '';

  constructor({ metrics, selfAlerts }: { metrics: Metrics; selfAlerts: SelfAlerts }) {
    this.#metrics = metrics;
    this.#selfAlerts = selfAlerts;
  }

  note({ healthy, cause }: DiskHealth): void {
    this.#metrics.storageHealthy.set(healthy ? 1 : 0);
    this.error = healthy ? '' : cause instanceof Error ? cause.message : String(cause);
    if (healthy) {
      this.#selfAlerts.clear(storageFailing(cause));
      return;
    }
    this.#metrics.storageWriteFailuresTotal.inc();
    this.#selfAlerts.raise(storageFailing(cause));
  }
}
