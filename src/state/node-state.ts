/** The replicated state of a node on its disk, loaded: alerts, silences and the notification log stand on one store. */
import type { Logger } from 'pino';
import { Disk, type DiskHealth, type TextStore } from '../../cluster/disk.ts';
import type { ReplicaPeers } from '../../cluster/shared-replica.ts';
import { HybridClock, writerOf } from '../../cluster/version.ts';
import { AlertStore, type AlertStoreOptions } from '../alerts/alert-store.ts';
import type { System } from '../system.ts';
import { NotificationLog } from './notification-log.ts';
import { Silences, type SilencesOptions } from './silences.ts';

export interface NodeState {
  readonly disk: Disk;
  readonly alerts: AlertStore;
  readonly silences: Silences;
  readonly log: NotificationLog;
}

export interface NodeStateOptions {
  /** Who writes the versions of what this node says. */
  readonly node: string;
  readonly boot: string;
  /** Undefined: alone. */
  readonly peers?: ReplicaPeers | undefined;
  readonly alerts: AlertStoreOptions;
  readonly silences: SilencesOptions;
  readonly onDiskHealthChange: (health: DiskHealth) => void;
  readonly onDiskWritten: (durationMs: number) => void;
}

/**
 * Reads the whole store. `system` has the cluster's wall clock, `machine` that of this machine, which goes on over a restart.
 * @throws if it cannot be read through; then nothing of it is used.
 */
export async function loadNodeState(
  { system, machine, logger }: { system: System; machine: System; logger: Logger },
  store: TextStore,
  options: NodeStateOptions,
): Promise<NodeState> {
  const disk = new Disk({
    store,
    system,
    logger,
    onHealthChange: options.onDiskHealthChange,
    onWritten: options.onDiskWritten,
  });
  const { node, boot, peers } = options;
  const versions = new HybridClock(writerOf(node, boot));
  const dependencies = { disk, system, logger, versions, node, peers };
  const alerts = new AlertStore(dependencies, { retentionMs: options.silences.retentionMs, ...options.alerts });
  const silences = new Silences(dependencies, options.silences);
  const log = new NotificationLog({ ...dependencies, system: machine }, { retentionMs: options.silences.retentionMs });
  const now = system.now();
  await silences.load();
  await log.load(now);
  await alerts.load(now);
  return { disk, alerts, silences, log };
}
