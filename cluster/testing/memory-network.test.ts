/** A network in memory is a Transport like any other, and does to its nodes exactly what a story says. */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { describeTransport } from '../transport.contract.ts';
import type { Transport, TransportHandlers } from '../transport.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

class World {
  readonly system = new VirtualSystem();
  readonly network: MemoryNetwork;
  readonly nodes = new Map<string, Transport>();
  readonly #random: SeededRandom;
  readonly #heard = new Map<string, { text: string; afterMs: number }[]>();
  readonly #beganMs = this.system.now().monotonicMs;

  constructor(options: MemoryNetworkOptions & { seed?: number } = {}) {
    this.#random = new SeededRandom(options.seed ?? 1);
    this.network = new MemoryNetwork({ system: this.system, random: () => this.#random.fraction() }, options);
  }

  static async withNodes(names: string, options: MemoryNetworkOptions & { seed?: number } = {}): Promise<World> {
    const world = new World(options);
    for (const name of names) await world.start(name);
    world.network.connectAll(...names);
    await world.system.advance(100);
    return world;
  }

  async start(place: string, { self = place, ...handlers }: Partial<TransportHandlers> & { self?: string } = {}) {
    const node = this.network.join(self, { place });
    this.nodes.set(place, node);
    await node.start({
      onBroadcast: (origin, bytes) => this.#note(place, `${origin}: ${decode(bytes)}`),
      onRequest: async (from, bytes) => {
        this.#note(place, `${from} asks: ${decode(bytes)}`);
        return encode(`answer of ${place}`);
      },
      onLinkChange: (peer, change) => this.#note(place, `${peer} ${change}`),
      ...handlers,
    });
    return node;
  }

  say(place: string, text: string): void {
    this.node(place).broadcast(encode(text));
  }

  ask(place: string, peer: string, text: string): Promise<string> {
    return this.node(place).request(peer, encode(text), { signal: new AbortController().signal }).then(decode);
  }

  node(place: string): Transport {
    const node = this.nodes.get(place);
    if (!node) throw new Error(`nobody at ${place}`);
    return node;
  }

  /** What the place heard since it was asked last. */
  heardBy(place: string): string[] {
    return this.heardWhen(place).map(({ text }) => text);
  }

  /** With the time since the world began. */
  heardWhen(place: string): { text: string; afterMs: number }[] {
    return this.#heard.get(place)?.splice(0) ?? [];
  }

  forget(): void {
    this.#heard.clear();
  }

  get passedMs(): number {
    return this.system.now().monotonicMs - this.#beganMs;
  }

  #note(place: string, text: string): void {
    const heard = this.#heard.get(place) ?? [];
    heard.push({ text, afterMs: this.passedMs });
    this.#heard.set(place, heard);
  }
}

describeTransport('memory network', async () => {
  const world = new World();
  let joined = 0;
  return {
    join: async () => world.network.join(`node-${++joined}`),
    connect: async (one, two) => world.network.connect(one.self, two.self),
    cut: async (one, two) => world.network.cut(one.self, two.self),
    until: async (isSo, what) => {
      for (let step = 0; step < 1_000; step += 1) {
        if (isSo()) return;
        await world.system.advance(10);
      }
      throw new Error(`waited in vain for ${what}`);
    },
    quiet: () => world.system.advance(5_000),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

describe('a link', () => {
  test('takes its delay in each direction', async () => {
    const world = await World.withNodes('ab');
    world.network.setConditions({ from: 'a', to: 'b' }, { delayMs: 300 });
    world.network.setConditions({ from: 'b', to: 'a' }, { delayMs: 40 });
    world.forget();
    const sentMs = world.passedMs;
    const asked = world.ask('a', 'b', 'hello');
    await world.system.advance(339);
    expect(world.heardWhen('b')).toEqual([{ text: 'a asks: hello', afterMs: sentMs + 300 }]);
    await world.system.advance(1);
    expect(await asked).toBe('answer of b');
  });

  test('keeps the order while its delay varies, unless it is said to reorder', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => `a: ${index}`);
    const sendAll = async (reorderRate: number) => {
      const world = await World.withNodes('ab', { conditions: { delayMs: 10, jitterMs: 100, reorderRate } });
      world.forget();
      for (const index of numbers.keys()) {
        world.say('a', `${index}`);
        await world.system.advance(1);
      }
      await world.system.advance(1_000);
      return world.heardBy('b');
    };
    expect(await sendAll(0)).toEqual(numbers);
    const reordered = await sendAll(0.2);
    expect(reordered).not.toEqual(numbers);
    expect(reordered.toSorted()).toEqual(numbers.toSorted());
  });

  test('loses and doubles as often as it is said to', async () => {
    const heardOf = async (conditions: MemoryNetworkOptions['conditions']) => {
      const world = await World.withNodes('ab', { ...(conditions && { conditions }) });
      world.forget();
      for (let index = 0; index < 1_000; index += 1) world.say('a', `${index}`);
      await world.system.advance(1_000);
      return world.heardBy('b').length;
    };
    expect(Math.abs((await heardOf({ lossRate: 0.3 })) - 700)).toBeLessThan(50);
    expect(Math.abs((await heardOf({ duplicationRate: 0.3 })) - 1_300)).toBeLessThan(50);
  });

  test('that is reset comes up again by itself', async () => {
    const world = await World.withNodes('ab', { redialAfterMs: 500 });
    world.forget();
    world.network.reset('a', 'b');
    await world.system.advance(499);
    expect(world.heardBy('a')).toEqual(['b closed']);
    await world.system.advance(10);
    expect([world.heardBy('a'), world.heardBy('b')]).toEqual([['b up'], ['a closed', 'a up']]);
  });

  test('holds so much, and drops what is beyond', async () => {
    const world = await World.withNodes('ab');
    world.network.freeze('b');
    for (let index = 0; index < 12_000; index += 1) world.say('a', 'x');
    await expect(world.ask('a', 'b', 'anything')).rejects.toThrow('takes no more');
    world.forget();
    world.network.thaw('b');
    await world.system.advance(10);
    expect(world.heardBy('b')).toHaveLength(10_000);
    world.say('a', 'room again');
    await world.system.advance(10);
    expect(world.heardBy('b')).toEqual(['a: room again']);
  });
});

describe('a black hole', () => {
  test('swallows one direction and neither sees it', async () => {
    const world = await World.withNodes('ab');
    world.forget();
    world.network.blackHole({ from: 'a', to: 'b' });
    world.say('a', 'lost');
    world.say('b', 'arrives');
    await world.system.advance(60_000);
    expect([world.heardBy('a'), world.heardBy('b')]).toEqual([['b: arrives'], []]);
    expect(world.node('a').peers()).toEqual(['b']);
  });

  test('is gone round by others, if there are any', async () => {
    const world = await World.withNodes('abc');
    world.forget();
    world.network.blackHole({ from: 'a', to: 'b' });
    world.say('a', 'by c');
    await world.system.advance(100);
    expect(world.heardBy('b')).toEqual(['a: by c']);
  });

  test('hides that a process was killed, until it is healed', async () => {
    const world = await World.withNodes('ab');
    world.network.isolate('a');
    world.network.kill('a');
    await world.system.advance(60_000);
    expect(world.node('b').peers()).toEqual(['a']);
    world.network.heal();
    await world.system.advance(10);
    expect(world.node('b').peers()).toEqual([]);
  });
});

test('a partition parts the groups, and heals', async () => {
  const world = await World.withNodes('abcd');
  world.network.partition(
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
    { how: 'closed' },
  );
  await world.system.advance(10);
  world.forget();
  world.say('a', 'left');
  world.say('c', 'right');
  await world.system.advance(5_000);
  expect(['b', 'd'].map((place) => world.heardBy(place))).toEqual([['a: left'], ['c: right']]);
  world.network.heal();
  await world.system.advance(2_000);
  expect(world.node('a').peers()).toEqual(['b', 'c', 'd']);
});

describe('a frozen node', () => {
  test('hears after its thaw what was said meanwhile, in order, and relays it then', async () => {
    const world = new World();
    for (const place of 'abc') await world.start(place);
    world.network.connect('a', 'b');
    world.network.connect('b', 'c');
    await world.system.advance(100);
    world.forget();
    world.network.freeze('b');
    world.say('a', 'one');
    world.say('b', 'of its own');
    world.say('a', 'two');
    await world.system.advance(20_000);
    expect([world.heardBy('b'), world.heardBy('c')]).toEqual([[], []]);
    world.network.thaw('b');
    await world.system.advance(10);
    expect(world.heardBy('b')).toEqual(['a: one', 'a: two']);
    expect(world.heardBy('c')).toEqual(['b: of its own', 'a: one', 'a: two']);
  });

  test('learns after its thaw that its links closed', async () => {
    const world = await World.withNodes('ab');
    world.forget();
    world.network.freeze('b');
    world.network.cut('a', 'b');
    await world.system.advance(100);
    expect([world.heardBy('a'), world.node('b').peers()]).toEqual([['b closed'], ['a']]);
    world.network.thaw('b');
    await world.system.advance(0);
    expect(world.heardBy('b')).toEqual(['a closed']);
  });
});

describe('a killed node', () => {
  test('is seen closed by its peers after what it said last, and by nobody else', async () => {
    const world = await World.withNodes('ab', { conditions: { delayMs: 5, jitterMs: 5 } });
    world.forget();
    world.say('a', 'last words');
    world.network.kill('a');
    world.say('a', 'from beyond');
    await world.system.advance(100);
    expect([world.heardBy('a'), world.heardBy('b')]).toEqual([[], ['a: last words', 'a closed']]);
  });

  test('is linked again when it is started again', async () => {
    const world = await World.withNodes('ab');
    world.network.kill('a');
    await world.system.advance(5_000);
    world.forget();
    await world.start('a');
    await world.system.advance(10);
    expect(world.heardBy('b')).toEqual(['a up']);
  });
});

test('two nodes of one id are one peer, until the last of them is gone', async () => {
  const world = new World();
  await world.start('b');
  await world.start('a');
  await world.start('a2', { self: 'a' });
  world.network.connectAll('a', 'a2', 'b');
  await world.system.advance(10);
  world.say('a', 'first');
  world.say('a2', 'second');
  await world.system.advance(10);
  world.network.kill('a');
  await world.system.advance(10);
  expect(world.heardBy('b')).toEqual(['a up', 'a: first', 'a: second']);
  world.network.kill('a2');
  await world.system.advance(10);
  expect(world.heardBy('b')).toEqual(['a closed']);
});

test('all that arrives in one millisecond costs one firing of a timer', async () => {
  const world = await World.withNodes('abcde');
  for (const place of 'abcde') world.say(place, 'hello');
  expect(world.system.pendingTimers).toBe(1);
  await world.system.advance(1);
  expect(world.system.pendingTimers).toBe(0);
});

test('promises come to rest between a message and its answer, though both take no time', async () => {
  const world = new World({ conditions: { delayMs: 0 } });
  const order: string[] = [];
  const b = await world.start('b', {
    onBroadcast: () => {
      order.push('b hears');
      void Promise.resolve().then(() => order.push('b rests'));
      b.broadcast(encode('answer'));
    },
  });
  await world.start('a', { onBroadcast: () => void order.push('a hears') });
  world.network.connect('a', 'b');
  await world.system.advance(1);
  world.say('a', 'question');
  await world.system.advance(1);
  expect(order).toEqual(['b hears', 'b rests', 'a hears']);
});

test('a run is replayed by its seed', async () => {
  const run = async (seed: number) => {
    const conditions = { delayMs: 5, jitterMs: 50, lossRate: 0.1, duplicationRate: 0.1, reorderRate: 0.1 };
    const world = await World.withNodes('abc', { seed, conditions });
    for (let index = 0; index < 50; index += 1) {
      world.say('abc'.charAt(index % 3), `${index}`);
      await world.system.advance(7);
    }
    await world.system.advance(1_000);
    return 'abc'.split('').map((place) => world.heardWhen(place));
  };
  expect(await run(1)).toEqual(await run(1));
  expect(await run(1)).not.toEqual(await run(2));
});
