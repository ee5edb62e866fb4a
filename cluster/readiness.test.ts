/** When a node that starts takes itself for settled, by what it has heard of those it is told to find. */
import { expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Readiness } from './readiness.ts';

class Start {
  readonly system = new VirtualSystem();
  isLooking = false;
  readonly readiness: Readiness;

  constructor({ expectedPeers = 2 } = {}) {
    this.readiness = new Readiness(
      { system: this.system, onTimeKnown: () => {}, onSettled: () => {}, isLooking: () => this.isLooking },
      { expectedPeers, settleTimeoutMs: 60_000 },
    );
  }

  begin(): this {
    this.readiness.start();
    return this;
  }

  async settlesWithin(ms: number): Promise<boolean> {
    await this.system.advance(ms);
    return this.readiness.isSettled;
  }
}

test('a node that expects nobody is ready at once', () => {
  expect(new Start({ expectedPeers: 0 }).begin().readiness.isSettled).toBe(true);
});

test('one whose peers are all found missing takes itself for alone after a second', async () => {
  const start = new Start().begin();
  expect(await start.settlesWithin(900)).toBe(false);
  expect(await start.settlesWithin(200)).toBe(true);
});

test('one that still dials somebody does not, until it has heard what that peer knows', async () => {
  const start = new Start();
  start.isLooking = true;
  start.begin();
  expect(await start.settlesWithin(3_000)).toBe(false);
  start.readiness.linkUp('b');
  start.isLooking = false;
  expect(await start.settlesWithin(1_000)).toBe(false);
  start.readiness.exchanged('b', { isComplete: true });
  expect(start.readiness.isSettled).toBe(true);
});

test('one that still dials somebody who is found missing is ready then', async () => {
  const start = new Start();
  start.isLooking = true;
  start.begin();
  expect(await start.settlesWithin(3_000)).toBe(false);
  start.isLooking = false;
  expect(await start.settlesWithin(200)).toBe(true);
});

test('nobody is looked for longer than five seconds, nor is anybody kept waiting for the time', async () => {
  const start = new Start();
  start.isLooking = true;
  start.begin();
  expect(await start.settlesWithin(1_100)).toBe(false);
  expect(start.readiness.isTimeKnown).toBe(true);
  expect(await start.settlesWithin(4_000)).toBe(true);
  expect(start.system.pendingTimers).toBe(0);
});
