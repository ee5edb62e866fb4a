/** The virtual System keeps its promises: order, rest between timers, stalls, jumps, and replay from a seed. */
import { readFile } from 'node:fs/promises';
import { MemoryLevel } from 'memory-level';
import { describe, expect, test } from 'vitest';
import { deadline, sleep } from '../../src/system.ts';
import { VirtualSystem } from './virtual-system.ts';

describe('advancing', () => {
  test('fires timers in the order of their due times, equal ones in the order they were set', async () => {
    const system = new VirtualSystem();
    const fired: string[] = [];
    for (const [name, delayMs] of [
      ['c', 30],
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
    ] as const) {
      system.setTimer(delayMs, () => fired.push(name));
    }
    await system.advance(20);
    expect(fired).toEqual(['a', 'b1', 'b2']);
    await system.advance(10);
    expect(fired).toEqual(['a', 'b1', 'b2', 'c']);
  });

  test('shows each timer its own due time and ends at the time asked for', async () => {
    const system = new VirtualSystem({ wallMs: 5_000, monotonicMs: 100 });
    const seen: unknown[] = [];
    system.setTimer(7, () => seen.push(system.now()));
    await system.advance(50);
    expect(seen).toEqual([{ wallMs: 5_007, monotonicMs: 107 }]);
    expect(system.now()).toEqual({ wallMs: 5_050, monotonicMs: 150 });
  });

  test('fires timers that other timers set on the way, also without delay', async () => {
    const system = new VirtualSystem();
    const seen: number[] = [];
    const startMs = system.now().monotonicMs;
    const tick = () => {
      seen.push(system.now().monotonicMs - startMs);
      system.setTimer(10, tick);
    };
    system.setTimer(0, () => system.setTimer(0, tick));
    await system.advance(30);
    expect(seen).toEqual([0, 10, 20, 30]);
  });

  test('lets promises, stores and files come to rest before the next timer fires', async () => {
    const system = new VirtualSystem();
    const store = new MemoryLevel<string, string>();
    const order: string[] = [];
    const work = async () => {
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      await store.put('key', 'value');
      await readFile(import.meta.filename);
      await crypto.subtle.digest('SHA-256', new Uint8Array(8));
      order.push(`work done with ${await store.get('key')}`);
    };
    system.setTimer(1, () => void work());
    system.setTimer(2, () => order.push('next timer'));
    await system.advance(2);
    expect(order).toEqual(['work done with value', 'next timer']);
  });

  test('reaches the wall time asked for, and never goes back', async () => {
    const system = new VirtualSystem({ wallMs: 1_000 });
    await system.advanceTo(61_000);
    expect(system.now().wallMs).toBe(61_000);
    await expect(system.advanceTo(60_999)).rejects.toThrow(RangeError);
  });

  test('throws what a timer throws, at the instant it was due', async () => {
    const system = new VirtualSystem({ monotonicMs: 0 });
    system.setTimer(5, () => {
      throw new Error('broken');
    });
    await expect(system.advance(10)).rejects.toThrow('broken');
    expect(system.now().monotonicMs).toBe(5);
  });

  test('refuses to be advanced twice at a time', async () => {
    const system = new VirtualSystem();
    const first = system.advance(10);
    await expect(system.advance(10)).rejects.toThrow('already being advanced');
    await first;
  });

  test('says so when a timer re-arms itself without delay', async () => {
    const system = new VirtualSystem();
    const again = () => void system.setTimer(0, again);
    again();
    await expect(system.advance(1)).rejects.toThrow('re-arms itself without delay');
  });
});

describe('timers', () => {
  test('a cancelled timer does not fire, even when cancelled by one that is due at the same instant', async () => {
    const system = new VirtualSystem();
    const fired: string[] = [];
    system.setTimer(5, () => {
      fired.push('first');
      second.cancel();
    });
    const second = system.setTimer(5, () => fired.push('second'));
    await system.advance(10);
    second.cancel();
    expect(fired).toEqual(['first']);
    expect(system.pendingTimers).toBe(0);
  });

  test('the next timer can be asked for', async () => {
    const system = new VirtualSystem();
    expect(system.untilNextTimerMs).toBeUndefined();
    system.setTimer(50, () => undefined);
    await system.advance(20);
    expect(system.untilNextTimerMs).toBe(30);
  });

  test('sleeping and deadlines run on virtual time', async () => {
    const system = new VirtualSystem();
    const slept = sleep(system, 3_600_000).then(() => 'slept');
    using limit = deadline(system, 60_000);
    await system.advance(60_000);
    expect(limit.signal.aborted).toBe(true);
    await system.advance(3_540_000);
    expect(await slept).toBe('slept');
  });
});

describe('a stall', () => {
  test('fires all overdue timers at once, each seeing the time after the stall', async () => {
    const system = new VirtualSystem({ monotonicMs: 0 });
    const seen: unknown[] = [];
    system.setTimer(2_000, () => seen.push(['late', system.now().monotonicMs]));
    system.setTimer(1_000, () => seen.push(['early', system.now().monotonicMs]));
    system.setTimer(30_000, () => seen.push(['not yet', system.now().monotonicMs]));
    await system.stall(20_000);
    expect(seen).toEqual([
      ['early', 20_000],
      ['late', 20_000],
    ]);
  });

  test('lets microtasks run between overdue timers, but nothing that takes a turn of the event loop', async () => {
    const system = new VirtualSystem();
    const order: string[] = [];
    system.setTimer(1, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => order.push('microtask'));
      setImmediate(() => order.push('immediate'));
    });
    system.setTimer(2, () => order.push('second timer'));
    await system.stall(10);
    expect(order).toEqual(['microtask', 'second timer', 'immediate']);
  });

  test('an overdue timer can cancel the next', async () => {
    const system = new VirtualSystem();
    const fired: string[] = [];
    system.setTimer(1, () => second.cancel());
    const second = system.setTimer(2, () => fired.push('second'));
    await system.stall(10);
    expect(fired).toEqual([]);
  });

  test('what overdue timers set without delay fires after all of them', async () => {
    const system = new VirtualSystem();
    const order: string[] = [];
    system.setTimer(1, () => void system.setTimer(0, () => order.push('set by the first')));
    system.setTimer(2, () => order.push('second'));
    await system.stall(10);
    expect(order).toEqual(['second', 'set by the first']);
  });
});

test('a wall clock jump moves neither timers nor the monotonic clock', async () => {
  const system = new VirtualSystem({ wallMs: 1_000_000, monotonicMs: 0 });
  const fired: number[] = [];
  system.setTimer(100, () => fired.push(system.now().wallMs));
  system.jumpWallClock(-600_000);
  await system.advance(99);
  expect(fired).toEqual([]);
  await system.advance(1);
  expect(fired).toEqual([400_100]);
});

describe('randomness', () => {
  const draws = (seed: number) => {
    const system = new VirtualSystem({ seed });
    return Array.from({ length: 5 }, () => [system.random(), system.uuid()]);
  };

  test('is replayed by its seed and differs between seeds', () => {
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
    expect(draws(0.5)).not.toEqual(draws(0));
  });

  test('uuids do not disturb random choices', () => {
    const plain = new VirtualSystem();
    const withUuid = new VirtualSystem();
    withUuid.uuid();
    expect(withUuid.random()).toBe(plain.random());
  });

  test('is uniform in [0, 1), and uuids are of version 4 and distinct', () => {
    const system = new VirtualSystem();
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw += 1) {
      const value = system.random();
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    const uuids = Array.from({ length: 1_000 }, () => system.uuid());
    expect(new Set(uuids).size).toBe(1_000);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
