import { describe, expect, it } from 'vitest';
import type { Labels } from '../../src/model/labels.ts';
import type { NotificationReason } from '../../src/model/notification.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { documentOf } from './document.ts';

const resolved = (labels: Labels) =>
  notifiedAlert({ status: 'resolved', labels, endsAtMs: Date.UTC(2026, 0, 2, 4), endsAt: '2026-01-02T04:00:00Z' });

function alertOf(change: Parameters<typeof notifiedAlert>[0]) {
  const alert = notifiedAlert(change);
  const { sections } = documentOf(notification({ alerts: [alert], commonLabels: alert.labels }));
  const [told] = sections[0]?.alerts ?? [];
  if (!told) throw new Error('the document tells no alert');
  return told;
}

describe('the subject is Alertmanager’s:', () => {
  const subject = (groupLabels: Labels, commonLabels: Labels) =>
    documentOf(notification({ groupLabels, commonLabels })).subject;

  it('the name of the alert first, then the group’s labels, then in parentheses what else is common', () => {
    const group = { Cluster: 'a', alertname: 'DiskFull', instance: 'db1' };
    expect(subject(group, { ...group, job: 'node', severity: 'urgent' })).toBe(
      '[FIRING:1] DiskFull a db1 (node urgent)',
    );
  });

  it('no parentheses, and no space for them, when nothing else is common', () =>
    expect(subject({ alertname: 'DiskFull' }, { alertname: 'DiskFull' })).toBe('[FIRING:1] DiskFull'));

  it('two spaces, when nothing is grouped by', () =>
    expect(subject({}, { alertname: 'DiskFull', severity: 'urgent' })).toBe('[FIRING:1]  (DiskFull urgent)'));

  it('counts what fires, not what is resolved', () => {
    const alerts = [notifiedAlert(), notifiedAlert({ labels: { alertname: 'DiskFull', instance: 'b' } }), resolved({})];
    expect(documentOf(notification({ alerts })).subject).toBe('[FIRING:2] DiskFull (urgent)');
  });

  it('a resolved one counts nothing', () =>
    expect(documentOf(notification({ status: 'resolved', alerts: [resolved({})] })).subject).toBe(
      '[RESOLVED] DiskFull (urgent)',
    ));

  it('a test says so first', () => {
    const document = documentOf(notification({ isTest: true }));
    expect(document.subject).toBe('TEST: [FIRING:1] DiskFull (urgent)');
    expect(document.why).toBe('This is a test, sent by hand: nothing is wrong. Told to team-x.y.');
  });

  it('is one line, whatever a label holds', () =>
    expect(subject({ alertname: 'Disk\r\nBcc: all@example.org' }, {})).toBe('[FIRING:1] Disk Bcc: all@example.org'));

  it('a label that plain objects inherit is no label', () =>
    expect(subject({ alertname: 'DiskFull' }, { alertname: 'DiskFull', constructor: 'x' })).toBe(
      '[FIRING:1] DiskFull (x)',
    ));
});

describe('why it goes out, and to whom:', () => {
  it.each<[NotificationReason, string]>([
    ['first notification', 'First notification. Told to team-x.y.'],
    ['new alerts added', 'New alerts added. Told to team-x.y.'],
    ['some alerts resolved', 'Some alerts resolved. Told to team-x.y.'],
    ['all alerts resolved', 'All alerts resolved. Told to team-x.y.'],
    ['repeat interval elapsed', 'Still firing after the repeat interval. Told to team-x.y.'],
    ['unknown', 'Told to team-x.y.'],
  ])('%s', (reason, why) => expect(documentOf(notification({ reason })).why).toBe(why));
});

it('sections: firing first, then resolved, none that is empty', () => {
  const alerts = [resolved({ alertname: 'A' }), notifiedAlert(), resolved({ alertname: 'B' })];
  const { sections } = documentOf(notification({ alerts }));
  expect(sections.map(({ heading, alerts }) => [heading, ...alerts.map(({ title }) => title)])).toEqual([
    ['1 firing', 'DiskFull'],
    ['2 resolved', 'A', 'B'],
  ]);
  expect(documentOf(notification()).sections.map(({ heading }) => heading)).toEqual(['1 firing']);
});

describe('the title of an alert', () => {
  const titles = (labels: readonly Labels[], commonLabels: Labels) =>
    documentOf(notification({ alerts: labels.map((own) => notifiedAlert({ labels: own })), commonLabels }))
      .sections.flatMap(({ alerts }) => alerts)
      .map(({ title }) => title);

  it('says what tells it apart from the others, where it is first', () => {
    const common = { alertname: 'DiskFull', severity: 'urgent' };
    expect(
      titles(
        [
          { ...common, device: 'sda', instance: 'db1' },
          { ...common, device: 'sdb', instance: 'db1' },
          { ...common, instance: 'db2' },
        ],
        common,
      ),
    ).toEqual(['DiskFull db1 sda', 'DiskFull db1 sdb', 'DiskFull db2']);
  });

  it('says where a lone alert is, and nothing else of what is common', () => {
    const labels = { alertname: 'DiskFull', instance: 'db1', severity: 'urgent' };
    expect(titles([labels], labels)).toEqual(['DiskFull db1']);
  });

  it('of an alert without a name', () => expect(titles([{ instance: 'db1' }], {})).toEqual(['Unnamed alert db1']));

  it('keeps a long name whole, but shortens what follows it', () => {
    const name = 'N'.repeat(300);
    expect(titles([{ alertname: name, a: '🙂'.repeat(300), b: 'b', c: 'c', d: 'd' }], {})).toEqual([
      `${name} ${'🙂'.repeat(59)}… b c`,
    ]);
  });
});

describe('the annotations', () => {
  it('summary and description are told as such, the rest in order', () => {
    const annotations = { zone: 'eu', summary: 'full', description: 'rather\r\nfull', action: 'buy a disk' };
    expect(alertOf({ annotations })).toMatchObject({
      summary: 'full',
      description: 'rather\nfull',
      annotations: [
        { name: 'action', value: 'buy a disk' },
        { name: 'zone', value: 'eu' },
      ],
    });
  });

  it('a message stands for a missing summary, and beside one it is an annotation', () => {
    expect(alertOf({ annotations: { message: 'full' } })).toMatchObject({ summary: 'full', annotations: [] });
    expect(alertOf({ annotations: { message: 'full', summary: 'disk' } })).toMatchObject({
      summary: 'disk',
      annotations: [{ name: 'message', value: 'full' }],
    });
  });

  it('a description that says what the summary said is not said again', () =>
    expect(alertOf({ annotations: { summary: 'The disk is full', description: 'disk is full ' } })).toMatchObject({
      description: undefined,
      annotations: [],
    }));

  it('a description alone is one', () =>
    expect(alertOf({ annotations: { description: 'full' } })).toMatchObject({
      summary: undefined,
      description: 'full',
    }));
});

describe('the links', () => {
  const links = (annotations: Labels, generatorURL = '') => alertOf({ annotations, generatorURL }).links;

  it('the source first, then annotations that are addresses, by their names', () =>
    expect(
      links(
        { runbook_url: 'https://wiki.example.org/disk', grafana_dashboard: ' http://grafana.example.org/d/1 ' },
        'http://prometheus.example.org/graph?g0.expr=up&g0.tab=1',
      ),
    ).toEqual([
      { text: 'Source', url: 'http://prometheus.example.org/graph?g0.expr=up&g0.tab=1' },
      { text: 'Grafana dashboard', url: 'http://grafana.example.org/d/1' },
      { text: 'Runbook', url: 'https://wiki.example.org/disk' },
    ]));

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'see https://a.example',
    'https://a.example b',
    'http://',
    'ftp://a.example',
  ])('%j is none, but stays an annotation', (value) => {
    expect(alertOf({ annotations: { runbook: value }, generatorURL: value })).toMatchObject({
      links: [],
      annotations: [{ name: 'runbook', value }],
    });
  });

  it('are plain ASCII, whatever an address hides', () =>
    expect(links({ a: 'https://example.org/\u202egnp"><b>' })).toEqual([
      { text: 'A', url: 'https://example.org/%E2%80%AEgnp%22%3E%3Cb%3E' },
    ]));
});

it('labels: all but the name, in order, clean', () =>
  expect(alertOf({ labels: { alertname: 'A', b: 'two\nlines', a: 'x' } }).labels).toEqual([
    { name: 'a', value: 'x' },
    { name: 'b', value: 'two lines' },
  ]));
