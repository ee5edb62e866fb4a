import { expect, test } from 'vitest';
import type { AlertStatus } from './notification.ts';
import { urgencyOf } from './urgency.ts';

const alert = (severity: string | undefined, status: AlertStatus = 'firing') => ({
  status,
  labels: severity === undefined ? {} : { severity },
});

test.each([
  ['urgent', 0],
  ['critical', 0],
  ['page', 0],
  ['Urgent ', 0],
  ['important', 1],
  ['warning', 1],
  ['a word of their own', 1],
  [undefined, 1],
  ['interesting', 2],
  ['info', 2],
  ['none', 2],
])('an alert of severity %j is of urgency %i', (severity, urgency) => {
  expect(urgencyOf([alert(severity)])).toBe(urgency);
});

test.each([
  ['one urgent alert hurries all that are told with it', [alert('interesting'), alert('urgent'), alert(undefined)], 0],
  ['what is over is urgent no more', [alert('urgent', 'resolved')], 1],
  ['what is over hurries nothing', [alert('urgent', 'resolved'), alert('interesting')], 1],
  ['the end of what was quiet is quiet', [alert('interesting', 'resolved'), alert('info')], 2],
])('%s', (_what, alerts, urgency) => {
  expect(urgencyOf(alerts)).toBe(urgency);
});
