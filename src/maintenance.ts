/** The background tasks that keep memory and disk bounded: what is over and told is forgotten after a while. */
import type { Logger } from 'pino';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { ServerFlags } from './flags.ts';
import type { Metrics } from './metrics.ts';
import { Periodic } from './periodic.ts';
import type { NodeState } from './state/node-state.ts';
import type { System } from './system.ts';

export interface MaintenanceDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'silencesGcDurationSeconds' | 'nflogGcDurationSeconds'>;
  readonly state: NodeState;
  readonly dispatcher: Dispatcher;
}

/** Returns the way to stop it. */
export function startMaintenance(
  { system, logger, metrics, state, dispatcher }: MaintenanceDependencies,
  flags: Pick<ServerFlags, 'alertsGcIntervalMs' | 'dataMaintenanceIntervalMs'>,
): () => void {
  const periodic = new Periodic({ system, logger });
  const timed = async (summary: { observe(seconds: number): void }, task: () => Promise<void>) => {
    const startedMs = system.now().monotonicMs;
    await task();
    summary.observe((system.now().monotonicMs - startedMs) / 1000);
  };
  periodic.every(flags.alertsGcIntervalMs, 'collect ended alerts', () =>
    state.alerts.collectGarbage(system.now(), (fingerprint) => dispatcher.holds(fingerprint)),
  );
  periodic.every(flags.dataMaintenanceIntervalMs, 'collect expired silences', () =>
    timed(metrics.silencesGcDurationSeconds, () => state.silences.collectGarbage(system.now())),
  );
  periodic.every(flags.dataMaintenanceIntervalMs, 'collect the notification log', () =>
    timed(metrics.nflogGcDurationSeconds, () => {
      const living = dispatcher.groupKeys();
      const isGone = (groupKey: string) => !living.has(groupKey);
      return state.log.collectGarbage(system.now(), { isGone });
    }),
  );
  return () => periodic.stop();
}
