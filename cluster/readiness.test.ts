/** When a node knows what time it is, and when it takes its place among the others. */
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Readiness } from './readiness.ts';

let system: VirtualSystem;
let isLooking: boolean;
let heard: string[];

beforeEach(() => {
  system = new VirtualSystem();
  isLooking = false;
  heard = [];
});

function start(expectedPeers: number): Readiness {
  const readiness = new Readiness(
    {
      system,
      isLooking: () => isLooking,
      onTimeKnown: () => heard.push('time'),
      onSettled: () => heard.push('settled'),
    },
    { expectedPeers, settleTimeoutMs: 60_000 },
  );
  readiness.start();
  return readiness;
}

test('a node that expects nobody is ready at once', () => {
  start(0);
  expect(heard).toEqual(['time', 'settled']);
});

describe('a node that expects peers', () => {
  test('and finds none out of reach takes itself for alone after a second', async () => {
    start(2);
    await system.advance(999);
    expect(heard).toEqual([]);
    await system.advance(1);
    expect(heard).toEqual(['time', 'settled']);
  });

  test('looks on while one has not even refused', async () => {
    isLooking = true;
    start(2);
    await system.advance(3_000);
    expect(heard).toEqual([]);
    isLooking = false;
    await system.advance(100);
    expect(heard).toEqual(['time', 'settled']);
  });

  test('looks for one that says nothing no longer than five seconds', async () => {
    isLooking = true;
    start(2);
    await system.advance(5_000);
    expect(heard).toEqual(['time', 'settled']);
  });

  test('knows the time when it has heard the clocks of all, and is settled when it has what they have', async () => {
    const readiness = start(2);
    readiness.linkUp('b');
    readiness.linkUp('c');
    readiness.clocksHeard(1);
    expect(heard).toEqual([]);
    readiness.clocksHeard(2);
    expect(heard).toEqual(['time']);
    readiness.exchanged('b', { isComplete: true });
    expect(heard).toEqual(['time']);
    readiness.exchanged('c', { isComplete: true });
    expect(heard).toEqual(['time', 'settled']);
  });

  test('waits for no state of a peer whose link closed', async () => {
    const readiness = start(2);
    readiness.linkUp('b');
    readiness.linkUp('c');
    readiness.exchanged('b', { isComplete: true });
    readiness.linkClosed('c');
    expect(heard).toContain('settled');
  });

  test('is settled in the end, whoever does not answer', async () => {
    start(2).linkUp('b');
    await system.advance(59_999);
    expect(heard).toEqual(['time']);
    await system.advance(1);
    expect(heard).toEqual(['time', 'settled']);
  });
});

test('whoever waits is let go at a stop', async () => {
  const readiness = start(2);
  readiness.stop();
  await expect(Promise.all([readiness.timeKnown, readiness.settled])).resolves.toBeDefined();
  expect([heard, system.pendingTimers]).toEqual([[], 0]);
});
