import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../src/model/notification.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { parseHtml } from '../testing/telegram-markup.ts';
import { cleanLine } from '../wording/clean-text.ts';
import { documentOf } from '../wording/document.ts';
import { isLinkable } from './markup.ts';
import { documentMessages, plainMessages } from './messages.ts';

const read = (change: Partial<Notification>) =>
  documentMessages(documentOf(notification(change))).map(({ text }) => parseHtml(text));

const numbered = (count: number, summary = 'full') =>
  Array.from({ length: count }, (_, number) =>
    notifiedAlert({ labels: { alertname: 'DiskFull', instance: `db${number};` }, annotations: { summary } }),
  );

const common = { alertname: 'DiskFull' };

describe('a page on the phone', () => {
  it('tells firing and resolved apart, and why it comes', () => {
    const alerts = [
      notifiedAlert({
        labels: { ...common, instance: 'db1', device: 'sda' },
        annotations: { summary: 'full', team: 'db' },
      }),
      notifiedAlert({ status: 'resolved', labels: { ...common, instance: 'db2' }, endsAtMs: Date.UTC(2026, 0, 2, 4) }),
    ];
    const [page] = documentMessages(documentOf(notification({ alerts, commonLabels: common })));
    expect(page?.text).toBe(`<b>[FIRING:1] DiskFull</b>

<b>1 firing</b>

<b>DiskFull db1 sda</b>
full
since 2026-01-02 03:04 UTC
<code>device=sda, instance=db1</code>
team: db
<a href="http://prometheus.example.org/graph?g0.expr=up&amp;g0.tab=1">Source</a>

<b>1 resolved</b>

<b>DiskFull db2</b>
The disk of db1 is full
from 2026-01-02 03:04 UTC to 2026-01-02 04:00 UTC
<code>instance=db2</code>
<a href="http://prometheus.example.org/graph?g0.expr=up&amp;g0.tab=1">Source</a>

<i>First notification. Told to team-x.y.</i>`);
  });

  it('shows an address that Telegram would drop from a link', () => {
    const [page] = read({ alerts: [notifiedAlert({ generatorURL: 'http://prometheus:9090/graph?g0.expr=a%26b' })] });
    expect(page?.text).toContain('Source: http://prometheus:9090/graph?g0.expr=a%26b\n');
  });

  it('says that an address is too long, rather than showing half of it', () => {
    const generatorURL = `http://prometheus.example.org/graph?${'x'.repeat(5000)}`;
    const [page] = read({ alerts: [notifiedAlert({ generatorURL })] });
    expect(page?.text).toContain('Source: an address too long for a message');
  });
});

describe('many alerts', () => {
  it('are split between alerts, each message headed by subject, number and section', () => {
    const pages = read({ alerts: numbered(20, 'full '.repeat(100)), commonLabels: common });
    expect(pages.map(({ text }) => text.split('\n\n').slice(0, 2))).toEqual([
      ['[FIRING:20] DiskFull (1/3)', '20 firing'],
      ['[FIRING:20] DiskFull (2/3)', '20 firing, continued'],
      ['[FIRING:20] DiskFull (3/3)', '20 firing, continued'],
    ]);
    const text = pages.map((page) => page.text).join();
    for (let number = 0; number < 20; number++) expect(text.split(`instance=db${number};`)).toHaveLength(2);
    expect(text.match(/Told to/g)).toHaveLength(1);
    expect(pages[2]?.text).toMatch(/Told to team-x\.y\.$/);
  });

  it('too many even so are counted', () => {
    const pages = read({ alerts: numbered(1000, 'full '.repeat(50)), commonLabels: common });
    expect(pages).toHaveLength(5);
    const told =
      pages
        .map(({ text }) => text)
        .join()
        .match(/instance=db/g)?.length ?? 0;
    expect(told).toBeGreaterThan(20);
    expect(pages[4]?.text).toContain(`\n\n… and ${1000 - told} more alerts\n\n`);
  });

  it('keep all their links: Telegram formats a hundred stretches and forgets the rest', () => {
    const annotations = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`link${n}`, `https://a.example/${n}`]));
    const alerts = Array.from({ length: 20 }, (_, n) => notifiedAlert({ labels: { instance: `${n}` }, annotations }));
    const pages = read({ alerts });
    for (const { entities } of pages) expect(entities.length).toBeLessThanOrEqual(100);
    expect(pages.flatMap(({ entities }) => entities.filter(({ url }) => url))).toHaveLength(20 * 10);
  });
});

describe('a huge alert', () => {
  it('has its longest texts cut, keeps the short ones, and says so', () => {
    const annotations = { summary: 'x'.repeat(9000), description: 'y'.repeat(9000), short: 'kept whole' };
    const [page, ...others] = read({ alerts: [notifiedAlert({ annotations }), ...numbered(1)] });
    expect(page?.text).toMatch(/x…\ny+…\n/);
    expect(page?.text).toContain('short: kept whole');
    expect(page?.text).toContain('Source');
    expect(page?.text).toContain('… shortened to fit into a message');
    expect(page?.text).toContain('instance=db0;');
    expect(others).toEqual([]);
  });

  it('of thousands of annotations loses lines from the end, and says so', () => {
    const annotations = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`n${n}`, 'v'.repeat(30)]));
    const pages = read({ alerts: [notifiedAlert({ annotations })] });
    expect(pages).toHaveLength(1);
    expect(pages[0]?.text).toContain('… shortened to fit into a message');
  });

  it('does not make the heading huge', () => {
    const labels = { alertname: 'N'.repeat(10_000) };
    const [page] = read({ alerts: [notifiedAlert({ labels })], groupLabels: labels, commonLabels: labels });
    expect(page?.text).toMatch(/^\[FIRING:1\] N+…\n/);
    expect(page?.text.length).toBeLessThanOrEqual(4096);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('&', '<', '>', '"', 'a', '\n', '&lt;', '</b>', '<a href="x">', '🙂', '\ud83d', '\u202e'),
  }),
  fc
    .tuple(fc.constantFrom('x ', '&', '🙂', '<b>', '\n'), fc.nat({ max: 6000 }))
    .map(([unit, times]) => unit.repeat(times)),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
);
const labels = fc.dictionary(
  fc.oneof(fc.constantFrom('alertname', 'instance', 'summary', 'description', 'runbook_url'), text),
  text,
  { maxKeys: 6 },
);
const alert = fc
  .record({
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    labels,
    annotations: labels,
    generatorURL: text,
  })
  .map((change) =>
    notifiedAlert({ ...change, endsAtMs: change.status === 'resolved' ? Date.UTC(2026, 0, 3) : undefined }),
  );

describe('whatever labels contain,', () => {
  it('Telegram can read every message, and none is longer than it takes', () => {
    fc.assert(
      fc.property(fc.array(alert, { minLength: 1, maxLength: 12 }), labels, (alerts, groupLabels) => {
        const messages = documentMessages(documentOf(notification({ alerts, groupLabels, receiver: '<&>' })));
        expect(messages.length).toBeLessThanOrEqual(5);
        for (const { text: html, fallback } of messages) {
          const { text: parsed, entities } = parseHtml(html);
          expect(parsed.length).toBeLessThanOrEqual(4096);
          expect(parsed.isWellFormed()).toBe(true);
          expect(entities.length).toBeLessThanOrEqual(100);
          expect(Buffer.byteLength(html)).toBeLessThanOrEqual(32_768);
          for (const plain of fallback?.() ?? []) expect(plain.length).toBeLessThanOrEqual(4096);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('no alert is lost without a word', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (values) => {
        const alerts = values.map((value, n) => notifiedAlert({ labels: { alertname: `Name${n};`, value } }));
        const told = read({ alerts, commonLabels: {}, groupLabels: {} })
          .map((page) => page.text)
          .join('\n');
        const missing = alerts.filter((_, n) => !told.includes(`Name${n};`)).length;
        const counted = Number(/… and (\d+) more alerts?/.exec(told)?.[1] ?? 0);
        expect(missing).toBe(counted);
      }),
      { numRuns: 60 },
    );
  });

  it('every link is one that works, or stands there to be copied', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.constantFrom('prometheus', 'a.example', '[::1]', 'a%22b.example'),
        (url, host) => {
          const generatorURL = url.replace(/^(https?:\/\/)[^/?#]*/, `$1${host}:9090`);
          fc.pre(URL.canParse(generatorURL));
          const [page] = read({ alerts: [notifiedAlert({ generatorURL })] });
          const { href } = new URL(generatorURL);
          expect(page?.entities.some((entity) => entity.url === href) || page?.text.includes(href)).toBe(true);
        },
      ),
    );
  });
});

it.each([
  ['https://a.example/', true],
  ['http://10.0.0.1:9090/graph', true],
  ['http://[2001:db8::1]/', true],
  ['http://prometheus:9090/', false],
  ['http://localhost/', false],
  ['http://me:secret@a.example/', false],
  ['http://a"b.example/', false],
])('%s can be a link: %s', (url, linkable) => expect(isLinkable(url)).toBe(linkable));

describe('a plain text', () => {
  it('is split between lines, then between words, then anywhere but inside a character', () => {
    expect(plainMessages('short\n')).toEqual(['short']);
    expect(plainMessages(`${'x'.repeat(4000)}\n${'y'.repeat(4000)}`)).toEqual(['x'.repeat(4000), 'y'.repeat(4000)]);
    expect(plainMessages(`${'x'.repeat(4000)} ${'y'.repeat(4000)}`)).toEqual(['x'.repeat(4000), 'y'.repeat(4000)]);
    expect(plainMessages(`x${'🙂'.repeat(2100)}`)).toEqual([`x${'🙂'.repeat(2047)}`, '🙂'.repeat(53)]);
  });

  it('too long for five messages says how much is missing', () => {
    const messages = plainMessages('x'.repeat(100_000));
    expect(messages).toHaveLength(5);
    const shown =
      messages
        .join('')
        .replace(/… and .*/, '')
        .match(/x/g)?.length ?? 0;
    const missing = Number(/… and (\d+) more characters$/.exec(messages[4] ?? '')?.[1]);
    expect(shown + missing).toBe(100_000);
  });

  it('loses nothing that fits', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', '🙂', '\n', ' '), maxLength: 3000 }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const source = cleanLine(parts.join('x'));
        const messages = plainMessages(source);
        for (const message of messages) expect(message.length).toBeLessThanOrEqual(4096);
        if (messages.length < 5) expect(messages.join('').replace(/\s/g, '')).toBe(source.replace(/\s/g, ''));
      }),
      { numRuns: 50 },
    );
  });
});
