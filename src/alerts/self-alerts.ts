/**
 * What is wrong with this node, or with the cluster it is one of, becomes an ordinary alert: routed, grouped, silenced and
 * told like any other. It fires for as long as the condition stands, and runs out by itself if the node dies.
 */
import { type Alert, isResolved } from '../model/alert.ts';
import { fingerprint, type Labels, sortedLabels } from '../model/labels.ts';
import type { System, Timer } from '../system.ts';
import type { AlertStore } from './alert-store.ts';

export interface Condition {
  readonly alertname: string;
  readonly severity: 'interesting' | 'important' | 'urgent';
  /** Whom it is about, the same on every node that says it; by default this node, as `instance`. */
  readonly about?: Labels;
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
  /** By fingerprint. */
  readonly #standing = new Map<string, { readonly condition: Condition; readonly startsAtMs: number }>();
  #timer: Timer | undefined;

  constructor(dependencies: { alerts: AlertStore; system: System }, options: { instance: string }) {
    this.#alerts = dependencies.alerts;
    this.#system = dependencies.system;
    this.#instance = options.instance;
  }

  /** A condition that stands already keeps its start and takes the new words with its next refresh. */
  raise(condition: Condition): void {
    const key = fingerprint(this.#labels(condition));
    const standing = this.#standing.get(key);
    this.#standing.set(key, { condition, startsAtMs: standing?.startsAtMs ?? this.#system.now().wallMs });
    if (!standing) this.#refresh();
  }

  /** It is over, whoever raised it. */
  clear(condition: Condition): void {
    const key = fingerprint(this.#labels(condition));
    const startsAtMs = this.#alerts.get(key)?.startsAtMs;
    const standing = this.#standing.get(key) ?? (startsAtMs !== undefined && { condition, startsAtMs });
    this.#standing.delete(key);
    if (standing) this.#post(standing, 0);
  }

  /** Another node says it from now on. */
  handOver(condition: Condition): void {
    this.#standing.delete(fingerprint(this.#labels(condition)));
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

  #labels({ alertname, severity, about = { instance: this.#instance } }: Condition): Labels {
    return sortedLabels({ alertname, severity, ...about });
  }

  #post({ condition, startsAtMs }: { condition: Condition; startsAtMs: number }, leaseMs: number): void {
    const now = this.#system.now();
    const { summary, description } = condition;
    const labels = this.#labels(condition);
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
