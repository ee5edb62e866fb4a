import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { bucketOf, hash64 } from './record-hash.ts';
import { TestNode } from './testing/synced-registers.ts';

const CHUNK_BYTES = 32 * 1024;

let system: VirtualSystem;
let here: TestNode;
let there: TestNode;

beforeEach(() => {
  system = new VirtualSystem();
  here = new TestNode(system, 'here');
  there = new TestNode(system, 'there');
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const keyOf = (index: number) => `{alertname="Down", instance="host-${index}:9100"}`;

/** Both have heard of the same. */
function writeBoth(count: number): void {
  const now = system.now();
  for (let index = 0; index < count; index += 1) {
    here.write(keyOf(index), `text ${index}`);
    there.map.receive(keyOf(index), here.map.encodeRecord(keyOf(index), now), { now });
  }
}

describe('an exchange makes both nodes alike', () => {
  const anyWrites = fc.array(fc.tuple(fc.constantFrom('', '\0', '__proto__', 'a', 'b', '\ud800'), fc.string()));
  test('whatever each had, once', async () => {
    await fc.assert(
      fc.asyncProperty(anyWrites, anyWrites, async (ours, theirs) => {
        const [a, b] = [new TestNode(system, 'a'), new TestNode(system, 'b')];
        for (const [key, text] of ours) a.write(key, text);
        for (const [key, text] of theirs) b.write(key, text);
        await a.exchangeWith(b);
        expect([...a.map.hashes.keys()].toSorted()).toEqual([...b.map.hashes.keys()].toSorted());
        expect(a.map.hashes.rootHash()).toBe(b.map.hashes.rootHash());
        expect((await a.exchangeWith(b)).result).toMatchObject({ maps: 0, questions: 1 });
      }),
    );
  });

  test('and says what passed', async () => {
    writeBoth(100);
    here.write('only here', 'x');
    there.write('only there', 'x');
    await system.advance(1_000);
    here.write(keyOf(1), 'newer here');
    there.write(keyOf(2), 'newer there');
    const { result } = await here.exchangeWith(there);
    expect(result).toMatchObject({ maps: 1, behind: 3, pulled: 2, ahead: 2, pushed: 2, refused: 0, left: 0 });
    expect(here.map.texts()).toEqual(there.map.texts());
  });

  test('map by map, and one that only one of them knows is left alone', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `map-${index}`);
    const [a, b] = [
      new TestNode(system, 'a', { maps: [...names, 'of-a-newer-node'] }),
      new TestNode(system, 'b', { maps: names }),
    ];
    for (const map of a.maps) map.write('key', map.name, system.now());
    const { result } = await a.exchangeWith(b);
    expect([result.maps, b.maps.map((map) => map.text('key'))]).toEqual([20, names]);
  });

  test('and each record’s age stays what it is', async () => {
    here.write('key', 'text');
    await system.advance(5_000);
    const writtenMs = system.now().monotonicMs - 5_000;
    await there.exchangeWith(here);
    expect(there.map.hashes.get('key')?.writtenMs).toBe(writtenMs);
  });
});

describe('of 10 000 records', () => {
  test('all alike cost less than 200 bytes', async () => {
    writeBoth(10_000);
    const { result, traffic } = await here.exchangeWith(there);
    expect([result.maps, result.questions]).toEqual([0, 1]);
    expect(sum(traffic.bytes)).toBeLessThan(200);
  });

  test.each([
    ['newer here', () => here.write(keyOf(7), 'newer')],
    ['newer there', () => there.write(keyOf(7), 'newer')],
    ['missing here', () => there.write('one more', 'new')],
    ['missing there', () => here.write('one more', 'new')],
  ])('one %s costs less than 8 KiB', async (_, write) => {
    writeBoth(10_000);
    write();
    const { traffic } = await here.exchangeWith(there);
    expect(here.map.hashes.rootHash()).toBe(there.map.hashes.rootHash());
    expect(sum(traffic.bytes)).toBeLessThan(8 * 1024);
  });

  test('all missing cost twice as much as half of them, and little more than the records', async () => {
    const costOf = async (count: number) => {
      const [full, empty] = [new TestNode(system, 'full'), new TestNode(system, 'empty')];
      for (let index = 0; index < count; index += 1) full.write(keyOf(index), 'x'.repeat(500));
      const { traffic } = await empty.exchangeWith(full);
      expect([empty.map.hashes.size, Math.max(...traffic.bytes) <= CHUNK_BYTES]).toEqual([count, true]);
      return sum(traffic.bytes);
    };
    const [half, all] = [await costOf(5_000), await costOf(10_000)];
    expect(all / half).toBeGreaterThan(1.9);
    expect(all / half).toBeLessThan(2.1);
    const recordBytes =
      10_000 * (500 + JSON.stringify([keyOf(9_999), { version: 'miaaaaaa@full.1', content: '', ageMs: 0 }]).length);
    expect(all / recordBytes).toBeLessThan(1.3);
  });

  test('given away they cost little more than the records, too', async () => {
    for (let index = 0; index < 10_000; index += 1) here.write(keyOf(index), 'x'.repeat(500));
    const { result, traffic } = await here.exchangeWith(there);
    expect([result.pushed, there.map.hashes.size, Math.max(...traffic.bytes) <= CHUNK_BYTES]).toEqual([
      10_000,
      10_000,
      true,
    ]);
    expect(sum(traffic.bytes) / 10_000).toBeLessThan(700);
  });
});

test('a bucket of more keys than find room in a message is compared page by page', async () => {
  const keys = keysOfOneBucket(2_000);
  for (const [index, key] of keys.entries()) (index % 3 === 0 ? here : there).write(key, 'x');
  const { result, traffic } = await here.exchangeWith(there);
  expect(here.map.hashes.rootHash()).toBe(there.map.hashes.rootHash());
  expect([result.ahead, result.behind]).toEqual([667, 1_333]);
  expect(traffic.asked.filter((ask) => ask === 'keys').length).toBeGreaterThan(1);
  expect(Math.max(...traffic.bytes)).toBeLessThanOrEqual(CHUNK_BYTES);
});

function keysOfOneBucket(count: number): string[] {
  const keys: string[] = [];
  for (let index = 0; keys.length < count; index += 1) {
    const key = `${index}`.padEnd(30, '.');
    if (bucketOf(hash64(key)) === 0) keys.push(key);
  }
  return keys;
}

test('two nodes that go on changing while they exchange come to agree when they stop', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
      const stage = new VirtualSystem({ seed });
      const [a, b] = [new TestNode(stage, 'a'), new TestNode(stage, 'b')];
      const churn = (node: TestNode) => {
        for (let index = 0; index < 5; index += 1) {
          const key = keyOf(Math.floor(stage.random() * 300));
          if (stage.random() < 0.1) node.map.hashes.delete(key);
          else node.write(key, String(stage.random()));
        }
      };
      for (let index = 0; index < 60; index += 1) [a, b].forEach(churn);
      const changing = (one: TestNode, other: TestNode) => {
        const ask = one.asking(other);
        return one.exchange(async (body, options) => {
          churn(other);
          const answer = await ask(body, options);
          churn(one);
          return answer;
        });
      };
      await Promise.all([changing(a, b), changing(b, a)]);
      await a.exchangeWith(b);
      expect(a.map.hashes.rootHash()).toBe(b.map.hashes.rootHash());
    }),
    { numRuns: 30 },
  );
});

describe('a record larger than a chunk', () => {
  // Nothing in it is the same when shifted, and much of it takes several bytes.
  const text = Array.from({ length: 12_000 }, (_, index) => `${index} “\\"é😀`)
    .join('')
    .slice(0, 60_000);

  test('is fetched in parts by whoever lacks it', async () => {
    there.write('large', text);
    there.write('small', 'x');
    const { result, traffic } = await here.exchangeWith(there);
    expect(here.map.text('large') === text).toBe(true);
    expect(result).toMatchObject({ pulled: 2, refused: 0, left: 0 });
    expect(Math.max(...traffic.bytes)).toBeLessThanOrEqual(CHUNK_BYTES);
  });

  test('is left to the other’s exchange by whoever has it', async () => {
    here.write('large', text);
    here.write('small', 'x');
    const { result, traffic } = await here.exchangeWith(there);
    expect([result.left, result.pushed, there.map.text('small')]).toEqual([1, 1, 'x']);
    expect(Math.max(...traffic.bytes)).toBeLessThanOrEqual(CHUNK_BYTES);
    await there.exchangeWith(here);
    expect(there.map.text('large') === text).toBe(true);
  });

  test('keeps its age, however long its parts take', async () => {
    there.write('large', text);
    const writtenMs = system.now().monotonicMs;
    await system.advance(3_000);
    const ask = here.asking(there);
    await here.exchange(async (body, options) => {
      const answer = await ask(body, options);
      await system.advance(700);
      return answer;
    });
    expect(here.map.hashes.get('large')?.writtenMs).toBeCloseTo(writtenMs + 700, 5);
  });

  test('that changes between two parts is left for next time', async () => {
    there.write('large', text);
    const ask = here.asking(there);
    const result = await here.exchange(async (body, options) => {
      const answer = await ask(body, options);
      if ('offset' in body && body.offset === 0) there.write('large', text.toUpperCase());
      return answer;
    });
    expect([result.left, here.map.text('large')]).toEqual([1, undefined]);
    expect((await here.exchangeWith(there)).result.pulled).toBe(1);
  });

  test('and than 128 KiB passes to nobody, which is said, and holds up no other', async () => {
    for (const [node, name] of [
      [here, 'ours'],
      [there, 'theirs'],
    ] as const) {
      node.write(`${name}, too large`, 'x'.repeat(128 * 1024));
      for (let index = 0; index < 200; index += 1) node.write(`${name} ${index}`, 'x');
    }
    const { result } = await here.exchangeWith(there);
    expect(result).toMatchObject({ pulled: 200, pushed: 200, refused: 2, left: 0 });
    const said = (node: TestNode) => node.refusals.map(({ map, key, reason, peer }) => [map, key, reason, peer]);
    expect(said(here)).toEqual([['texts', 'ours, too large', 'too large', 'there']]);
    expect(said(there)).toEqual([['texts', 'theirs, too large', 'too large', 'here']]);
  });

  test('just below 128 KiB still passes', async () => {
    const largest = 'x'.repeat(128 * 1024 - 200);
    there.write('large', largest);
    await here.exchangeWith(there);
    expect(here.map.text('large') === largest).toBe(true);
  });
});

describe('what cannot pass holds up no other', () => {
  test('a key longer than any that is told', async () => {
    for (const node of [here, there]) {
      node.write('k'.repeat(20_000) + node.id, 'x');
      node.write(node.id, 'x');
    }
    const { result } = await here.exchangeWith(there);
    expect(result).toMatchObject({ pulled: 1, pushed: 1, refused: 1 });
    expect([...here.refusals, ...there.refusals].map(({ reason }) => reason)).toEqual(['key too long', 'key too long']);
  });

  test('the longest keys that are told', async () => {
    for (let index = 0; index < 10; index += 1) there.write('\0'.repeat(2_700) + index, 'x');
    const { traffic } = await here.exchangeWith(there);
    expect([here.map.hashes.size, Math.max(...traffic.bytes) <= CHUNK_BYTES]).toEqual([10, true]);
  });

  test.each(['here', 'there'])('a map that fails on a record %s', async (where) => {
    const broken = where === 'here' ? here : there;
    const { encodeRecord, receive } = broken.map;
    broken.map.encodeRecord = function (this: typeof broken.map, key, now) {
      if (key === 'poison') throw new Error('cannot be encoded');
      return encodeRecord.call(this, key, now);
    };
    broken.map.receive = function (this: typeof broken.map, key, record, context) {
      if (key === 'venom') throw new Error('cannot be read');
      return receive.call(this, key, record, context);
    };
    broken.write('poison', 'x');
    broken.write('fine', 'x');
    (where === 'here' ? there : here).write('venom', 'x');
    const { result } = await here.exchangeWith(there);
    expect(result.refused).toBe(2);
    expect([here.map.text('fine'), there.map.text('fine')]).toEqual(['x', 'x']);
    expect(broken.refusals.map(({ key, reason }) => `${key}: ${reason}`).toSorted()).toEqual([
      'poison: the map failed',
      'venom: the map failed',
    ]);
  });

  test('a record that nests deeper than a message may', async () => {
    const nested = JSON.parse(`${'['.repeat(25)}${']'.repeat(25)}`);
    const { encodeRecord } = there.map;
    there.map.encodeRecord = (key, now) => (key === 'deep' ? nested : encodeRecord.call(there.map, key, now));
    there.write('deep', 'x');
    there.write('fine', 'x');
    await here.exchangeWith(there);
    expect([here.map.text('fine'), there.refusals.map(({ reason }) => reason)]).toEqual(['x', ['nested too deep']]);
  });

  test('what the peer does not understand is said', async () => {
    there.write('key', 'x');
    there.map.encodeRecord = () => ({ version: 'of another kind' });
    const { result } = await here.exchangeWith(there);
    expect([result.pulled, result.refused, here.refusals[0]?.reason]).toEqual([0, 1, 'refused by the map']);
  });
});

describe('what has outlived its use', () => {
  test('is not brought back by a peer that has not removed it yet', async () => {
    const [a, b] = ['a', 'b'].map((id) => new TestNode(system, id, { forgetAfterMs: 10_000 })) as [TestNode, TestNode];
    a.write('old', 'x');
    await a.exchangeWith(b);
    await system.advance(10_001);
    expect(a.map.hashes.forget(system.now())).toEqual(['old']);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      expect((await one.exchangeWith(other)).result).toMatchObject({ behind: 0, ahead: 0 });
    }
    expect(a.map.hashes.has('old')).toBe(false);
  });
});
