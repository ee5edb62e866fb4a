/** Puts together what a node says of itself. */
import type { NodeStatus } from './api/node-status.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { type ServerFlags, version } from './flags.ts';
import type { DiskReport } from './open-state.ts';

export function nodeStatus({
  flags,
  name,
  id = name,
  source,
  disk,
  historyBytes = null,
}: {
  flags: Pick<ServerFlags, 'shown' | 'configFile'>;
  name: string;
  /** In the cluster. */
  id: string | undefined;
  source: ConfigurationSource;
  disk: Pick<DiskReport, 'error'>;
  historyBytes: number | undefined | null;
}): NodeStatus {
  return {
    ...{ id, name, version },
    flags: flags.shown,
    configFile: flags.configFile,
    configLoadedAtMs: source.loadedAtMs,
    lastReload: source.lastReload,
    configWarnings: source.warnings,
    storage: { isHealthy: disk.error === '', error: disk.error, historyBytes },
  };
}
