/** Three nodes live and die each for itself; what is wrong at the first start is wrong with all. */
import { describe, expect, test } from 'vitest';
import type { NodeListener } from './node-process.ts';
import { type NodeStartError, NodeTrio } from './node-trio.ts';

/** A process that does what it is told, and nothing before. */
class FakeProcess {
  readonly pid = 1;
  readonly formerAddress: string | undefined;
  readonly listener: NodeListener;
  isAsked = false;

  constructor(formerAddress: string | undefined, listener: NodeListener) {
    this.formerAddress = formerAddress;
    this.listener = listener;
  }

  stop(): void {
    this.isAsked = true;
  }

  kill(): void {
    this.listener.onEnd(1);
  }
}

class Stage {
  readonly started = new Map<number, FakeProcess[]>();
  readonly trio = new NodeTrio(
    {
      start: (number, formerAddress, listener) => {
        const process = new FakeProcess(formerAddress, listener);
        this.started.set(number, [...(this.started.get(number) ?? []), process]);
        return process;
      },
      urlOf: (_, address) => `http://${address}`,
      onLog: () => undefined,
      onConnection: () => undefined,
    },
    [1, 2, 3],
  );

  latest(number: number): FakeProcess {
    const process = this.started.get(number)?.at(-1);
    if (!process) throw new Error(`node ${number} was never started`);
    return process;
  }

  becomesReady(number: number): void {
    this.latest(number).listener.onReady(`127.0.0.1:${number}`);
  }

  get states(): string {
    return this.trio.nodes.map(({ state }) => state).join(', ');
  }

  static async ready(): Promise<Stage> {
    const stage = new Stage();
    const started = stage.trio.start();
    for (const number of [1, 2, 3]) stage.becomesReady(number);
    await started;
    return stage;
  }
}

describe('at the start', () => {
  test('all are waited for', async () => {
    const stage = new Stage();
    const started = stage.trio.start();
    stage.becomesReady(3);
    expect(stage.states).toBe('starting, starting, alive');
    stage.becomesReady(1);
    stage.becomesReady(2);
    await started;
    expect(stage.trio.nodes.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:1',
      'http://127.0.0.1:2',
      'http://127.0.0.1:3',
    ]);
  });

  test('one that ends of itself fails it, and is named', async () => {
    const stage = new Stage();
    const started = stage.trio.start();
    stage.becomesReady(1);
    stage.latest(2).listener.onEnd(1);
    await expect(started).rejects.toMatchObject({ number: 2 } satisfies Partial<NodeStartError>);
  });

  test('a stop is no failure', async () => {
    const stage = new Stage();
    const started = stage.trio.start();
    stage.trio.stop();
    for (const number of [1, 2, 3]) stage.latest(number).listener.onEnd(0);
    await started;
    expect(await stage.trio.ended()).toBe(0);
  });
});

describe('afterwards', () => {
  test('a node is killed alone, and comes back where it was', async () => {
    const stage = await Stage.ready();
    expect(await stage.trio.kill(1)).toMatchObject({ isDone: true });
    expect(stage.states).toBe('dead, alive, alive');
    const back = stage.trio.revive(1);
    expect(stage.latest(1).formerAddress).toBe('127.0.0.1:1');
    stage.becomesReady(1);
    expect(await back).toMatchObject({ isDone: true, message: expect.stringContaining('http://127.0.0.1:1') });
    expect(stage.states).toBe('alive, alive, alive');
  });

  test('one that dies of itself takes nobody along', async () => {
    const stage = await Stage.ready();
    stage.latest(2).listener.onEnd(1);
    expect(stage.states).toBe('alive, dead, alive');
    expect(stage.latest(1).isAsked).toBe(false);
  });

  test('a dead node is not killed, a living one not revived, and one that never was is neither', async () => {
    const stage = await Stage.ready();
    await stage.trio.kill(1);
    expect(await stage.trio.kill(1)).toMatchObject({ isDone: false, message: expect.stringContaining('dead already') });
    expect(await stage.trio.revive(2)).toMatchObject({ isDone: false });
    expect(await stage.trio.kill(4)).toMatchObject({ isDone: false, message: expect.stringContaining('1, 2, 3') });
    expect(stage.started.get(1)).toHaveLength(1);
  });

  test('one that cannot come back leaves the others alone', async () => {
    const stage = await Stage.ready();
    await stage.trio.kill(3);
    const back = stage.trio.revive(3);
    stage.latest(3).listener.onEnd(1);
    expect(await back).toMatchObject({ isDone: false, message: expect.stringContaining('log') });
    expect(stage.states).toBe('alive, alive, dead');
  });

  test('a stop asks those that live, and ends as badly as the worst of them', async () => {
    const stage = await Stage.ready();
    await stage.trio.kill(1);
    stage.trio.stop();
    expect([2, 3].map((number) => stage.latest(number).isAsked)).toEqual([true, true]);
    stage.latest(2).listener.onEnd(0);
    stage.latest(3).listener.onEnd(1);
    expect(await stage.trio.ended()).toBe(1);
  });

  test('whoever watches hears of each change', async () => {
    const stage = await Stage.ready();
    const seen: string[] = [];
    using _ = stage.trio.watch(() => seen.push(stage.states));
    await stage.trio.kill(2);
    void stage.trio.revive(2);
    stage.becomesReady(2);
    expect(seen).toEqual(['alive, dead, alive', 'alive, starting, alive', 'alive, alive, alive']);
  });
});
