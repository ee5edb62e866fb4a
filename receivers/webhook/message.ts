/** The webhook message, version 4 of Alertmanager's format: same fields, same order, same bytes. */
import type { Labels } from '../../src/model/labels.ts';
import type { Notification, NotifiedAlert } from '../../src/model/notification.ts';
import { goJson, JsonFields } from './go-json.ts';

const MESSAGE_VERSION = '4';

/**
 * The request's body, with the line break Go's encoder ends it with. A positive `maxAlerts` cuts the list of alerts and
 * nothing else: status and common labels stay those of the whole notification. (Alertmanager cuts first, so that a
 * list cut down to its resolved alerts says "resolved" while others fire.)
 */
export function webhookMessage(notification: Notification, maxAlerts: number): string {
  const { alerts } = notification;
  const shown = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  const message = new JsonFields([
    ['receiver', quoteRegexMeta(notification.receiver)],
    ['status', notification.status],
    ['alerts', shown.map(alertFields)],
    ['notification_reason', notification.reason],
    ['groupLabels', labelMap(notification.groupLabels)],
    ['commonLabels', labelMap(notification.commonLabels)],
    ['commonAnnotations', labelMap(notification.commonAnnotations)],
    ['routeLabels', labelMap(notification.routeLabels)],
    ['externalURL', notification.externalURL],
    ['version', MESSAGE_VERSION],
    ['groupKey', notification.groupKey],
    ['truncatedAlerts', alerts.length - shown.length],
  ]);
  return `${goJson(message)}\n`;
}

function alertFields(alert: NotifiedAlert): JsonFields {
  return new JsonFields([
    ['status', alert.status],
    ['labels', labelMap(alert.labels)],
    ['annotations', labelMap(alert.annotations)],
    ['startsAt', alert.startsAt],
    ['endsAt', alert.endsAt],
    ['generatorURL', alert.generatorURL],
    ['fingerprint', alert.fingerprint],
  ]);
}

function labelMap(labels: Labels): ReadonlyMap<string, string> {
  return new Map(Object.entries(labels));
}

/** Go's `regexp.QuoteMeta`, which Alertmanager puts every receiver's name through. */
function quoteRegexMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** The annotation that marks a test message, on every alert and in common, so that templates and programs see it too. */
export const TEST_ANNOTATION = 'tocsin_test';

/** The same notification with the mark of a test. */
export function markedAsTest(notification: Notification): Notification {
  const mark = (annotations: Labels): Labels => ({
    ...annotations,
    [TEST_ANNOTATION]: 'This is a test message, sent by hand. Nothing is wrong.',
  });
  return {
    ...notification,
    alerts: notification.alerts.map((alert) => ({ ...alert, annotations: mark(alert.annotations) })),
    commonAnnotations: mark(notification.commonAnnotations),
  };
}
