/** For tests: notifications to render, complete and unremarkable, of which each test says only what matters to it. */
import type { Notification, NotifiedAlert } from '../../model/notification.ts';

export function exampleNotification(different: Partial<Notification> = {}): Notification {
  return {
    receiver: 'ops',
    status: 'firing',
    reason: 'first notification',
    alerts: [exampleAlert()],
    groupKey: '{}:{alertname="DiskFull"}',
    groupLabels: { alertname: 'DiskFull' },
    commonLabels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical' },
    commonAnnotations: {},
    routeLabels: {},
    externalURL: 'http://am.example',
    nowMs: Date.UTC(2024, 6, 1, 12),
    repeatIntervalMs: 4 * 60 * 60 * 1000,
    isTest: false,
    ...different,
  };
}

export function exampleAlert(different: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    status: 'firing',
    labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical' },
    annotations: {},
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: '9266ef3da838ad95',
    startsAtMs: Date.UTC(2024, 6, 1, 10),
    startsAt: '2024-07-01T10:00:00Z',
    endsAtMs: undefined,
    endsAt: '0001-01-01T00:00:00Z',
    ...different,
  };
}
