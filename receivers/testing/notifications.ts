/** Notifications for the tests of receivers. */
import type { Notification, NotifiedAlert } from '../../src/model/notification.ts';

export function notifiedAlert(change: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    status: 'firing',
    labels: { alertname: 'DiskFull', severity: 'urgent' },
    annotations: { summary: 'The disk of db1 is full' },
    generatorURL: 'http://prometheus.example.org/graph?g0.expr=up&g0.tab=1',
    fingerprint: '0123456789abcdef',
    startsAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    startsAt: '2026-01-02T03:04:05Z',
    endsAtMs: undefined,
    endsAt: '0001-01-01T00:00:00Z',
    ...change,
  };
}

export function notification(change: Partial<Notification> = {}): Notification {
  const { labels, annotations } = notifiedAlert();
  return {
    receiver: 'team-x.y',
    status: 'firing',
    reason: 'first notification',
    alerts: [notifiedAlert()],
    groupKey: '{}:{alertname="DiskFull"}',
    groupLabels: { alertname: 'DiskFull' },
    commonLabels: labels,
    commonAnnotations: annotations,
    routeLabels: {},
    externalURL: 'http://tocsin.example.org',
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 35),
    repeatIntervalMs: 4 * 60 * 60 * 1000,
    isTest: false,
    ...change,
  };
}
