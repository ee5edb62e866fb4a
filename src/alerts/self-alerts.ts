/**
 * What is wrong with this node becomes an ordinary alert: routed, grouped, silenced and told like any other. It fires for
 * as long as the condition stands, and runs out by itself if the node dies.
 */
import { type Alert, isResolved } from '../model/alert.ts';
import { fingerprint, type Labels, sortedLabels } from '../model/labels.ts';
import type { System, Timer } from '../system.ts';
import type { AlertStore } from './alert-store.ts';

export interface Condition {
  readonly alertname: string;
  readonly severity: 'interesting' | 'important' | 'urgent';
  readonly summary: string;
  /** What is wrong and what to do. */
  readonly description: string;
}

const REFRESH_MS = 60_000;
const LEASE_MS = 4 * REFRESH_MS;

export class SelfAlerts {
  readonly #alerts: AlertStore;
  readonly #system: System;
  readonly #instance: string;
  readonly #standing = new Map<string, { readonly condition: Condition; readonly startsAtMs: number }>();
  #timer: Timer | undefined;

  constructor(dependencies: { alerts: AlertStore; system: System }, options: { instance: string }) {
    this.#alerts = dependencies.alerts;
    this.#system = dependencies.system;
    this.#instance = options.instance;
  }

  /** A condition that stands already keeps its start. */
  raise(condition: Condition): void {
    if (this.#standing.has(condition.alertname)) return;
    this.#standing.set(condition.alertname, { condition, startsAtMs: this.#system.now().wallMs });
    this.#refresh();
  }

  clear(alertname: string): void {
    const standing = this.#standing.get(alertname);
    if (!standing) return;
    this.#standing.delete(alertname);
    this.#post(standing, 0);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #refresh(): void {
    this.#timer?.cancel();
    if (this.#standing.size === 0) return;
    for (const standing of this.#standing.values()) this.#post(standing, LEASE_MS);
    this.#timer = this.#system.setTimer(REFRESH_MS, () => this.#refresh());
  }

  #post({ condition, startsAtMs }: { condition: Condition; startsAtMs: number }, leaseMs: number): void {
    const now = this.#system.now();
    const { alertname, severity, summary, description } = condition;
    const labels: Labels = sortedLabels({ alertname, instance: this.#instance, severity });
    const alert: Alert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: { description, summary },
      generatorURL: '',
      startsAtMs: Math.min(startsAtMs, now.wallMs),
      endsAtMs: now.wallMs + leaseMs,
      timeout: false,
      updatedAtMs: now.wallMs,
      receivedAtMs: now.wallMs,
    };
    const known = this.#alerts.get(alert.fingerprint);
    if (leaseMs === 0 && (!known || isResolved(known, now.wallMs))) return;
    // The store keeps it in memory at once; whether the disk took it is what the disk itself reports.
    void this.#alerts.put([alert], now, { by: 'this node' });
  }
}
