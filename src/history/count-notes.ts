/** Notes once a minute what fires, by severity: what charts of the past are drawn from. */
import { type Alert, isResolved } from '../model/alert.ts';
import { severityOf } from '../model/severity.ts';
import type { System, Timer } from '../system.ts';
import type { Notes } from './event.ts';
import type { Pace } from './pace.ts';

export interface CountNotesDependencies {
  readonly notes: Notes;
  /** With the cluster's wall clock. */
  readonly system: System;
  readonly alerts: () => Iterable<Alert>;
  readonly isSuppressed: (alert: Alert) => boolean;
  /** Of one walk through all alerts, which stands aside often. */
  readonly pace: (signal: AbortSignal) => Pace;
}

const EVERY_MS = 60_000;

export class CountNotes {
  readonly #dependencies: CountNotesDependencies;
  readonly #stopping = new AbortController();
  #timer: Timer | undefined;

  constructor(dependencies: CountNotesDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#timer = this.#dependencies.system.setTimer(EVERY_MS, () => {
      // Only a stop breaks it off.
      this.#count().then(
        () => this.start(),
        () => {},
      );
    });
  }

  stop(): void {
    this.#stopping.abort(new Error('the node stops'));
    this.#timer?.cancel();
  }

  async #count(): Promise<void> {
    const { notes, system, alerts, isSuppressed, pace } = this.#dependencies;
    const firing = { urgent: 0, important: 0, interesting: 0, other: 0 };
    let suppressed = 0;
    const pacer = pace(this.#stopping.signal);
    const { wallMs } = system.now();
    for (const alert of alerts()) {
      if (pacer.isDue()) await pacer.pause();
      if (isResolved(alert, wallMs) || alert.startsAtMs > wallMs) continue;
      firing[severityOf(alert.labels)]++;
      if (isSuppressed(alert)) suppressed++;
    }
    if (this.#stopping.signal.aborted) return;
    notes.note('count', () => ({ kind: 'count', firing, suppressed }));
  }
}
