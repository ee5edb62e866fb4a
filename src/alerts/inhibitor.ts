/**
 * Inhibition: an alert is not told while another, that explains it, fires. Every firing source counts (Alertmanager keeps
 * one per equal-set and forgets the rest). Silenced and inhibited alerts inhibit, too.
 */
import type { InhibitRule } from '../config/config.ts';
import { type Alert, isResolved } from '../model/alert.ts';
import { type Labels, labelValue } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Now } from '../model/now.ts';
import type { AlertChange, AlertStore, AlertWatcher } from './alert-store.ts';

export interface Inhibition {
  /** Of the firing alert that inhibits. */
  readonly fingerprint: string;
  readonly rule: InhibitRule;
}

interface Rule {
  readonly config: InhibitRule;
  /** By the values of the `equal` labels. */
  readonly sources: Map<string, Sources>;
}

/** Fingerprints of alerts that match the source side, apart by whether they match the target side, too. */
interface Sources {
  readonly alsoTargets: Set<string>;
  readonly sourcesOnly: Set<string>;
}

export class Inhibitor implements AlertWatcher {
  readonly #alerts: AlertStore;
  #rules: readonly Rule[] = [];

  constructor(dependencies: { alerts: AlertStore }) {
    this.#alerts = dependencies.alerts;
  }

  /** Replaces the rules and indexes every alert of the store. */
  useRules(rules: readonly InhibitRule[]): void {
    this.#rules = rules.map((config) => ({ config, sources: new Map() }));
    for (const alert of this.#alerts.values()) this.#index(alert);
  }

  get ruleCount(): number {
    return this.#rules.length;
  }

  onAlertChange(alert: Alert, change: AlertChange, _now: Now): void {
    if (change === 'ended') this.onAlertRemoved(alert);
    else this.#index(alert);
  }

  onAlertRemoved(alert: Alert): void {
    for (const { config, sources } of this.#rules) {
      if (!matchesAll(config.sourceMatchers, alert.labels)) continue;
      const key = equalKey(config.equal, alert.labels);
      const found = sources.get(key);
      found?.alsoTargets.delete(alert.fingerprint);
      found?.sourcesOnly.delete(alert.fingerprint);
      if (found && found.alsoTargets.size + found.sourcesOnly.size === 0) sources.delete(key);
    }
  }

  /** The fingerprint of a firing alert that inhibits this one, by the first rule that has one. */
  inhibitedBy(alert: Pick<Alert, 'labels'>, now: Now): string | undefined {
    return this.inhibition(alert, now)?.fingerprint;
  }

  /** The same, and the rule. */
  inhibition(alert: Pick<Alert, 'labels'>, now: Now): Inhibition | undefined {
    for (const { config, sources } of this.#rules) {
      if (sources.size === 0 || !matchesAll(config.targetMatchers, alert.labels)) continue;
      const candidates = sources.get(equalKey(config.equal, alert.labels));
      if (!candidates) continue;
      const found = this.#firstFiring(candidates.sourcesOnly, now);
      if (found !== undefined) return { fingerprint: found, rule: config };
      // An alert that is both source and target is not inhibited by another such: they would silence each other.
      if (candidates.alsoTargets.size === 0 || matchesAll(config.sourceMatchers, alert.labels)) continue;
      const both = this.#firstFiring(candidates.alsoTargets, now);
      if (both !== undefined) return { fingerprint: both, rule: config };
    }
    return undefined;
  }

  #firstFiring(fingerprints: ReadonlySet<string>, now: Now): string | undefined {
    for (const fingerprint of fingerprints) {
      const source = this.#alerts.get(fingerprint);
      if (source && !isResolved(source, now.wallMs)) return fingerprint;
    }
    return undefined;
  }

  #index(alert: Alert): void {
    for (const { config, sources } of this.#rules) {
      if (!matchesAll(config.sourceMatchers, alert.labels)) continue;
      const key = equalKey(config.equal, alert.labels);
      const known = sources.get(key) ?? { alsoTargets: new Set(), sourcesOnly: new Set() };
      sources.set(key, known);
      const isTarget = matchesAll(config.targetMatchers, alert.labels);
      (isTarget ? known.alsoTargets : known.sourcesOnly).add(alert.fingerprint);
    }
  }
}

/** A missing label equals an empty one. */
function equalKey(equal: readonly string[], labels: Labels): string {
  if (equal.length === 1) return labelValue(labels, equal[0] ?? '');
  return JSON.stringify(equal.map((name) => labelValue(labels, name)));
}
