import { pino } from 'pino';
import { expect, test } from 'vitest';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { DialLoop } from './dial-loop.ts';
import { formatHostAndPort, type PeerAddress, parsePeerAddress } from './peer-address.ts';

const HOUR_MS = 3_600_000;

/** A loop in a network where a story says who is there. */
class Caller {
  readonly system = new VirtualSystem();
  /** By address: who answers there. */
  readonly there = new Map<string, string>();
  readonly linked = new Set<string>();
  readonly addresses = new Map<string, string[]>();
  readonly warnings: string[] = [];
  dials: string[] = [];
  /** Connected is not yet linked. */
  linksUp = true;
  readonly loop: DialLoop;

  constructor() {
    const logger = pino({ level: 'warn' }, { write: (line: string) => void this.warnings.push(line) });
    this.loop = new DialLoop({
      system: this.system,
      logger,
      dial: (addresses, { signal }) => this.#dial(addresses, signal),
      isLinked: (peer) => this.linked.has(peer),
      addressesOf: (peer) => this.addresses.get(peer) ?? [],
    });
  }

  configure(...addresses: string[]): this {
    this.loop.configure(addresses.map(parsePeerAddress));
    return this;
  }

  learn(peer: string, ...addresses: string[]): void {
    this.addresses.set(peer, addresses);
    this.loop.heardOf(peer);
  }

  close(peer: string): void {
    this.linked.delete(peer);
    this.loop.linkClosed(peer);
  }

  async #dial(addresses: readonly PeerAddress[], signal: AbortSignal): Promise<{ found: string } | 'self'> {
    const texts = addresses.map(formatHostAndPort);
    this.dials.push(...texts);
    const found = texts.map((text) => this.there.get(text)).find((peer) => peer !== undefined);
    if (found === 'hangs')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (found === undefined) throw new Error('nobody there');
    if (found === 'self') return 'self';
    if (this.linksUp) this.linked.add(found);
    return { found };
  }
}

test('a peer that was away for a day is linked within seconds of its return', async () => {
  const caller = new Caller().configure('b:1');
  caller.loop.start();
  await caller.system.advance(24 * HOUR_MS);
  expect(caller.linked.has('b')).toBe(false);
  caller.there.set('b:1', 'b');
  await caller.system.advance(5_000);
  expect(caller.linked.has('b')).toBe(true);
  await caller.loop.stop();
  expect(caller.system.pendingTimers).toBe(0);
});

test('the pauses grow from a second to five', async () => {
  const caller = new Caller().configure('b:1');
  caller.loop.start();
  await caller.system.advance(1_000);
  expect(caller.dials.length).toBeGreaterThanOrEqual(2);
  await caller.system.advance(60_000);
  caller.dials = [];
  await caller.system.advance(60_000);
  expect(caller.dials.length).toBeGreaterThanOrEqual(12);
  expect(caller.dials.length).toBeLessThanOrEqual(16);
  await caller.loop.stop();
});

test('a peer that is missing is complained of once', async () => {
  const caller = new Caller().configure('b:1');
  caller.loop.start();
  await caller.system.advance(HOUR_MS);
  expect(caller.warnings).toHaveLength(1);
  await caller.loop.stop();
});

test('who is linked is not dialled; when the link closes it is, at once', async () => {
  const caller = new Caller().configure('b:1');
  caller.there.set('b:1', 'b');
  caller.loop.start();
  await caller.system.advance(HOUR_MS);
  expect(caller.dials).toEqual(['b:1']);
  caller.close('b');
  await caller.system.advance(600);
  expect(caller.linked.has('b')).toBe(true);
  await caller.loop.stop();
});

test('a connection that comes to nothing is made again', async () => {
  const caller = new Caller().configure('b:1');
  caller.there.set('b:1', 'b');
  caller.linksUp = false;
  caller.loop.start();
  await caller.system.advance(500);
  caller.linksUp = true;
  await caller.system.advance(2_000);
  expect(caller.linked.has('b')).toBe(true);
  await caller.loop.stop();
});

test('this node itself in its own list is found out and hardly bothered', async () => {
  const caller = new Caller().configure('a:1');
  caller.there.set('a:1', 'self');
  caller.loop.start();
  await caller.system.advance(60_000);
  expect(caller.dials.length).toBeLessThan(20);
  expect([caller.warnings, caller.loop.failed]).toEqual([[], 0]);
  await caller.loop.stop();
});

test('a peer that others speak of is dialled, and again at once when they speak of it after a long absence', async () => {
  const caller = new Caller();
  caller.loop.start();
  caller.learn('b', 'b:1');
  await caller.system.advance(HOUR_MS);
  caller.there.set('b:1', 'b');
  caller.loop.heardOf('b');
  await caller.system.advance(1_100);
  expect(caller.linked.has('b')).toBe(true);
  await caller.loop.stop();
});

test('much talk of a peer that is not there makes no storm', async () => {
  const caller = new Caller();
  caller.loop.start();
  caller.learn('b', 'b:1');
  for (let second = 0; second < 60; second += 1) {
    for (let word = 0; word < 50; word += 1) caller.loop.heardOf('b');
    await caller.system.advance(1_000);
  }
  expect(caller.dials.length).toBeLessThanOrEqual(61);
  await caller.loop.stop();
});

test('a peer that is configured and learned of is not dialled twice at a time', async () => {
  const caller = new Caller().configure('b:1');
  caller.there.set('b:1', 'b');
  caller.loop.start();
  caller.learn('b', 'b:2');
  await caller.system.advance(100);
  caller.there.set('b:1', 'hangs');
  caller.dials = [];
  caller.close('b');
  await caller.system.advance(7_000);
  expect(caller.dials).toHaveLength(1);
  await caller.loop.stop();
});

test('a dial that hangs is given up and tried again', async () => {
  const caller = new Caller().configure('b:1');
  caller.there.set('b:1', 'hangs');
  caller.loop.start();
  await caller.system.advance(12_000);
  caller.there.set('b:1', 'b');
  await caller.system.advance(2_000);
  expect(caller.linked.has('b')).toBe(true);
  await caller.loop.stop();
});

test('who is no longer configured, or forgotten, is left alone', async () => {
  const caller = new Caller().configure('b:1', 'c:1');
  caller.loop.start();
  caller.learn('d', 'd:1');
  await caller.system.advance(10_000);
  caller.configure('c:1');
  caller.loop.forget('d');
  caller.dials = [];
  await caller.system.advance(60_000);
  expect(new Set(caller.dials)).toEqual(new Set(['c:1']));
  await caller.loop.stop();
});

test('somebody is looked for until linked or found missing', async () => {
  const caller = new Caller().configure('b:1', 'c:1', 'a:1');
  caller.there.set('b:1', 'b').set('c:1', 'hangs').set('a:1', 'self');
  caller.linksUp = false;
  expect(caller.loop.isLooking).toBe(true);
  caller.loop.start();
  await caller.system.advance(100);
  expect(caller.loop.isLooking).toBe(true);
  caller.there.delete('c:1');
  await caller.system.advance(15_000);
  // It has answered, and its link is not up.
  expect(caller.loop.isLooking).toBe(true);
  caller.linked.add('b');
  expect(caller.loop.isLooking).toBe(false);
  await caller.loop.stop();
});

test('a stop ends a dial that is under way', async () => {
  const caller = new Caller().configure('b:1');
  caller.there.set('b:1', 'hangs');
  caller.loop.start();
  await caller.system.advance(100);
  await caller.loop.stop();
  expect(caller.system.pendingTimers).toBe(0);
});
