/** Nodes that share a map: what one writes all have, what was lost is found again, and who may be asked answers. */
import { describe, expect, test } from 'vitest';
import { MemoryDisk, silentLogger } from '../test/support/memory-disk.ts';
import { VirtualWorld } from '../test/support/virtual-world.ts';
import { Cluster } from './cluster.ts';
import { SharedReplica } from './shared-replica.ts';
import { later, type Register, registerDigest } from './testing/last-writer.ts';
import type { MemoryNetworkOptions } from './testing/memory-network.ts';
import { HybridClock, writerOf } from './version.ts';

interface Note extends Register {
  readonly content: string;
  /** On the node's own clock. */
  readonly atMs: number;
}

class Node {
  readonly cluster: Cluster;
  readonly notes: SharedReplica<Note>;
  readonly received: string[] = [];
  isReady = false;
  heardAtWallMs: number | undefined;
  readonly #clock: HybridClock;
  readonly #world: VirtualWorld;
  readonly #system;

  constructor(world: VirtualWorld, place: string, { expectedPeers = 1, boot = '1', wallOffsetMs = 0 } = {}) {
    this.#world = world;
    const { system, transport } = world.process(place, { wallOffsetMs });
    this.#system = system;
    this.#clock = new HybridClock(writerOf(place, boot));
    this.cluster = new Cluster(
      {
        system,
        logger: silentLogger,
        transport,
        describe: () => ({ name: place, version: '1', configHash: '' }),
      },
      { boot, peerTimeoutMs: 15_000, settleTimeoutMs: 60_000, expectedPeers },
    );
    this.notes = new SharedReplica<Note>(
      { disk: new MemoryDisk(system).disk, logger: silentLogger, peers: this.cluster },
      {
        name: 'notes',
        merge: later,
        encode: (note) => JSON.stringify(note),
        decode: (text) => JSON.parse(text) as Note,
        sharing: {
          digest: registerDigest,
          toWire: ({ atMs, ...note }, now) => ({ ...note, agoMs: now.monotonicMs - atMs }),
          fromWire: (record, { now }) => {
            const { agoMs, ...note } = record as Note & { agoMs: number };
            if (typeof note.content !== 'string') throw new Error('not a note');
            this.#clock.see(note.version);
            return { ...note, atMs: now.monotonicMs - agoMs };
          },
          write: { sync: false },
        },
        onReceived: ({ key, now }) => {
          this.received.push(key);
          this.heardAtWallMs = now.wallMs;
        },
      },
    );
    this.cluster.answerQuestions('greet', ({ name }, { from }) => ({ words: `${from}: hello ${String(name)}` }));
    void this.cluster.start().then(() => {
      this.isReady = true;
    });
  }

  write(key: string, content: string): void {
    const now = this.#system.now();
    this.notes.merge(key, { version: this.#clock.next(now), content, atMs: now.monotonicMs });
    this.notes.announce([key]);
  }

  /** Resolves with whether a peer has it, and how long that took. */
  async writesAndWaits(key: string, content: string): Promise<[boolean, number]> {
    const beganMs = this.#system.now().monotonicMs;
    this.write(key, content);
    const waiting = this.notes.acknowledged([key], { withinMs: 250 });
    const took = waiting.then(() => Math.round(this.#system.now().monotonicMs - beganMs));
    await this.#world.system.advance(1_000);
    return [await waiting, await took];
  }

  read(key: string): string | undefined {
    return this.notes.get(key)?.content;
  }

  ageMs(key: string): number {
    return this.#system.now().monotonicMs - (this.notes.get(key)?.atMs ?? Number.NaN);
  }

  setsClock(byMs: number): void {
    this.#system.jumpWallClock(byMs);
  }

  members(): string[] {
    return this.cluster
      .members()
      .filter(({ isAlive }) => isAlive)
      .map(({ node }) => node);
  }

  async asks(peer: string, kind: string): Promise<unknown> {
    const asking = this.cluster.ask(peer, kind, { name: 'you' }, { signal: AbortSignal.timeout(60_000) });
    const [answer] = await Promise.allSettled([asking, this.#world.system.advance(1_000)]);
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }
}

async function stage(places: string, options: MemoryNetworkOptions & { links?: readonly string[] } = {}) {
  const { links = [places], ...network } = options;
  const world = new VirtualWorld(network);
  const nodes = new Map([...places].map((place) => [place, new Node(world, place)]));
  for (const group of links) world.network.connectAll(...group);
  await world.system.advance(5_000);
  return {
    world,
    at: (place: string) => nodes.get(place) ?? expect.unreachable(),
    passes: (ms: number) => world.system.advance(ms),
  };
}

describe('what one node writes', () => {
  test('all have at once', async () => {
    const { at, passes } = await stage('abc');
    at('a').write('key', 'word');
    await passes(100);
    expect([at('b').read('key'), at('c').read('key')]).toEqual(['word', 'word']);
    expect([at('a').received, at('b').received]).toEqual([[], ['key']]);
  });

  test('is as old everywhere, though no two clocks show the same', async () => {
    const { at, passes } = await stage('ab');
    at('a').write('key', 'word');
    await passes(10_000);
    expect(Math.abs(at('b').ageMs('key') - 10_000)).toBeLessThan(50);
  });

  test('reaches whom it has no link to', async () => {
    const { at, passes } = await stage('abc', { links: ['ab', 'bc'] });
    at('a').write('key', 'word');
    await passes(100);
    expect(at('c').read('key')).toBe('word');
  });

  test('is found again when gossip lost it', async () => {
    const { world, at, passes } = await stage('ab');
    world.network.setConditions({ from: 'a', to: 'b' }, { lossRate: 1 });
    at('a').write('key', 'word');
    await passes(100);
    world.network.setConditions({ from: 'a', to: 'b' }, { lossRate: 0 });
    expect(at('b').read('key')).toBeUndefined();
    await passes(20_000);
    expect(at('b').read('key')).toBe('word');
  });

  test('last before it stops is there, though gossip lost it', async () => {
    const { world, at, passes } = await stage('ab');
    world.network.setConditions({ from: 'a', to: 'b' }, { lossRate: 1 });
    at('a').write('key', 'word');
    await passes(100);
    world.network.setConditions({ from: 'a', to: 'b' }, { lossRate: 0 });
    await Promise.all([at('a').cluster.stop(), passes(1_000)]);
    expect(at('b').read('key')).toBe('word');
  });

  test('in a partition on both sides, ends alike once it has healed', async () => {
    const { world, at, passes } = await stage('abc');
    world.network.partition([['a'], ['b', 'c']], { how: 'closed' });
    at('a').write('key', 'left');
    at('b').write('key', 'right');
    at('a').write('other', 'word');
    await passes(5_000);
    world.network.heal();
    await passes(10_000);
    const words = ['a', 'b', 'c'].map((place) => [at(place).read('key'), at(place).read('other')]);
    expect(new Set(words.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(words[0]?.[1]).toBe('word');
  });
});

describe('a node is ready', () => {
  test('at once if it expects nobody', async () => {
    const world = new VirtualWorld();
    const node = new Node(world, 'a', { expectedPeers: 0 });
    await world.system.settle();
    expect(node.isReady).toBe(true);
  });

  test('after a second if those it expects are not there', async () => {
    const world = new VirtualWorld();
    const node = new Node(world, 'a');
    await world.system.advance(999);
    expect(node.isReady).toBe(false);
    await world.system.advance(1);
    expect(node.isReady).toBe(true);
  });

  test('when it has what the others have', async () => {
    const { world, at, passes } = await stage('ab');
    at('a').write('key', 'word');
    world.kill('b');
    await passes(5_000);
    const again = new Node(world, 'b', { boot: '2' });
    while (!again.isReady) await passes(1);
    expect(again.read('key')).toBe('word');
  });
});

describe('a question', () => {
  test('is answered by the peer', async () => {
    const { at } = await stage('ab');
    expect(await at('a').asks('b', 'greet')).toMatchObject({ words: 'a: hello you' });
  });

  test('that nobody knows fails, and is counted by whom it was put to', async () => {
    const { at } = await stage('ab');
    await expect(at('a').asks('b', 'unheard of')).rejects.toThrow('did not answer');
    expect(at('b').cluster.counts?.messagesRefused).toBe(1);
  });

  test('to all is answered by those that can be reached in time', async () => {
    const { world, at, passes } = await stage('abc');
    world.network.blackHole({ from: 'c', to: 'a' });
    const asking = at('a').cluster.askAll('greet', {}, { signal: AbortSignal.timeout(60_000), withinMs: 1_000 });
    await passes(1_000);
    expect((await asking).map(({ from }) => from)).toEqual(['b']);
  });
});

describe('a node that stood still', () => {
  test('takes nothing for younger than it is of what waited for it', async () => {
    const { world, at, passes } = await stage('abc');
    world.freeze('b');
    await passes(1_000);
    at('a').write('key', 'word');
    await passes(9_000);
    await world.thaw('b');
    await passes(1_000);
    expect(at('b').read('key')).toBe('word');
    expect(Math.abs(at('b').ageMs('key') - 10_000)).toBeLessThan(50);
  });

  test('believes no answer that waited for it', async () => {
    const { world, at, passes } = await stage('ab');
    const asking = at('b').cluster.ask('a', 'greet', {}, { signal: AbortSignal.timeout(60_000) });
    const outcome = asking.then(
      () => 'an answer',
      ({ message }: Error) => message,
    );
    world.freeze('b');
    await passes(5_000);
    await world.thaw('b');
    await passes(1_000);
    expect(await outcome).toContain('stood still');
  });

  test('and finds its link closed asks again once it is up', async () => {
    const { world, at, passes } = await stage('ab');
    world.freeze('b');
    world.network.reset('a', 'b');
    await passes(5_000);
    await world.thaw('b');
    const asking = at('b').cluster.askAll('greet', {}, { signal: AbortSignal.timeout(60_000), withinMs: 1_000 });
    await passes(1_000);
    expect((await asking).map(({ from }) => from)).toEqual(['a']);
  });
});

describe('the time of the cluster', () => {
  test('is that of most nodes, for what a node is told, too', async () => {
    const world = new VirtualWorld();
    const [wrong, ...right] = [3_600_000, 0, 0].map(
      (wallOffsetMs, index) => new Node(world, `${index}`, { wallOffsetMs }),
    );
    world.network.connectAll('0', '1', '2');
    await world.system.advance(10_000);
    const apart = (node: Node | undefined) => (node?.cluster.time.now().wallMs ?? 0) - world.system.now().wallMs;
    expect([wrong, ...right].map((node) => Math.abs(apart(node)) < 50)).toEqual([true, true, true]);
    right[0]?.write('key', 'word');
    await world.system.advance(100);
    expect(Math.abs((wrong?.heardAtWallMs ?? 0) - world.system.now().wallMs)).toBeLessThan(200);
  });

  test('is known at once when a clock is set', async () => {
    const { world, at, passes } = await stage('abc');
    await passes(100);
    at('a').cluster.time.now();
    at('a').setsClock(3_600_000);
    expect(Math.abs(at('a').cluster.time.now().wallMs - world.system.now().wallMs)).toBeLessThan(50);
  });
});

describe('undisturbed', () => {
  test('is a node since the last change of who is alive', async () => {
    const { world, at, passes } = await stage('abc');
    await passes(30_000);
    const before = at('a').cluster.undisturbedSinceMs;
    await passes(30_000);
    expect(at('a').cluster.undisturbedSinceMs).toBe(before);
    world.kill('c');
    await passes(1_000);
    expect(at('a').cluster.undisturbedSinceMs).toBeGreaterThan(before);
    expect(at('a').members()).toEqual(['a', 'b']);
  });
});

test('a word is its writer’s only while that very process lives', async () => {
  const { world, at, passes } = await stage('ab');
  expect(at('a').cluster.isWriterAlive('b', writerOf('b', '1'))).toBe(true);
  world.kill('b');
  new Node(world, 'b', { boot: '2' });
  await passes(10_000);
  expect(at('a').cluster.isWriterAlive('b', writerOf('b', '1'))).toBe(false);
  expect(at('a').cluster.isWriterAlive('b', writerOf('b', '2'))).toBe(true);
});

test('who stops says goodbye: the others need not wait for its silence', async () => {
  const { at, passes } = await stage('abc');
  const stopping = at('c').cluster.stop();
  await passes(100);
  await stopping;
  expect(at('a').members()).toEqual(['a', 'b']);
});

describe('who waits until a peer has what it wrote', () => {
  test('is told so after the way there and back', async () => {
    const { at } = await stage('ab', { conditions: { delayMs: 30, jitterMs: 0 } });
    expect(await at('a').writesAndWaits('x', 'one')).toEqual([true, 60]);
    expect([at('b').read('x'), at('a').cluster.deltaRoundTripMs('b')]).toEqual(['one', 60]);
  });

  test('waits for the nearest', async () => {
    const { world, at } = await stage('abc', { conditions: { delayMs: 5, jitterMs: 0 } });
    for (const way of [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]) {
      world.network.setConditions(way, { delayMs: 2_000 });
    }
    expect(await at('a').writesAndWaits('x', 'one')).toEqual([true, 10]);
  });

  test('waits a quarter of a second if it is heard by nobody, and not at all once it knows that', async () => {
    const { world, at, passes } = await stage('ab');
    world.network.blackHole({ from: 'a', to: 'b' });
    expect(await at('a').writesAndWaits('x', 'one')).toEqual([false, 250]);
    await passes(10_000);
    // It hears b all the time, which lives.
    for (let writes = 0; writes < 2; writes += 1) await at('a').writesAndWaits('x', `again ${writes}`);
    expect(await at('a').writesAndWaits('x', 'once more')).toEqual([false, 0]);
  });

  test('does not wait if it is alone', async () => {
    const { at } = await stage('a');
    expect(await at('a').writesAndWaits('x', 'one')).toEqual([false, 0]);
  });

  test('gets no receipt from a peer that refuses it', async () => {
    const { at } = await stage('ab');
    expect(await at('a').writesAndWaits('x', undefined as never)).toEqual([false, 250]);
  });
});
