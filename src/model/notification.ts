/** What a receiver is given to tell: plain values, complete, already decided. Templates and wire bodies are made from it. */
import type { Labels } from './labels.ts';

/** Why a notification goes out; the words are Alertmanager's `notification_reason`. */
export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'some alerts resolved'
  | 'all alerts resolved'
  | 'repeat interval elapsed'
  | 'unknown';

export type AlertStatus = 'firing' | 'resolved';

export interface NotifiedAlert {
  readonly status: AlertStatus;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorURL: string;
  readonly fingerprint: string;
  readonly startsAtMs: number;
  /** RFC 3339, up to nine decimals without trailing zeros, the poster's own offset. */
  readonly startsAt: string;
  /** Undefined while firing. */
  readonly endsAtMs: number | undefined;
  /** As startsAt; `0001-01-01T00:00:00Z` while firing. */
  readonly endsAt: string;
}

export interface Notification {
  /** The receiver's plain name. Messages show it with regex metacharacters escaped, as Alertmanager does. */
  readonly receiver: string;
  /** Firing if any alert in it fires. */
  readonly status: AlertStatus;
  readonly reason: NotificationReason;
  /** Sorted by job, instance (missing last), then all labels. */
  readonly alerts: readonly NotifiedAlert[];
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly routeLabels: Labels;
  /** No trailing slash. */
  readonly externalURL: string;
  /** The flush's instant; what `now` means in a template. */
  readonly nowMs: number;
  /** The route's: after this long all of it is told again. */
  readonly repeatIntervalMs: number;
  /** True for `tocsin receiver test`: the words must say so. */
  readonly isTest: boolean;
}
