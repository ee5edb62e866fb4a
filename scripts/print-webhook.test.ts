/** The printing webhook is readable, harmless for a terminal, and finds a free port. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listenNear } from './free-port.ts';
import { notificationText, startWebhookPrinter } from './print-webhook.ts';

const NOON = new Date(2026, 0, 5, 12, 0, 0);

const alert = {
  status: 'firing',
  labels: { alertname: 'DiskFull', instance: 'db1' },
  annotations: { summary: 'The disk of db1 is full' },
  startsAt: '2026-01-05T11:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
};

const notification = (...alerts: unknown[]) => ({
  status: 'firing',
  receiver: 'ops',
  groupLabels: { alertname: 'DiskFull' },
  alerts,
});

test('a notification is printed with what fires, what is over and why', () => {
  const over = {
    ...alert,
    status: 'resolved',
    labels: { alertname: 'DiskFull', instance: 'db2' },
    endsAt: '2026-01-05T11:30:00Z',
  };
  expect(notificationText({ ...notification(alert, over), truncatedAlerts: 3 }, NOON).split('\n')).toEqual([
    '──── 12:00:00 FIRING to ops: alertname=DiskFull (1 firing, 1 resolved)',
    '  ● DiskFull  instance=db1',
    '      summary: The disk of db1 is full',
    '      since 2026-01-05T11:00:00Z',
    '  ✓ DiskFull  instance=db2',
    '      summary: The disk of db1 is full',
    '      since 2026-01-05T11:00:00Z until 2026-01-05T11:30:00Z',
    '  and 3 more',
    '',
  ]);
});

test('labels cannot move the cursor or fake a line', () => {
  const evil = { ...alert, labels: { alertname: 'A\u001b[2J\nB' } };
  const text = notificationText(notification(evil), NOON);
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toHaveLength(5);
});

test('it takes the next port if the preferred one is taken, prints what is posted and refuses what is no notification', async () => {
  const taken = createServer();
  const takenPort = await listenNear(taken, 25_001);
  const printed: string[] = [];
  await using printer = await startWebhookPrinter((text) => printed.push(text), takenPort);
  expect(printer.port).toBeGreaterThan(takenPort);
  const post = (body: string) => fetch(`http://127.0.0.1:${printer.port}/`, { method: 'POST', body });
  expect((await post(JSON.stringify(notification(alert)))).status).toBe(200);
  expect(printed[0]).toContain('● DiskFull');
  expect((await post('{}')).status).toBe(400);
  expect((await post('not json')).status).toBe(400);
  expect(printed[2]).toContain('is no notification');
  taken.close();
});
