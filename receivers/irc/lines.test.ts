import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotifiedAlert } from '../../src/model/notification.ts';
import { notification, notifiedAlert } from '../testing/notifications.ts';
import { documentOf } from '../wording/document.ts';
import { roomBytes, splitLine } from './line-split.ts';
import { type LineOptions, linesOf, templateLines } from './lines.ts';

const URL = 'https://tocsin.example.org/#/alerts?receiver=ops';
const options = (change: Partial<LineOptions> = {}): LineOptions => ({
  per: 'alert',
  room: roomBytes('PRIVMSG', '#ops'),
  most: 6,
  url: URL,
  ...change,
});

function alert(labels: Record<string, string>, change: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return notifiedAlert({ labels: { alertname: 'DiskFull', ...labels }, annotations: {}, generatorURL: '', ...change });
}

function told(alerts: readonly NotifiedAlert[], change: Partial<LineOptions> = {}): string[] {
  const groupLabels = { alertname: 'DiskFull' };
  const told = notification({ alerts, groupLabels, commonLabels: groupLabels });
  return linesOf(documentOf(told), options(change));
}

const manyAlerts = (count: number, change: Partial<NotifiedAlert> = {}) =>
  Array.from({ length: count }, (_, index) => alert({ instance: `db${index}` }, change));

describe('a line an alert', () => {
  it('says status, name, place, severity, summary and where to look', () => {
    const annotations = { summary: 'The disk is\nfull', runbook_url: 'https://run.example.org/disk' };
    const lines = told([
      alert(
        { instance: 'db1', severity: 'urgent' },
        { annotations, generatorURL: 'http://prometheus.example.org/graph' },
      ),
      alert({ instance: 'db2' }, { status: 'resolved', generatorURL: 'http://prometheus.example.org/graph' }),
    ]);
    expect(lines).toEqual([
      '[FIRING] DiskFull db1 urgent: The disk is full | https://run.example.org/disk',
      '[RESOLVED] DiskFull db2 | http://prometheus.example.org/graph',
    ]);
  });

  it('names the severity also where all alerts share it', () => {
    const shared = { alertname: 'DiskFull', severity: 'urgent' };
    const document = documentOf(notification({ alerts: [alert({ severity: 'urgent' })], commonLabels: shared }));
    expect(linesOf(document, options())).toEqual(['[FIRING] DiskFull (urgent)']);
  });

  it('is marked if it is a test', () => {
    const document = documentOf(notification({ alerts: [alert({})], isTest: true }));
    expect(linesOf(document, options())[0]).toMatch(/^TEST: /);
    expect(linesOf(document, options({ per: 'group' }))[0]).toMatch(/^TEST: /);
    expect(templateLines('one\ntwo', true, options())).toEqual(['TEST: one', 'TEST: two']);
  });

  it('becomes a digest for a large group: the first few, then how many more and where', () => {
    const lines = told([...manyAlerts(28), ...manyAlerts(4, { status: 'resolved' })]);
    expect(lines).toHaveLength(6);
    expect(lines[4]).toBe('[FIRING] DiskFull db4');
    expect(lines[5]).toBe(`… and 23 more firing, 4 resolved | ${URL}`);
  });

  it('needs no digest for as many as fit', () => {
    expect(told(manyAlerts(6))).toHaveLength(6);
    expect(told(manyAlerts(6)).at(-1)).toBe('[FIRING] DiskFull db5');
    expect(told(manyAlerts(7)).at(-1)).toBe(`… and 2 more firing | ${URL}`);
    expect(told(manyAlerts(7, { status: 'resolved' })).at(-1)).toBe(`… and 2 more resolved | ${URL}`);
  });

  it('that is too long ends in an ellipsis, with its link whole', () => {
    const link = 'https://run.example.org/disk';
    const annotations = { summary: 'very '.repeat(500), runbook: link };
    const lines = told([alert({}, { annotations })]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…(?: \| https:\/\/run\.example\.org\/disk)$/);
  });

  it('leaves out a link that would fill it', () => {
    expect(told([alert({}, { generatorURL: `http://prometheus.example.org/graph?${'x'.repeat(300)}` })])).toEqual([
      '[FIRING] DiskFull',
    ]);
  });
});

describe('a line a group', () => {
  it('says the subject, what it is about, and where to read on', () => {
    const alerts = [alert({ instance: 'db1' }, { annotations: { summary: 'full' } }), alert({ instance: 'db2' })];
    expect(told(alerts, { per: 'group' })).toEqual([`[FIRING:2] DiskFull: DiskFull db1: full; DiskFull db2 | ${URL}`]);
  });

  it('counts what does not fit, and what has ended', () => {
    const [first = '', second = ''] = told([...manyAlerts(60), ...manyAlerts(3, { status: 'resolved' })], {
      per: 'group',
    });
    expect(`${first} ${second}`).toMatch(/; … and \d+ more firing, 3 resolved \| https/);
  });

  it('is what a large group becomes when there is room for one line only', () => {
    const lines = told(manyAlerts(40), { most: 1 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\[FIRING:40\] DiskFull: .* more firing \| https/);
    expect(told([alert({})], { most: 1 })).toEqual(['[FIRING] DiskFull']);
  });
});

describe("the lines of one's own template", () => {
  it('are its lines, without empty ones', () => {
    expect(templateLines('  one \r\n\n two\t2\rthree', false, options())).toEqual(['one', 'two 2', 'three']);
  });

  it('beyond what a channel bears are counted', () => {
    const rendered = Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n');
    expect(templateLines(rendered, false, options()).at(-1)).toBe(`… and 5 more lines | ${URL}`);
  });

  it('may be none', () => {
    expect(templateLines(' \n\n', false, options())).toEqual([]);
  });
});

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 1500 }),
  fc.stringMatching(/^[\r\n\0 :\u0001-\u001f#a-z]{0,600}$/),
);

it('whatever alerts contain, no line holds a control character or is longer than it may be', () => {
  const alerts = fc.array(
    fc.record({ name: words, value: words, summary: words, url: fc.webUrl(), isFiring: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  const per = fc.constantFrom('alert' as const, 'group' as const);
  fc.assert(
    fc.property(alerts, per, fc.integer({ min: 1, max: 6 }), (made, per, most) => {
      const listed = made.map(({ name, value, summary, url, isFiring }) =>
        alert(
          { alertname: name, instance: value, [value || 'x']: name },
          { annotations: { summary, runbook: url }, status: isFiring ? 'firing' : 'resolved' },
        ),
      );
      const lines = told(listed, { per, most });
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThanOrEqual(most);
      for (const line of lines) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(line.trim()).toBe(line);
        expect(line).not.toBe('');
        const wire = `:${'n'.repeat(30)}!~${'u'.repeat(10)}@${'h'.repeat(64)} PRIVMSG #ops :${line}\r\n`;
        expect(Buffer.byteLength(wire)).toBeLessThanOrEqual(512);
      }
    }),
  );
});

it('what was split can be read back, unless it was too much, which shows', () => {
  const clean = fc.string({ unit: 'grapheme', maxLength: 1500 }).map((text) => text.replace(/\s+/gu, ' ').trim());
  fc.assert(
    fc.property(clean, fc.integer({ min: 40, max: 400 }), fc.integer({ min: 1, max: 5 }), (text, room, most) => {
      const lines = splitLine(text, { room, most });
      const packed = (said: string) => said.replaceAll(' ', '');
      const all = packed(lines.join(''));
      if (packed(text) === all) return;
      expect(lines).toHaveLength(most);
      expect(all.endsWith('…')).toBe(true);
      expect(packed(text).startsWith(all.slice(0, -1))).toBe(true);
    }),
  );
});

it('a line is split between words, and never within what a reader takes for one character', () => {
  expect(splitLine('the quick brown fox', { room: 10, most: 5 })).toEqual(['the quick', 'brown fox']);
  expect(splitLine('👩‍👩‍👧‍👦'.repeat(4), { room: 60, most: 5 })).toEqual(['👩‍👩‍👧‍👦'.repeat(2), '👩‍👩‍👧‍👦'.repeat(2)]);
  expect(splitLine('', { room: 10, most: 5 })).toEqual([]);
});

it('a megabyte of one word takes no longer than its length', () => {
  expect(splitLine('x'.repeat(1_000_000), { room: 400, most: 2 })).toHaveLength(2);
  expect(splitLine('é'.repeat(1_000_000), { room: 400, most: 2 })).toHaveLength(2);
});
