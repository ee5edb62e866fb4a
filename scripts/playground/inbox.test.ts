/** The inbox keeps the newest, in order, and tells those who watch; formatted text becomes runs of plain text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { Inbox, type InboxMessage } from './inbox.ts';
import { RecentMessages } from './recent-messages.ts';
import { textRuns } from './text-runs.ts';

const line = (text: string) => ({ nick: 'tocsin', target: '#ops', kind: 'notice' as const, text, node: 1 });
const page = (text: string) => ({ chat: '1001', text, entities: [], isSilent: false, node: 3 });
const mail = (subject: string) => ({
  node: 2,
  from: 'tocsin@example.org',
  to: ['ops@example.org'],
  subject,
  messageId: undefined,
  threadId: undefined,
  text: 'text',
  html: undefined,
});

describe('the inbox', () => {
  test('keeps the last of each column and forgets the oldest', () => {
    const inbox = new Inbox(new VirtualSystem(), { most: 2, mostBytes: 1_000 });
    for (const text of ['a', 'b', 'c']) inbox.receiveLine(line(text));
    inbox.receiveMail(mail('kept'));
    expect(inbox.columns.channel.map(({ text }) => text)).toEqual(['b', 'c']);
    expect(inbox.columns.mailbox.map(({ subject }) => subject)).toEqual(['kept']);
  });

  test('gives what came since, over all columns, in order of arrival', () => {
    const inbox = new Inbox(new VirtualSystem());
    inbox.receiveLine(line('first'));
    inbox.receivePhoneMessage(page('second'));
    inbox.receiveMail(mail('third'));
    inbox.receiveLine(line('fourth'));
    const [, second] = inbox.since(0);
    expect(inbox.since(0).map(({ column }) => column)).toEqual(['channel', 'phone', 'mailbox', 'channel']);
    expect(inbox.since(second?.id ?? 0).map(({ column }) => column)).toEqual(['mailbox', 'channel']);
  });

  test('tells those who watch, until they stop', () => {
    const inbox = new Inbox(new VirtualSystem());
    const seen: InboxMessage[] = [];
    const watch = inbox.watch((message) => seen.push(message));
    inbox.receiveLine(line('seen'));
    watch[Symbol.dispose]();
    inbox.receiveLine(line('unseen'));
    expect(seen).toMatchObject([{ column: 'channel', text: 'seen' }]);
  });

  test('cuts what no page would be, and says so', () => {
    const inbox = new Inbox(new VirtualSystem());
    inbox.receiveMail({ ...mail(''), text: 'x'.repeat(2_000_000) });
    const [kept] = inbox.columns.mailbox;
    expect(kept?.text.length).toBeLessThan(300_000);
    expect(kept?.text).toMatch(/\(cut\)$/);
  });
});

test('recent messages never hold more bytes than they may, but for a single one, and always the newest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1 }), (sizes) => {
      const recent = new RecentMessages<{ id: number; size: number }>(({ size }) => size, { most: 4, mostBytes: 30 });
      for (const [id, size] of sizes.entries()) recent.add({ id, size });
      const kept = recent.all;
      expect(kept.length).toBeLessThanOrEqual(4);
      expect(kept.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(30);
      expect(kept.map(({ id }) => id)).toEqual(sizes.map((_, id) => id).slice(-kept.length));
      // Nothing goes that could have stayed.
      const next = sizes.at(-1 - kept.length);
      const wouldHold = kept.reduce((sum, { size }) => sum + size, 0) + (next ?? 0);
      if (next !== undefined && kept.length < 4) expect(wouldHold).toBeGreaterThan(30);
    }),
  );
});

describe('runs of text', () => {
  test('carry the styles of every entity around them', () => {
    const runs = textRuns('DiskFull is urgent', [
      { type: 'bold', offset: 0, length: 18 },
      { type: 'code', offset: 0, length: 8 },
      { type: 'hashtag', offset: 12, length: 6 },
    ]);
    expect(runs.map(({ text, styles }) => [text, ...styles])).toEqual([
      ['DiskFull', 'bold', 'code'],
      [' is ', 'bold'],
      ['urgent', 'bold'],
    ]);
  });

  test('link to web pages only', () => {
    const link = (url: string) => textRuns('here', [{ type: 'text_link', offset: 0, length: 4, url }])[0]?.url;
    expect(link('https://example.org/a')).toBe('https://example.org/a');
    expect(link('javascript:alert(1)')).toBeUndefined();
    expect(link('data:text/html,x')).toBeUndefined();
  });

  test('say all of the text, whatever the entities claim', () => {
    const entity = fc.record({ type: fc.constantFrom('bold', 'pre', 'x'), offset: fc.integer(), length: fc.integer() });
    fc.assert(
      fc.property(fc.string(), fc.array(entity), (text, entities) => {
        expect(
          textRuns(text, entities)
            .map((run) => run.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
