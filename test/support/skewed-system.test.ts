/** One node's clocks may differ from everyone else's, and its process may stop while theirs runs on. */
import { describe, expect, test } from 'vitest';
import type { Now } from '../../src/model/now.ts';
import { SkewedSystem } from './skewed-system.ts';
import { VirtualSystem } from './virtual-system.ts';

const passedMs = (from: Now, to: Now) => ({
  wall: Math.round(to.wallMs - from.wallMs),
  monotonic: Math.round(to.monotonicMs - from.monotonicMs),
});

describe('clocks', () => {
  test('stand where they were put', () => {
    const world = new VirtualSystem({ wallMs: 1_000_000, monotonicMs: 500 });
    const system = new SkewedSystem(world, { wallOffsetMs: 300_000, monotonicOffsetMs: 7_000 });
    expect(system.now()).toEqual({ wallMs: 1_300_000, monotonicMs: 7_500 });
  });

  test('run at their own rate', async () => {
    const world = new VirtualSystem();
    const system = new SkewedSystem(world, { rate: 1.5 });
    const began = system.now();
    await world.advance(10_000);
    expect(passedMs(began, system.now())).toEqual({ wall: 15_000, monotonic: 15_000 });
  });

  test('follow the world when it is set, and can be set alone', () => {
    const world = new VirtualSystem();
    const system = new SkewedSystem(world);
    const began = system.now();
    world.jumpWallClock(1_000);
    system.jumpWallClock(-5_000);
    expect(passedMs(began, system.now())).toEqual({ wall: -4_000, monotonic: 0 });
  });
});

describe('timers', () => {
  test.each([0.7, 1, 1.0001, 1.3])(
    'fire when that time has passed on the own clock, never before, at rate %d',
    async (rate) => {
      const world = new VirtualSystem();
      const system = new SkewedSystem(world, { rate });
      const began = system.now();
      const lateMs: number[] = [];
      for (const delayMs of [1, 333, 1_000, 86_400_000.1]) {
        system.setTimer(delayMs, () => lateMs.push(system.now().monotonicMs - began.monotonicMs - delayMs));
      }
      await world.advance(200_000_000);
      expect(lateMs).toHaveLength(4);
      for (const late of lateMs) {
        expect(late).toBeGreaterThanOrEqual(-1e-6);
        expect(late).toBeLessThan(0.001);
      }
    },
  );

  test('can be cancelled', async () => {
    const world = new VirtualSystem();
    const system = new SkewedSystem(world);
    const fired: string[] = [];
    system.setTimer(1, () => fired.push('cancelled')).cancel();
    await world.advance(10);
    expect([fired, system.pendingTimers, world.pendingTimers]).toEqual([[], 0, 0]);
  });
});

describe('a frozen process', () => {
  test('fires what fell due when it is thawed, in order, seeing the time after it', async () => {
    const world = new VirtualSystem({ monotonicMs: 0 });
    const system = new SkewedSystem(world);
    const fired: unknown[] = [];
    system.setTimer(2_000, () => fired.push(['late', system.now().monotonicMs]));
    system.setTimer(1_000, () => {
      fired.push(['early', system.now().monotonicMs]);
      void Promise.resolve().then(() => fired.push('microtask'));
    });
    system.freeze();
    await world.advance(20_000);
    expect(fired).toEqual([]);
    await system.thaw();
    expect(fired).toEqual([['early', 20_000], 'microtask', ['late', 20_000]]);
  });

  test('lets one overdue timer cancel the next', async () => {
    const world = new VirtualSystem();
    const system = new SkewedSystem(world);
    const fired: string[] = [];
    system.setTimer(1, () => second.cancel());
    const second = system.setTimer(2, () => fired.push('second'));
    system.freeze();
    await world.advance(10);
    await system.thaw();
    expect(fired).toEqual([]);
  });

  test('does not stop the others', async () => {
    const world = new VirtualSystem();
    const frozen = new SkewedSystem(world);
    const other = new SkewedSystem(world);
    const fired: string[] = [];
    frozen.setTimer(5, () => fired.push('frozen'));
    other.setTimer(6, () => fired.push('other'));
    frozen.freeze();
    await world.advance(10);
    expect(fired).toEqual(['other']);
  });
});

test('an ended process leaves no timer behind and sets no new one', async () => {
  const world = new VirtualSystem();
  const system = new SkewedSystem(world);
  const fired: string[] = [];
  system.setTimer(5, () => fired.push('set before'));
  system.end();
  system.setTimer(5, () => fired.push('set after'));
  await world.advance(10);
  expect([fired, world.pendingTimers]).toEqual([[], 0]);
});

test('nodes of different seeds draw differently, those of one seed alike', () => {
  const world = new VirtualSystem();
  const draws = (seed: number) => {
    const system = new SkewedSystem(world, { seed });
    return [system.random(), system.uuid()];
  };
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
});
