import { describe, expect, test } from 'vitest';
import type { System } from '../system.ts';
import { type Pacer, SliceQueue } from './pacer.ts';

/** A machine on which every step takes 1 ms and timers fire when the test says so. */
class SlowMachine {
  monotonicMs = 0;
  readonly timers: (() => void)[] = [];
  readonly system: System = {
    now: () => ({ wallMs: 0, monotonicMs: this.monotonicMs }),
    setTimer: (_delayMs, callback) => {
      this.timers.push(callback);
      return { cancel: () => {} };
    },
    random: () => 0,
    uuid: () => '',
  };

  /** Everything that is due in one turn of the event loop. */
  async turn(): Promise<void> {
    for (const timer of this.timers.splice(0)) timer();
    for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
  }

  async work(pacer: Pacer, steps: number, name: string, log: string[]): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.monotonicMs++;
      if (pacer.isDue()) {
        log.push(name);
        await pacer.pause();
      }
    }
    log.push(`${name} done`);
  }
}

describe('long work', () => {
  test('stands aside again and again', async () => {
    const machine = new SlowMachine();
    const log: string[] = [];
    void machine.work(new SliceQueue(machine.system).pacer(), 200, 'a', log);
    expect(log).toEqual(['a']);
    await machine.turn();
    expect(log).toEqual(['a', 'a']);
  });

  test('of several takes turns, one in each turn of the event loop', async () => {
    const machine = new SlowMachine();
    const queue = new SliceQueue(machine.system);
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) void machine.work(queue.pacer(), 200, name, log);
    expect(log).toEqual(['a', 'b', 'c']);
    for (let turn = 1; turn <= 6; turn++) {
      await machine.turn();
      expect(log).toHaveLength(3 + turn);
    }
    expect(log).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('that nobody wants any more ends at once, and the others go on', async () => {
    const machine = new SlowMachine();
    const queue = new SliceQueue(machine.system);
    const log: string[] = [];
    const gone = new AbortController();
    const unwanted = machine.work(queue.pacer(gone.signal), 200, 'a', log);
    void machine.work(queue.pacer(), 100, 'b', log);
    gone.abort();
    await expect(unwanted).rejects.toMatchObject({ name: 'ClientGoneError' });
    await machine.turn();
    expect(log).toEqual(['a', 'b', 'b done']);
  });

  test('ends with the reason of its deadline', async () => {
    const machine = new SlowMachine();
    const reason = new Error('too late');
    const work = machine.work(new SliceQueue(machine.system).pacer(AbortSignal.abort(reason)), 200, 'a', []);
    await expect(work).rejects.toBe(reason);
  });
});

test('short work does not stand aside', async () => {
  const machine = new SlowMachine();
  const log: string[] = [];
  await machine.work(new SliceQueue(machine.system).pacer(), 60, 'a', log);
  expect(log).toEqual(['a done']);
});
