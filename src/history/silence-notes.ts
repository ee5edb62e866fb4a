/**
 * Notes what becomes of silences: where it was made, what a human did; on every node, that one ran out. And it says when one
 * begins or ends by itself, since then other answers are different.
 */
import { type Silence, silenceState } from '../model/silence.ts';
import type { System, Timer } from '../system.ts';
import { type Notes, shortened } from './event.ts';

export interface SilenceNotesDependencies {
  readonly notes: Notes;
  /** With the cluster's wall clock. */
  readonly system: System;
  readonly silences: () => Iterable<Silence>;
}

/** Looked at so often at least: the clock by which they end may be set. */
const LONGEST_WAIT_MS = 30_000;
const SHORTEST_WAIT_MS = 100;

export class SilenceNotes {
  readonly #dependencies: SilenceNotesDependencies;
  #lookedAtMs = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(dependencies: SilenceNotesDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#lookedAtMs = this.#dependencies.system.now().wallMs;
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#lookedAtMs = Number.POSITIVE_INFINITY;
  }

  onChange(silence: Silence, change: 'made' | 'changed' | 'ended' | 'heard'): void {
    if (change !== 'heard') this.#note(silence, change);
    this.#dependencies.notes.changed('silences', 'alerts');
    if (this.#lookedAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer?.cancel();
    this.#timer = this.#dependencies.system.setTimer(SHORTEST_WAIT_MS, () => this.#look());
  }

  #look(): void {
    const { system, silences, notes } = this.#dependencies;
    const { wallMs } = system.now();
    let nextMs = wallMs + LONGEST_WAIT_MS;
    let isOther = false;
    for (const silence of silences()) {
      const { startsAtMs, endsAtMs, updatedAtMs } = silence;
      const state = silenceState(silence, wallMs);
      if (state === 'pending') nextMs = Math.min(nextMs, startsAtMs);
      // Its last millisecond is one of it.
      else if (state === 'active') nextMs = Math.min(nextMs, endsAtMs + 1);
      if (state === 'active' && startsAtMs > this.#lookedAtMs) isOther = true;
      // One that a human ended was changed after its end.
      if (state !== 'expired' || endsAtMs < this.#lookedAtMs || updatedAtMs > endsAtMs) continue;
      this.#note(silence, 'ended');
      isOther = true;
    }
    if (isOther) notes.changed('silences', 'alerts');
    this.#lookedAtMs = wallMs;
    this.#timer?.cancel();
    this.#timer = system.setTimer(Math.max(SHORTEST_WAIT_MS, nextMs - wallMs), () => this.#look());
  }

  #note(silence: Silence, change: 'made' | 'changed' | 'ended'): void {
    this.#dependencies.notes.note('silence', () => ({
      kind: 'silence',
      change,
      silenceId: silence.id,
      by: shortened(silence.createdBy),
      comment: shortened(silence.comment),
      matchers: silence.matchers.slice(0, 50).map((matcher) => shortened(String(matcher))),
      startsAt: new Date(silence.startsAtMs).toISOString(),
      endsAt: new Date(silence.endsAtMs).toISOString(),
    }));
  }
}
