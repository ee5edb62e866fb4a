/**
 * Since when nothing fires: the latest end among the alerts the store knows and those it has forgotten since this node
 * began. What ended before that, and is forgotten, nobody here knows; then it is quiet since the node began, as far as it can say.
 */
import { type Alert, isResolved } from '../model/alert.ts';
import type { Now } from '../model/now.ts';
import type { AlertStore, AlertWatcher } from './alert-store.ts';

export class LastEnd implements AlertWatcher {
  readonly #alerts: Pick<AlertStore, 'values'>;
  readonly #startedAtMs: number;
  #forgottenEndMs: number | undefined;

  constructor(dependencies: { alerts: Pick<AlertStore, 'values'> }, options: { startedAtMs: number }) {
    this.#alerts = dependencies.alerts;
    this.#startedAtMs = options.startedAtMs;
  }

  onAlertChange(): void {}

  onAlertRemoved({ endsAtMs }: Alert): void {
    this.#forgottenEndMs = Math.max(endsAtMs, this.#forgottenEndMs ?? endsAtMs);
  }

  /** On the wall clock; undefined while something fires. */
  quietSinceMs(now: Now): number | undefined {
    let lastEndMs = this.#forgottenEndMs;
    for (const alert of this.#alerts.values()) {
      if (!isResolved(alert, now.wallMs)) return undefined;
      lastEndMs = Math.max(alert.endsAtMs, lastEndMs ?? alert.endsAtMs);
    }
    return Math.min(lastEndMs ?? this.#startedAtMs, now.wallMs);
  }
}
