/** The records of several nodes put together: what a peer says is foreign, and must neither mislead nor hold up who reads. */
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { HistoryQuery } from '../model/history-query.ts';
import { EventHub } from './event-hub.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryRecorder } from './history-recorder.ts';
import { MergedHistory, type MergedPage } from './merged-history.ts';
import { Segments } from './segments.ts';
import { MemoryShelf } from './shelf.ts';

const LIMITS = { retentionMs: 720 * 3_600_000, maxBytes: 2 ** 20 };
const EMPTY = { kinds: [], receivers: [], nodes: [], outcomes: [], matchers: [], text: '' };
const ALL: HistoryQuery = {
  ...EMPTY,
  ...{ fromMs: undefined, toMs: undefined, fingerprint: undefined, group: undefined },
};
const PACE = { isDue: () => false, pause: async () => {} };

type Said = (body: { readonly before?: string }) => unknown;

/** This node, which noted that it started, and a peer that says whatever the test wants. */
class Stage {
  readonly system = new VirtualSystem();
  readonly merged: MergedHistory;
  asked = 0;

  constructor(peerSays: Said) {
    const { system } = this;
    const wallMs = () => system.now().wallMs;
    const recorder = new HistoryRecorder({ system, logger: silentLogger, wallMs });
    recorder.useShelf(new MemoryShelf(), new Segments(LIMITS));
    const hub = new EventHub({ system, logger: silentLogger, now: () => system.now() }, { node: 'a', boot: 'b0' });
    hub.addTaker(recorder);
    hub.note('node', () => ({ kind: 'node', change: 'started', message: '' }));
    this.merged = new MergedHistory({
      system,
      reader: new HistoryReader({ system, wallMs, recorder }, LIMITS),
      peers: {
        members: () => [
          { node: 'n1', name: 'a', isSelf: true, whyNot: '' },
          { node: 'n2', name: 'b', isSelf: false, whyNot: '' },
        ],
        ask: async (_node, _kind, body) => {
          this.asked++;
          if (this.asked > 1_000) throw new Error('asked for ever');
          return peerSays(body);
        },
      },
    });
  }

  async pages(): Promise<readonly MergedPage[]> {
    const { signal } = new AbortController();
    const pages: MergedPage[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.merged.read(ALL, { cursor, limit: 10, pace: PACE, signal });
      pages.push(page);
      cursor = page.next;
    } while (cursor !== undefined && pages.length < 20);
    return pages;
  }

  alert(fingerprint: string, atMs = this.system.now().wallMs): object {
    const at = new Date(atMs).toISOString();
    return { id: `x-${fingerprint}`, at, node: 'b', kind: 'alert', change: 'new', fingerprint, labels: {}, from: 'x' };
  }
}

function shown(pages: readonly MergedPage[]): string[] {
  return pages.flatMap(({ entries }) =>
    entries.map(({ event }) => ('fingerprint' in event ? event.fingerprint : event.kind)),
  );
}

function missing(pages: readonly MergedPage[]): string {
  return pages.at(-1)?.nodes.find(({ name }) => name === 'b')?.missing ?? '';
}

describe('a peer', () => {
  test('whose record is whole is shown with ours', async () => {
    const stage = new Stage(({ before }) =>
      before === undefined
        ? { events: [['5.1', stage.alert('x')]], next: '5.1' }
        : { events: [['5.0', stage.alert('y')]] },
    );
    const pages = await stage.pages();
    expect([shown(pages).sort(), missing(pages)]).toEqual([['node', 'x', 'y'], '']);
  });

  test.each<[string, Said]>([
    ['nothing, and to go on in the same place', () => ({ events: [], next: '5.0' })],
    [
      'nothing, and to go on later',
      ({ before }) => ({ events: [], next: `${Number.parseInt(before ?? '5', 10) + 1}.0` }),
    ],
  ])('that says for ever %s is missing, and holds up nobody', async (_, said) => {
    const stage = new Stage(said);
    const pages = await stage.pages();
    expect([shown(pages), missing(pages)]).toEqual([['node'], expect.stringContaining('it does not come to an end')]);
    expect(stage.asked).toBeLessThan(5);
  });

  test('that tells the same again is missing from there on', async () => {
    const stage: Stage = new Stage(() => ({ events: [['5.1', stage.alert('x')]], next: '5.1' }));
    const pages = await stage.pages();
    expect([shown(pages).sort(), missing(pages)]).toEqual([
      ['node', 'x'],
      expect.stringContaining('tells the same again'),
    ]);
  });

  test('whose event happened on no day is shown without it', async () => {
    const stage: Stage = new Stage(() => ({
      events: [
        ['5.1', { ...stage.alert('never'), at: '2026-99-99T00:00:00.000Z' }],
        ['5.0', stage.alert('x')],
      ],
    }));
    const pages = await stage.pages();
    expect([shown(pages).sort(), missing(pages)]).toEqual([['node', 'x'], '']);
  });

  test.each([['text'], [null], [{ events: [['5', {}]] }], [{ events: [['1.1', 1]], next: 'x' }]])(
    'that says %j is missing',
    async (said) => {
      const pages = await new Stage(() => said).pages();
      expect([shown(pages), missing(pages)]).toEqual([['node'], expect.stringContaining('it did not answer')]);
    },
  );
});
