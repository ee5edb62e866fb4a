/**
 * Watches for a Prometheus pair whose alerts differ in one label, so that all is told twice, and says which label that is and
 * what to write into prometheus.yml. It looks in the background at a bounded number of alerts, the newest, and not at all
 * while nothing changes; a refresh costs nothing.
 */
import type { Logger } from 'pino';
import type { AlertStore, AlertWatcher } from './alerts/alert-store.ts';
import { type SuspectedReplicaLabel, suspectReplicaLabels } from './alerts/replica-label.ts';
import type { ClusterHint } from './api/dependencies.ts';
import { SliceQueue } from './api/pacer.ts';
import type { Metrics } from './metrics.ts';
import { type Alert, isResolved } from './model/alert.ts';
import { formatLabels } from './model/labels.ts';
import { Periodic } from './periodic.ts';
import type { System } from './system.ts';

const LOOK_EVERY_MS = 10_000;
/** Twins come within a minute of each other, so the newest alerts hold both, however many there are. */
const MOST_LOOKED_AT = 4_096;
/** Of one label. */
const SAY_EVERY_MS = 3_600_000;

export interface ReplicaWatchDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'replicaLabelSuspected'>;
  readonly alerts: Pick<AlertStore, 'get' | 'values'>;
}

export class ReplicaWatch implements AlertWatcher {
  readonly #dependencies: ReplicaWatchDependencies;
  readonly #slices: SliceQueue;
  readonly #periodic: Periodic;
  /** Fingerprints of the alerts that began to fire last; the oldest is overwritten. */
  readonly #newest: string[] = [];
  #next = 0;
  #hasChanged = true;
  #suspected: readonly SuspectedReplicaLabel[] = [];
  readonly #saidMs = new Map<string, number>();

  constructor(dependencies: ReplicaWatchDependencies) {
    this.#dependencies = dependencies;
    this.#slices = new SliceQueue(dependencies.system);
    this.#periodic = new Periodic(dependencies);
  }

  /** With the alerts known by then; later ones are heard of. */
  start(): void {
    for (const { fingerprint } of this.#dependencies.alerts.values()) this.#remember(fingerprint);
    this.#periodic.every(LOOK_EVERY_MS, 'look for replica labels', () => this.#look());
  }

  stop(): void {
    this.#periodic.stop();
  }

  onAlertChange({ fingerprint }: Alert, change: 'new' | 'ended' | 'firing again'): void {
    this.#hasChanged = true;
    if (change !== 'ended') this.#remember(fingerprint);
  }

  hints(): readonly ClusterHint[] {
    return this.#suspected.map(hintOf);
  }

  #remember(fingerprint: string): void {
    this.#newest[this.#next] = fingerprint;
    this.#next = (this.#next + 1) % MOST_LOOKED_AT;
  }

  async #look(): Promise<void> {
    // While something is suspected its alerts may run out, of which nobody hears.
    if (!this.#hasChanged && this.#suspected.length === 0) return;
    this.#hasChanged = false;
    const { system, alerts, metrics, logger } = this.#dependencies;
    const { wallMs, monotonicMs } = system.now();
    const firing = [...new Set(this.#newest)].flatMap((fingerprint) => {
      const alert = alerts.get(fingerprint);
      return alert && !isResolved(alert, wallMs) ? [alert] : [];
    });
    this.#suspected = await suspectReplicaLabels(firing, this.#slices.pacer());
    metrics.replicaLabelSuspected.reset();
    for (const [label, saidMs] of this.#saidMs) if (monotonicMs - saidMs >= SAY_EVERY_MS) this.#saidMs.delete(label);
    for (const suspected of this.#suspected) {
      const { label, values, twins, example } = suspected;
      metrics.replicaLabelSuspected.set({ label }, twins);
      if (this.#saidMs.has(label)) continue;
      this.#saidMs.set(label, monotonicMs);
      logger.warn({ label, values, alerts: twins, example: formatLabels(example) }, hintOf(suspected).text);
    }
  }
}

function hintOf({ label, values, twins, example }: SuspectedReplicaLabel): ClusterHint {
  return {
    kind: 'replica label',
    label,
    values,
    alerts: twins,
    example,
    text: `Checkers post the same alerts with another ${label} each, so all is told once for each of them. Have all of these Prometheus servers drop the label from what they send: alert_relabel_configs with regex ${relabelRegex(label)} and action labeldrop, under alerting in prometheus.yml`,
    prometheusConfig: `alerting:\n  alert_relabel_configs:\n    - regex: ${yamlText(relabelRegex(label))}\n      action: labeldrop\n`,
  };
}

/** Prometheus anchors it. */
function relabelRegex(label: string): string {
  return label.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function yamlText(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
