/** Makes the words' raw material, a Notification, out of a flush and a decision. Pure. */

import { type Labels, labelNames } from '../model/labels.ts';
import type { Notification, NotificationReason, NotifiedAlert } from '../model/notification.ts';
import { formatRfc3339Nano, ZERO_TIME } from '../model/timestamp.ts';
import type { Flush, FlushAlert } from './flush.ts';

export interface NotificationContext {
  readonly alerts: readonly FlushAlert[];
  readonly reason: NotificationReason;
  readonly externalURL: string;
}

/** Route labels are templates over the notification, so they are filled in by the caller, last. */
export function buildNotification(flush: Flush, { alerts, reason, externalURL }: NotificationContext): Notification {
  return {
    receiver: flush.route.receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    reason,
    alerts: alerts.map(notified),
    groupKey: flush.groupKey,
    groupLabels: flush.groupLabels,
    commonLabels: common(alerts.map(({ alert }) => alert.labels)),
    commonAnnotations: common(alerts.map(({ alert }) => alert.annotations)),
    routeLabels: {},
    externalURL,
    nowMs: flush.now.wallMs,
    repeatIntervalMs: flush.route.repeatIntervalMs,
    isTest: false,
  };
}

function notified({ alert, status }: FlushAlert): NotifiedAlert {
  const { labels, annotations, generatorURL, fingerprint, startsAtMs, startsAtText, endsAtMs, endsAtText } = alert;
  const base = {
    status,
    labels,
    annotations,
    generatorURL,
    fingerprint,
    startsAtMs,
    startsAt: formatRfc3339Nano(startsAtMs, startsAtText),
  };
  return status === 'firing'
    ? { ...base, endsAtMs: undefined, endsAt: ZERO_TIME }
    : { ...base, endsAtMs, endsAt: formatRfc3339Nano(endsAtMs, endsAtText) };
}

/** The pairs that all of the sets share. */
export function common(sets: readonly Labels[]): Labels {
  const [first, ...others] = sets;
  if (!first) return {};
  const shared: Record<string, string> = {};
  for (const name of labelNames(first)) {
    const value = first[name];
    if (value !== undefined && others.every((set) => Object.hasOwn(set, name) && set[name] === value))
      shared[name] = value;
  }
  return shared;
}
