/** What is kept, how it is found again, and what is forgotten. */
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../test/support/memory-disk.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { HistoryQuery } from '../model/history-query.ts';
import { parseMatcher } from '../model/matcher-parser.ts';
import { chartNumbers } from './chart-numbers.ts';
import type { Fact } from './event.ts';
import { EventHub } from './event-hub.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryRecorder } from './history-recorder.ts';
import { SEGMENT_PREFIX, type SegmentLimits, Segments } from './segments.ts';
import { MemoryShelf, type Shelf } from './shelf.ts';

const HOUR_MS = 3_600_000;
const LIMITS: SegmentLimits = { retentionMs: 720 * HOUR_MS, maxBytes: 2 ** 20 };
const ALL: HistoryQuery = {
  fromMs: undefined,
  toMs: undefined,
  kinds: [],
  receivers: [],
  nodes: [],
  outcomes: [],
  matchers: [],
  fingerprint: undefined,
  group: undefined,
  text: '',
};
const NO_PACE = { isDue: () => false, pause: async () => {} };

class Stage {
  readonly system = new VirtualSystem();
  readonly limits: SegmentLimits;
  shelf: Shelf = new MemoryShelf();
  recorder!: HistoryRecorder;
  reader!: HistoryReader;
  #hub!: EventHub;

  private constructor(limits: Partial<SegmentLimits>) {
    this.limits = { ...LIMITS, ...limits };
  }

  static async begin(limits: Partial<SegmentLimits> = {}): Promise<Stage> {
    const stage = new Stage(limits);
    await stage.start();
    return stage;
  }

  async start({ isOpen = true } = {}): Promise<void> {
    const { system } = this;
    const wallMs = () => system.now().wallMs;
    const now = () => system.now();
    this.recorder = new HistoryRecorder({ system, logger: silentLogger, wallMs });
    this.reader = new HistoryReader({ system, wallMs, recorder: this.recorder }, this.limits);
    this.#hub = new EventHub({ system, logger: silentLogger, now }, { node: 'a', boot: system.uuid().slice(0, 8) });
    this.#hub.addTaker(this.recorder);
    if (isOpen) await this.open();
  }

  async open(): Promise<void> {
    const entries = await this.shelf.entries(SEGMENT_PREFIX);
    this.recorder.useShelf(
      this.shelf,
      new Segments(
        this.limits,
        entries.map(([, text]) => text),
      ),
    );
  }

  note(fact: Fact): void {
    this.#hub.note(fact.kind, () => fact);
  }

  alert(name: string, labels: Record<string, string> = {}): void {
    this.note({
      kind: 'alert',
      change: 'new',
      fingerprint: name,
      labels: { alertname: name, ...labels },
      from: 'peer b',
    });
  }

  told(name: string, outcome: 'sent' | 'refused' = 'sent', receiver = 'team'): void {
    this.note({
      ...{
        kind: 'notification',
        groupId: 'g',
        groupLabels: { alertname: name },
        receiver,
        integration: 'webhook',
        index: 0,
      },
      ...{ outcome, reason: 'first notification', message: `to ${name}`, durationMs: 1, attempt: 1, willRetry: false },
      ...{ firing: 1, resolved: 0, fingerprints: [name] },
    });
  }

  /** Names of what is found, the latest first, page by page. */
  async pages(query: Partial<HistoryQuery> = {}, limit = 100): Promise<string[][]> {
    const pages: string[][] = [];
    let before: string | undefined;
    do {
      const page = await this.reader.page({ ...ALL, ...query }, { before, limit, mostBytes: 80_000, pace: NO_PACE });
      pages.push(
        page.events.map(({ event }) =>
          'fingerprint' in event
            ? event.fingerprint
            : 'groupLabels' in event
              ? `told ${event.groupLabels.alertname}`
              : event.kind,
        ),
      );
      before = page.next;
    } while (before !== undefined);
    return pages;
  }

  async all(query: Partial<HistoryQuery> = {}): Promise<string[]> {
    return (await this.pages(query)).flat();
  }
}

describe('what is kept', () => {
  test('is found, the latest first, a page at a time', async () => {
    const stage = await Stage.begin();
    for (let number = 1; number <= 7; number++) {
      stage.alert(`${number}`);
      if (number % 3 === 0) await stage.system.advance(2_000);
    }
    expect(await stage.pages({}, 3)).toEqual([['7', '6', '5'], ['4', '3', '2'], ['1']]);
  });

  test('outlives a kill but for the last half second', async () => {
    const stage = await Stage.begin();
    stage.alert('old');
    await stage.system.advance(501);
    stage.alert('young');
    await stage.start();
    stage.alert('new');
    expect(await stage.all()).toEqual(['new', 'old']);
  });

  test('waits until the store is open', async () => {
    const stage = await Stage.begin();
    await stage.start({ isOpen: false });
    stage.alert('early');
    await stage.system.advance(5_000);
    await stage.open();
    expect(await stage.all()).toEqual(['early']);
  });

  test('is written at a stop', async () => {
    const stage = await Stage.begin();
    stage.alert('last');
    await stage.recorder.stop();
    await stage.start();
    expect(await stage.all()).toEqual(['last']);
    await stage.recorder.stop();
    expect(stage.system.pendingTimers).toBe(0);
  });
});

describe('a query', () => {
  test.each<[string, Partial<HistoryQuery>, string[]]>([
    ['nothing: all but counts', {}, ['told y', 'told x', 'y', 'x']],
    ['counts by name', { kinds: ['count'] }, ['count']],
    ['a kind', { kinds: ['notification'] }, ['told y', 'told x']],
    ['an outcome', { outcomes: ['refused'] }, ['told y']],
    ['a receiver', { receivers: ['night'] }, ['told y']],
    ['a matcher, on alerts and groups', { matchers: [parseMatcher('alertname="x"').matcher] }, ['told x', 'x']],
    ['a fingerprint, also among others', { fingerprint: 'y' }, ['told y', 'y']],
    ['a group', { group: 'g' }, ['told y', 'told x']],
    ['a text, whatever its case', { text: 'TO X' }, ['told x']],
    ['another node', { nodes: ['b'] }, []],
    ['a time', { toMs: Date.UTC(2026, 0, 5, 12, 0, 5) }, ['y', 'x']],
    ['a later time', { fromMs: Date.UTC(2026, 0, 5, 12, 0, 5) }, ['told y', 'told x']],
  ])('asks for %s', async (_, query, expected) => {
    const stage = await Stage.begin();
    stage.alert('x');
    stage.alert('y');
    await stage.system.advance(10_000);
    stage.told('x');
    stage.told('y', 'refused', 'night');
    const firing = { urgent: 1, important: 0, interesting: 0, other: 0 };
    stage.note({ kind: 'count', firing, suppressed: 0 });
    expect(await stage.all(query)).toEqual(expected);
  });
});

describe('the oldest is forgotten', () => {
  test('beyond the size', async () => {
    const stage = await Stage.begin({ maxBytes: 40_000 });
    for (let number = 0; number < 200; number++) {
      stage.alert(`${number}`, { text: 'x'.repeat(500) });
      await stage.system.advance(1_000);
    }
    const kept = await stage.all();
    expect(kept[0]).toBe('199');
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThan(70);
    const entries = await stage.shelf.entries('');
    expect(entries.reduce((sum, [, text]) => sum + text.length, 0)).toBeLessThan(45_000);
  });

  test('beyond the retention, from the disk too', async () => {
    const stage = await Stage.begin({ retentionMs: 32 * HOUR_MS });
    for (let hour = 0; hour < 48; hour++) {
      stage.alert(`${hour}`);
      await stage.system.advance(HOUR_MS);
    }
    const kept = await stage.all();
    expect([kept[0], kept.at(-1)]).toEqual(['47', '16']);
    expect((await stage.shelf.entries('r/')).length).toBeLessThan(36);
    expect(stage.reader.keptSinceMs).toBeGreaterThanOrEqual(stage.system.now().wallMs - 32 * HOUR_MS);
  });
});

test.each<[string, Partial<HistoryQuery>, number[], number[]]>([
  ['all that was told', {}, [1, 0, 1], [0, 0, 1]],
  ['what one receiver was told', { receivers: ['night'] }, [0, 0, 0], [0, 0, 1]],
])('a chart counts %s, and the most that fired', async (_, query, sent, failed) => {
  const stage = await Stage.begin();
  const fromMs = stage.system.now().wallMs;
  stage.told('x');
  stage.note({ kind: 'count', firing: { urgent: 1, important: 0, interesting: 2, other: 0 }, suppressed: 0 });
  await stage.system.advance(25_000);
  stage.told('y');
  stage.told('z', 'refused', 'night');
  const question = { query: { ...ALL, ...query }, fromMs, stepMs: 10_000, points: 3 };
  expect(await chartNumbers(stage.reader, question, NO_PACE)).toEqual({
    ...{ firing: [[1, 0, 2, 0], null, null], sent, failed, isWhole: true },
  });
});

test('what is too much at once is kept as a gap', async () => {
  const stage = await Stage.begin();
  for (let number = 0; number < 5_000; number++) stage.alert(`${number}`);
  await stage.system.advance(2_000);
  const kept = await stage.all();
  expect(kept.filter((name) => name === 'gap')).toEqual(['gap']);
  expect(kept).toHaveLength(1_001);
});

test('a disk that hangs loses history and nothing else, and says how much', async () => {
  const stage = await Stage.begin();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const write = stage.shelf.write.bind(stage.shelf);
  stage.shelf.write = () => promise;
  stage.alert('hanging');
  await stage.system.advance(1_000);
  for (let second = 0; second < 20; second++) {
    for (let number = 0; number < 900; number++) stage.alert(`${second} ${number}`);
    await stage.system.advance(1_000);
  }
  stage.shelf.write = write;
  resolve(true);
  await stage.system.advance(1_000);
  stage.alert('after');
  await stage.system.advance(3_000);
  expect((await stage.all({ text: 'after' }))[0]).toBe('after');
  expect(await stage.all({ kinds: ['gap'] })).not.toEqual([]);
});

describe('whoever reads', () => {
  const read = (stage: Stage) =>
    stage.reader.page(ALL, { before: undefined, limit: 100, mostBytes: 80_000, pace: NO_PACE });

  test('is shown what is on a disk whose writes hang', async () => {
    const stage = await Stage.begin();
    stage.alert('kept');
    await stage.system.advance(1_000);
    stage.shelf.write = () => new Promise(() => {});
    stage.alert('hanging');
    const page = read(stage);
    await stage.system.advance(1_000);
    expect((await page).events.map(({ event }) => 'fingerprint' in event && event.fingerprint)).toEqual(['kept']);
  });

  test('hears in time that a disk does not answer', async () => {
    const stage = await Stage.begin();
    stage.alert('kept');
    await stage.system.advance(1_000);
    stage.shelf.read = () => new Promise(() => {});
    const page = read(stage).catch((error: Error) => error.message);
    await stage.system.advance(2_000);
    expect(await page).toBe('its disk does not answer');
  });

  test('comes to the end also where each record takes long', async () => {
    const stage = await Stage.begin();
    for (const name of ['a', 'b', 'c', 'd']) {
      stage.alert(name);
      await stage.system.advance(1_000);
    }
    const shelf = stage.shelf;
    const atOnce = shelf.read.bind(shelf);
    shelf.read = async (keys) => {
      await stage.system.advance(1_200);
      return atOnce(keys);
    };
    expect(await stage.pages()).toEqual([['d'], ['c'], ['b'], ['a']]);
  });
});

test('a store whose summaries cannot be read is refused, to be begun anew', () => {
  expect(() => new Segments(LIMITS, ['{"first":"x"}'])).toThrow();
});
