/** The most firing alerts of one name: a checker gone wild must not fill the memory. What peers have taken only counts. */
import { type Alert, isResolved } from '../model/alert.ts';
import { labelValue } from '../model/labels.ts';
import type { Now } from '../model/now.ts';

export class AlertnameLimit {
  readonly #get: (fingerprint: string) => Alert | undefined;
  readonly #most: number;
  readonly #onLimited: () => void;
  /** Fingerprints by alertname, kept only if there is a limit. */
  readonly #byAlertname = new Map<string, Set<string>>();

  /** @param most 0 is unlimited */
  constructor(
    get: (fingerprint: string) => Alert | undefined,
    { most, onLimited }: { most: number; onLimited: () => void },
  ) {
    this.#get = get;
    this.#most = most;
    this.#onLimited = onLimited;
  }

  /** Why a post is not taken; undefined if it is. */
  refusal(stored: Alert | undefined, incoming: Alert, now: Now): string | undefined {
    if (this.#most <= 0) return undefined;
    const isFiringAlready = stored !== undefined && !isResolved(stored, now.wallMs);
    if (isFiringAlready || isResolved(incoming, now.wallMs)) return undefined;
    const alertname = labelValue(incoming.labels, 'alertname');
    const known = this.#byAlertname.get(alertname);
    if (!known || known.size < this.#most) return undefined;
    for (const fingerprint of known) {
      const alert = this.#get(fingerprint);
      if (!alert || isResolved(alert, now.wallMs)) known.delete(fingerprint);
    }
    if (known.size < this.#most) return undefined;
    this.#onLimited();
    return `more than ${this.#most} firing alerts named ${JSON.stringify(alertname)}: see --alerts.per-alertname-limit`;
  }

  count(alert: Alert): void {
    if (this.#most <= 0) return;
    const alertname = labelValue(alert.labels, 'alertname');
    const known = this.#byAlertname.get(alertname);
    if (known) known.add(alert.fingerprint);
    else this.#byAlertname.set(alertname, new Set([alert.fingerprint]));
  }

  forget({ labels, fingerprint }: Alert): void {
    this.#byAlertname.get(labelValue(labels, 'alertname'))?.delete(fingerprint);
  }
}
