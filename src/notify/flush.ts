/** A flush: the immutable snapshot of a group at one tick that the pipeline works on. */
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { AlertStatus } from '../model/notification.ts';
import type { Now } from '../model/now.ts';

/** What the pipeline needs of the group's route. */
export interface FlushRoute {
  readonly receiver: string;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly labels: Labels;
}

export interface FlushAlert {
  readonly alert: Alert;
  /** Decided at the tick; an alert that runs out during a slow delivery still fires in this flush. */
  readonly status: AlertStatus;
  /** A resolved alert that is silenced or inhibited: told only to those who were told that it fires. */
  readonly isMuted: boolean;
}

export interface Flush {
  /** The tick: the instant the timer was set for, not the one at which a busy process got round to it. */
  readonly now: Now;
  /** When the group ticked before, or was made: since then nothing has been decided about it. On the monotonic clock. */
  readonly quietSinceMs: number;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly route: FlushRoute;
  /** Sorted as they will be told. */
  readonly alerts: readonly FlushAlert[];
}

/** A stage's word that nobody is told anything at this tick, and why. */
export interface Stop {
  readonly stop: 'nothing left' | 'inside mute_time_intervals' | 'outside active_time_intervals';
  readonly by: readonly string[];
}

/** One step of the pipeline: flush in, flush or stop out. */
export type Stage = (flush: Flush) => Flush | Stop;

export function isStop(result: Flush | Stop): result is Stop {
  return 'stop' in result;
}
