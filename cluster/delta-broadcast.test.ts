import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { DeltaBroadcast } from './delta-broadcast.ts';
import type { Refusal } from './synced-map.ts';
import { SyncedRegisters } from './testing/synced-registers.ts';
import { decodeMessage, encodeMessage, WireError } from './wire.ts';

const BATCH_BYTES = 64 * 1024;

let system: VirtualSystem;
let messages: { readonly atMs: number; readonly bytes: Uint8Array }[];
let refusals: Refusal[];
let texts: SyncedRegisters;
let counters: SyncedRegisters;
let deltas: DeltaBroadcast;

beforeEach(() => {
  system = new VirtualSystem({ monotonicMs: 0 });
  messages = [];
  refusals = [];
  texts = new SyncedRegisters('texts', { writer: 'here.1' });
  counters = new SyncedRegisters('counters', { writer: 'here.1' });
  deltas = node([texts, counters]);
});

function node(maps: SyncedRegisters[]): DeltaBroadcast {
  return new DeltaBroadcast({
    system,
    maps,
    broadcast: (body) => messages.push({ atMs: system.now().monotonicMs, bytes: encodeMessage('deltas', body) }),
    onRefused: (refusal) => refusals.push(refusal),
  });
}

function write(map: SyncedRegisters, key: string, text: string): void {
  map.write(key, text, system.now());
  deltas.changed(map.name, key);
}

function bodyOf(bytes: Uint8Array): Record<string, unknown> {
  const message = decodeMessage(bytes);
  if (message instanceof WireError) throw message;
  return message.body;
}

/** `map/key` of the records of each message. */
const told = () =>
  messages.map(({ bytes }) => (bodyOf(bytes).records as [string, string][]).map(([map, key]) => `${map}/${key}`));

describe('changes', () => {
  test('of one turn leave together, at once', async () => {
    write(texts, 'a', 'x');
    write(counters, 'b', '1');
    await system.advance(0);
    expect(told()).toEqual([['texts/a', 'counters/b']]);
  });

  test('of one record leave once, as it stands in the end', async () => {
    const peer = new SyncedRegisters('texts', { writer: 'there.1' });
    write(texts, 'a', 'first');
    write(texts, 'a', 'last');
    await system.advance(0);
    for (const { bytes } of messages) node([peer]).receive(bodyOf(bytes), { from: 'here', now: system.now() });
    expect([told(), peer.text('a'), deltas.counts.joined]).toEqual([[['texts/a']], 'last', 1]);
  });

  test('of a record that is gone by then are not told', async () => {
    write(texts, 'a', 'x');
    texts.hashes.delete('a');
    await system.advance(1_000);
    expect([told(), deltas.queued]).toEqual([[], 0]);
  });

  test('carry the record’s age at the time they leave', async () => {
    const peer = new SyncedRegisters('texts', { writer: 'there.1' });
    texts.write('a', 'x', system.now());
    await system.advance(7_000);
    deltas.changed('texts', 'a');
    await system.advance(0);
    for (const { bytes } of messages) node([peer]).receive(bodyOf(bytes), { from: 'here', now: system.now() });
    expect(peer.hashes.get('a')?.writtenMs).toBe(0);
  });

  test('of a map nobody spoke of are a programming error', () => {
    expect(() => deltas.changed('nowhere', 'a')).toThrow(RangeError);
  });
});

describe('a burst', () => {
  test('leaves in messages of at most 64 KiB, a few at a time', async () => {
    for (let index = 0; index < 2_000; index += 1) write(texts, `${index}`, 'x'.repeat(500));
    await system.advance(0);
    expect(messages.length).toBe(4);
    await system.advance(20);
    expect(messages.length).toBe(8);
    await system.advance(10_000);
    expect(told().flat().length).toBe(2_000);
    const sizes = messages.map(({ bytes }) => bytes.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BATCH_BYTES);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(BATCH_BYTES - 2_000);
    expect(system.pendingTimers).toBe(0);
  });

  test('of one map does not hold up another', async () => {
    for (let index = 0; index < 5_000; index += 1) write(texts, `${index}`, 'x'.repeat(500));
    write(counters, 'urgent', '1');
    await system.advance(0);
    expect(told()[0]).toContain('counters/urgent');
  });

  test('beyond the bound of its map is dropped and counted, and crowds out no other map', async () => {
    for (let index = 0; index < 20_000; index += 1) write(texts, `${index}`, 'x');
    write(counters, 'a', '1');
    expect([deltas.queued, deltas.counts.dropped]).toEqual([16_385, 3_616]);
    await system.advance(10_000);
    expect([deltas.queued, deltas.counts.sent, told().flat().includes('counters/a')]).toEqual([0, 16_385, true]);
  });
});

test('a record larger than a batch is left to anti-entropy, and the others leave', async () => {
  write(texts, 'large', 'x'.repeat(70_000));
  write(texts, 'too large', 'x'.repeat(200_000));
  write(texts, 'small', 'x');
  await system.advance(0);
  expect([told(), deltas.counts.tooLarge]).toEqual([[['texts/small']], 2]);
  expect(refusals.map(({ key, reason, peer }) => [key, reason, peer])).toEqual([['too large', 'too large', undefined]]);
});

describe('what comes in', () => {
  const record = (content: string) => ({ version: `${content.length}@there.1`, content, ageMs: 5 });
  const receive = (body: unknown) => deltas.receive(body, { from: 'there', now: system.now() });

  test('is merged, and not told again', async () => {
    receive({
      records: [
        ['texts', 'a', record('x')],
        ['counters', 'b', record('y')],
      ],
    });
    receive({ records: [['texts', 'a', record('x')]] });
    await system.advance(1_000);
    expect([texts.text('a'), counters.text('b'), messages]).toEqual(['x', 'y', []]);
    expect(deltas.counts).toMatchObject({ changed: 2, nothingNew: 1, refused: 0 });
  });

  test('does not keep others out by one that is not understood, or of a map of newer nodes', () => {
    receive({
      records: [
        ['texts', 'a', null],
        ['of-newer-nodes', 'a', 1],
        ['texts', 'b', record('x')],
      ],
      newer: 1,
    });
    expect(deltas.counts).toMatchObject({ changed: 1, refused: 1, unknownMap: 1 });
    expect([texts.texts(), refusals.map(({ key, peer }) => [key, peer])]).toEqual([{ b: 'x' }, [['a', 'there']]]);
  });

  test.each<[what: string, body: unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['no records', {}],
    ['records that are no list', { records: { length: 3 } }],
    [
      'a record that is no triple',
      {
        records: [
          ['texts', 'a', record('x')],
          ['texts', 'b'],
        ],
      },
    ],
    ['a key that is no text', { records: [['texts', 7, record('x')]] }],
    ['a key without end', { records: [['texts', 'k'.repeat(20_000), record('x')]] }],
    ['records without end', { records: Array(10_000).fill(['texts', 'a', record('x')]) }],
  ])('is dropped and counted when it is %s', (_, body) => {
    receive(body);
    expect([deltas.counts.malformed, texts.texts()]).toEqual([1, {}]);
  });

  test('cannot reach what objects inherit', () => {
    receive({
      records: [
        ['__proto__', 'a', record('x')],
        ['texts', '__proto__', record('x')],
      ],
    });
    expect([deltas.counts.unknownMap, texts.text('__proto__'), ({} as { content?: unknown }).content]).toEqual([
      1,
      'x',
      undefined,
    ]);
  });
});

test('who stops tells all that waits first, and nothing after', async () => {
  for (let index = 0; index < 2_000; index += 1) write(texts, `${index}`, 'x'.repeat(500));
  deltas.stop();
  expect([told().flat().length, system.pendingTimers]).toEqual([2_000, 0]);
  write(texts, 'late', 'x');
  await system.advance(1_000);
  expect([told().flat().length, deltas.queued]).toEqual([2_000, 0]);
});

test.each([
  ['two of a name', ['texts', 'texts']],
  ['one whose name could not travel', ['texts', 'Ünnamed']],
])('maps are refused at the start: %s', (_, names) => {
  expect(() => node(names.map((name) => new SyncedRegisters(name, { writer: 'here.1' })))).toThrow(RangeError);
});
