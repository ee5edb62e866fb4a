import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText } from '../../src/model/labels.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { goJson } from './go-json.ts';
import { webhookMessage } from './message.ts';

const resolved = notifiedAlert({
  status: 'resolved',
  fingerprint: 'fedcba9876543210',
  endsAtMs: Date.UTC(2026, 0, 2, 4, 0, 0),
  endsAt: '2026-01-02T05:00:00.5+01:00',
});

it('is the version 4 message of Alertmanager, byte for byte', () => {
  const told = notification({ alerts: [notifiedAlert(), resolved], routeLabels: { team: 'db' } });
  expect(webhookMessage(told, 0)).toBe(
    '{"receiver":"team-x\\\\.y","status":"firing","alerts":[' +
      '{"status":"firing","labels":{"alertname":"DiskFull","severity":"urgent"},"annotations":{"summary":"The disk of db1 is full"},' +
      '"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z",' +
      '"generatorURL":"http://prometheus.example.org/graph?g0.expr=up\\u0026g0.tab=1","fingerprint":"0123456789abcdef"},' +
      '{"status":"resolved","labels":{"alertname":"DiskFull","severity":"urgent"},"annotations":{"summary":"The disk of db1 is full"},' +
      '"startsAt":"2026-01-02T03:04:05Z","endsAt":"2026-01-02T05:00:00.5+01:00",' +
      '"generatorURL":"http://prometheus.example.org/graph?g0.expr=up\\u0026g0.tab=1","fingerprint":"fedcba9876543210"}],' +
      '"notification_reason":"first notification","groupLabels":{"alertname":"DiskFull"},' +
      '"commonLabels":{"alertname":"DiskFull","severity":"urgent"},"commonAnnotations":{"summary":"The disk of db1 is full"},' +
      '"routeLabels":{"team":"db"},"externalURL":"http://tocsin.example.org","version":"4",' +
      '"groupKey":"{}:{alertname=\\"DiskFull\\"}","truncatedAlerts":0}\n',
  );
});

it('max_alerts cuts the list and nothing else', () => {
  const told = notification({ alerts: [resolved, notifiedAlert(), notifiedAlert()] });
  const message = JSON.parse(webhookMessage(told, 1));
  expect(message).toMatchObject({ status: 'firing', truncatedAlerts: 2, alerts: [{ status: 'resolved' }] });
  expect(JSON.parse(webhookMessage(told, 3))).toMatchObject({ truncatedAlerts: 0 });
});

it('quotes what a regular expression would read in the receiver, but no hyphen', () => {
  const name = JSON.parse(webhookMessage(notification({ receiver: 'a-b.c(d)|[e]{f}^$*+?\\' }), 0)).receiver;
  expect(name).toBe('a-b\\.c\\(d\\)\\|\\[e\\]\\{f\\}\\^\\$\\*\\+\\?\\\\');
});

it('sorts labels by the bytes of their names, also those that look like array indexes', () => {
  const labels = { '10': 'a', '9': 'b', B: 'c', a: 'd', '\u{1F600}': 'e', '\uFFFD': 'f' };
  const message = webhookMessage(notification({ groupLabels: labels }), 0);
  expect(message).toContain('"groupLabels":{"10":"a","9":"b","B":"c","a":"d","\uFFFD":"f","\u{1F600}":"e"}');
});

it('keeps a label that a plain object would swallow', () => {
  const labels = JSON.parse('{"__proto__":"x","constructor":"y"}');
  expect(webhookMessage(notification({ groupLabels: labels }), 0)).toContain('{"__proto__":"x","constructor":"y"}');
});

it('writes strings as Go does', () => {
  expect(goJson('<a href="x">&\u2028\u2029\u0001\b\t\u007f\ud800')).toBe(
    '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u2029\\u0001\\b\\t\u007f\ufffd"',
  );
});

it('whatever is written can be read again, with its keys in order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (labels) => {
      const written = goJson(new Map(Object.entries(labels)));
      const read = new Map<string, string>();
      JSON.parse(written, (key, value) => {
        if (key !== '') read.set(key, value);
        return value;
      });
      for (const [key, value] of Object.entries(labels)) if (key !== '') expect(read.get(key)).toBe(value);
      const keys = [...written.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map(([, key]) => JSON.parse(`"${key}"`) as string);
      expect(keys).toEqual([...keys].sort(compareText));
    }),
  );
});
