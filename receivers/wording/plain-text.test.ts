import fc from 'fast-check';
import { expect, it } from 'vitest';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { cleanLine } from './clean-text.ts';
import { documentOf } from './document.ts';
import { plainText } from './plain-text.ts';

const told = notification({
  reason: 'some alerts resolved',
  commonLabels: { alertname: 'DiskFull', severity: 'urgent' },
  alerts: [
    notifiedAlert({
      labels: { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' },
      annotations: {
        summary: 'The disk of db1 is full',
        description: 'It has been filling since Monday,\nand the database stops when it is.',
        runbook_url: 'https://wiki.example.org/a-very-long-address/of-the/disk-that-must-not-be-broken',
        steps: 'look\n  twice',
        team: 'databases',
      },
    }),
    notifiedAlert({
      status: 'resolved',
      labels: { alertname: 'DiskFull', instance: 'db2', severity: 'urgent' },
      annotations: {},
      generatorURL: '',
      endsAtMs: Date.UTC(2026, 0, 2, 4, 0),
      endsAt: '2026-01-02T04:00:00Z',
    }),
  ],
});

it('tells subject, firing, resolved, and why', () => {
  expect(plainText(documentOf(told))).toBe(`[FIRING:1] DiskFull (urgent)

1 firing:

DiskFull db1
  The disk of db1 is full
  It has been filling since Monday,
  and the database stops when it is.
  since 2026-01-02 03:04 UTC
  instance = db1
  severity = urgent
  steps:
    look
      twice
  team: databases
  Source: http://prometheus.example.org/graph?g0.expr=up&g0.tab=1
  Runbook: https://wiki.example.org/a-very-long-address/of-the/disk-that-must-not-be-broken

1 resolved:

DiskFull db2
  from 2026-01-02 03:04 UTC to 2026-01-02 04:00 UTC
  instance = db2
  severity = urgent

Some alerts resolved. Told to team-x.y.
`);
});

it('breaks prose at the width, but neither labels nor links', () => {
  const text = plainText(documentOf(told), { width: 24 });
  expect(text).toContain('\n  It has been filling\n  since Monday,\n  and the database stops\n  when it is.\n');
  expect(text).toContain('/of-the/disk-that-must-not-be-broken\n');
  const spaced = notification({ alerts: [notifiedAlert({ labels: { where: 'a b c d e f g h i j k l m n o p' } })] });
  expect(plainText(documentOf(spaced), { width: 10 })).toContain('\n  where = a b c d e f g h i j k l m n o p\n');
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\u202e', '\u0003', '<', '\ud83d', '=', '\u2028') }),
);
const hostileLabels = fc.dictionary(
  fc.oneof(hostileText, fc.constantFrom('alertname', 'instance', 'constructor')),
  hostileText,
);
const hostileAlert = fc
  .record({
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    labels: hostileLabels,
    annotations: hostileLabels,
  })
  .map((alert) =>
    notifiedAlert({ ...alert, endsAtMs: alert.status === 'resolved' ? Date.UTC(2026, 0, 3) : undefined }),
  );

it('loses no label and no annotation of any alert, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(hostileAlert, { minLength: 1, maxLength: 5 }), hostileLabels, (alerts, commonLabels) => {
      const text = plainText(documentOf(notification({ alerts, commonLabels })));
      const unwrapped = text.replace(/\s+/gu, ' ');
      for (const { labels, annotations } of alerts) {
        for (const value of Object.values(labels)) expect(text).toContain(cleanLine(value));
        for (const value of Object.values(annotations))
          expect(unwrapped).toContain(cleanLine(value).replace(/\s+/gu, ' '));
      }
    }),
  );
});

it('a label cannot begin a line of its own', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const lines = (value: string) => {
        const labels = { alertname: value, other: value };
        return plainText(documentOf(notification({ alerts: [notifiedAlert({ labels })], groupLabels: labels }))).split(
          /[\n\r\u2028\u2029\u0085]/,
        );
      };
      expect(lines(text)).toHaveLength(lines('plain').length);
    }),
  );
});

it('breaking lines loses no word', () => {
  fc.assert(
    fc.property(hostileText, fc.nat({ max: 40 }), (description, width) => {
      const words = (options: { width?: number }) =>
        plainText(documentOf(notification({ alerts: [notifiedAlert({ annotations: { description } })] })), options)
          .split(/\s+/)
          .join(' ');
      expect(words({ width })).toBe(words({}));
    }),
  );
});
