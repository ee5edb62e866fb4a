/** Notes what becomes of alerts, whoever said so. */
import type { AlertChange, AlertSource, AlertWatcher } from '../alerts/alert-store.ts';
import type { Alert } from '../model/alert.ts';
import type { Now } from '../model/now.ts';
import { type Notes, shortened } from './event.ts';

export interface AlertNotesDependencies {
  readonly notes: Notes;
  /** Its name, by its id. */
  readonly nameOf: (node: string) => string | undefined;
}

export class AlertNotes implements AlertWatcher {
  readonly #notes: Notes;
  readonly #nameOf: AlertNotesDependencies['nameOf'];

  constructor({ notes, nameOf }: AlertNotesDependencies) {
    this.#notes = notes;
    this.#nameOf = nameOf;
  }

  onAlertChange(alert: Alert, change: AlertChange, _now: Now, from: AlertSource): void {
    this.#note(alert, change, from);
  }

  onAlertRunOut(alert: Alert): void {
    this.#note(alert, 'ended', { by: 'this node' });
  }

  onAlertRemoved(): void {
    this.#notes.changed('alerts');
  }

  #note({ fingerprint, labels }: Alert, change: AlertChange, from: AlertSource): void {
    this.#notes.note('alert', () => ({ kind: 'alert', change, fingerprint, labels, from: this.#who(from) }));
    this.#notes.changed('alerts');
  }

  #who(from: AlertSource): string {
    if (from.by === 'this node') return from.by;
    if (from.by === 'checker') return shortened(`checker ${from.client}`.trim(), 250);
    return shortened(`peer ${this.#nameOf(from.node) ?? from.node}`, 250);
  }
}
