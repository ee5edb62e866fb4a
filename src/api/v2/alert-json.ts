/**
 * Alerts as JSON text. It is put together from pieces, in the order Alertmanager's clients have always seen the fields,
 * because building and stringifying an object for each of many thousand alerts costs several times as much.
 */
import type { Alert } from '../../model/alert.ts';
import type { Now } from '../../model/now.ts';
import { formatApiTimestamp } from '../../model/timestamp.ts';
import type { ApiInhibitor, ApiSilences } from '../dependencies.ts';

export interface Suppression {
  readonly silencedBy: readonly string[];
  /** At most one. */
  readonly inhibitedBy: readonly string[];
}

const NONE: readonly string[] = [];

/** Looked up for this instant, so it does not depend on whether the alert's group has been flushed since. */
export function suppressionOf(
  alert: Alert,
  now: Now,
  by: { readonly silences: ApiSilences; readonly inhibitor: ApiInhibitor },
): Suppression {
  const inhibitor = by.inhibitor.inhibitedBy(alert, now);
  return {
    silencedBy: by.silences.silencedBy(alert, now),
    inhibitedBy: inhibitor === undefined ? NONE : [inhibitor],
  };
}

export function isSuppressed(suppression: Suppression): boolean {
  return suppression.silencedBy.length > 0 || suppression.inhibitedBy.length > 0;
}

/** Writes the alerts of one answer; keeps what many of them share. */
export class AlertWriter {
  readonly #instants = new Map<number, string>();
  readonly #receivers = new Map<string, string>();

  write(alert: Alert, receivers: readonly string[], status: Suppression & { mutedBy?: readonly string[] }): string {
    const { silencedBy, inhibitedBy, mutedBy = NONE } = status;
    const isActive = silencedBy.length === 0 && inhibitedBy.length === 0 && mutedBy.length === 0;
    const generatorURL = alert.generatorURL === '' ? '' : `"generatorURL":${JSON.stringify(alert.generatorURL)},`;
    return (
      `{"annotations":${JSON.stringify(alert.annotations)},` +
      `"endsAt":"${this.#instant(alert.endsAtMs, alert.endsAtText)}",` +
      `"fingerprint":"${alert.fingerprint}",` +
      `"receivers":${this.#receiverList(receivers)},` +
      `"startsAt":"${this.#instant(alert.startsAtMs, alert.startsAtText)}",` +
      `"status":{"inhibitedBy":${strings(inhibitedBy)},"mutedBy":${strings(mutedBy)},` +
      `"silencedBy":${strings(silencedBy)},"state":"${isActive ? 'active' : 'suppressed'}"},` +
      `"updatedAt":"${this.#instant(alert.updatedAtMs, undefined)}",` +
      `${generatorURL}"labels":${JSON.stringify(alert.labels)}}`
    );
  }

  #instant(atMs: number, text: string | undefined): string {
    if (text !== undefined) return formatApiTimestamp(atMs, text);
    let written = this.#instants.get(atMs);
    if (written === undefined) {
      written = formatApiTimestamp(atMs);
      this.#instants.set(atMs, written);
    }
    return written;
  }

  #receiverList(receivers: readonly string[]): string {
    let list = '';
    for (const receiver of receivers) {
      let written = this.#receivers.get(receiver);
      if (written === undefined) {
        written = JSON.stringify({ name: receiver });
        this.#receivers.set(receiver, written);
      }
      list = list === '' ? written : `${list},${written}`;
    }
    return `[${list}]`;
  }
}

function strings(list: readonly string[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(list);
}
