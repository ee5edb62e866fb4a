/** When a node is content that a peer has what it told, how long it waits for that, and for whom it does not wait. */
import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { Receipts } from './receipts.ts';

const WITHIN_MS = 250;

let system: VirtualSystem;
let peers: string[];
let receipts: Receipts;

beforeEach(() => {
  system = new VirtualSystem({ monotonicMs: 0 });
  peers = ['b', 'c'];
  receipts = new Receipts({ system, peers: () => peers });
});

/** Tells whether and when it was received. */
function waitFor(...keys: string[]) {
  const wait = { outcome: 'waits' };
  void receipts.wait('alerts', keys, { withinMs: WITHIN_MS }).then((isReceived) => {
    wait.outcome = `${isReceived ? 'received' : 'not received'} after ${system.now().monotonicMs} ms`;
  });
  return wait;
}

function leaves(...keys: string[]): number {
  return receipts.leaving(keys.map((key) => ['alerts', key])) ?? expect.unreachable('nobody waits');
}

/** A batch to which nobody gives a receipt in time. */
async function missesOne(key = 'x'): Promise<string> {
  const wait = waitFor(key);
  const beganMs = system.now().monotonicMs;
  leaves(key);
  await system.advance(WITHIN_MS);
  return wait.outcome.endsWith(` after ${beganMs} ms`) ? 'did not wait' : 'waited';
}

describe('whoever waits is content', () => {
  test('with the first receipt of any peer', async () => {
    const wait = waitFor('x');
    const batch = leaves('x');
    await system.advance(20);
    receipts.received('c', [batch]);
    await system.advance(0);
    expect(wait.outcome).toBe('received after 20 ms');
  });

  test('when all that it told in several batches was received, by whomever', async () => {
    const wait = waitFor('x', 'y');
    const [one, two] = [leaves('x', 'other'), leaves('y')];
    receipts.received('c', [two]);
    await system.advance(10);
    expect(wait.outcome).toBe('waits');
    receipts.received('b', [one]);
    await system.advance(0);
    expect(wait.outcome).toBe('received after 10 ms');
  });

  test('along with others who wait for the same', async () => {
    const waits = [waitFor('x'), waitFor('x', 'y')];
    receipts.received('b', [leaves('x', 'y')]);
    await system.advance(0);
    expect(waits.map(({ outcome }) => outcome)).toEqual(['received after 0 ms', 'received after 0 ms']);
  });

  test('after a while without a receipt', async () => {
    const wait = waitFor('x');
    leaves('x');
    await system.advance(1_000);
    expect(wait.outcome).toBe('not received after 250 ms');
  });

  test.each([
    ['nobody is there', () => (peers = []), ['x']],
    ['nothing was told', () => {}, []],
    ['the node stops', () => receipts.stop(), ['x']],
  ])('at once if %s', async (_, happens, keys) => {
    happens();
    const wait = waitFor(...keys);
    await system.advance(0);
    expect(wait.outcome).toBe('not received after 0 ms');
  });

  test('when the node stops', async () => {
    const wait = waitFor('x');
    receipts.stop();
    await system.advance(0);
    expect(wait.outcome).toBe('not received after 0 ms');
  });
});

describe('a receipt', () => {
  test('is asked for only where somebody waits', async () => {
    expect(receipts.leaving([['alerts', 'x']])).toBeUndefined();
    void waitFor('x');
    expect(receipts.leaving([['silences', 'x']])).toBeUndefined();
    leaves('x');
    expect(receipts.leaving([['alerts', 'x']])).toBeUndefined();
  });

  test('of a batch that nobody knows of counts for nothing', async () => {
    const wait = waitFor('x');
    leaves('x');
    receipts.received('b', [7, 99]);
    await system.advance(WITHIN_MS);
    expect(wait.outcome).toBe('not received after 250 ms');
  });

  test('for a batch of a former process counts for nothing', async () => {
    void waitFor('x');
    const former = leaves('x');
    await system.advance(1_000);
    receipts = new Receipts({ system, peers: () => peers });
    const wait = waitFor('x');
    leaves('x');
    receipts.received('b', [former]);
    await system.advance(WITHIN_MS);
    expect(wait.outcome).toBe('not received after 1250 ms');
  });

  test('says how long the way is', async () => {
    void waitFor('x');
    const batch = leaves('x');
    await system.advance(30);
    receipts.received('b', [batch]);
    expect([receipts.roundTripMs('b'), receipts.roundTripMs('c')]).toEqual([30, undefined]);
  });
});

describe('peers that give no receipts', () => {
  test('are not waited for after three, until one gives one in time', async () => {
    const outcomes = [];
    for (let batch = 0; batch < 5; batch += 1) outcomes.push(await missesOne());
    expect(outcomes).toEqual(['waited', 'waited', 'waited', 'did not wait', 'did not wait']);
    void waitFor('x');
    receipts.received('b', [leaves('x')]);
    expect(await missesOne()).toBe('waited');
  });

  test('do not keep anybody from waiting for others', async () => {
    for (let batch = 0; batch < 3; batch += 1) await missesOne();
    peers = ['b', 'new'];
    expect(await missesOne()).toBe('waited');
  });

  test('get another chance with a new link', async () => {
    for (let batch = 0; batch < 3; batch += 1) await missesOne();
    receipts.linkChanged('b');
    expect(await missesOne()).toBe('waited');
  });

  test('or give them too late are not waited for again', async () => {
    for (let batch = 0; batch < 3; batch += 1) await missesOne();
    void waitFor('x');
    const batch = leaves('x');
    await system.advance(WITHIN_MS + 50);
    receipts.received('b', [batch]);
    expect(await missesOne()).toBe('did not wait');
  });

  test('have missed nothing of what could not leave yet', async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      void waitFor('queued');
      await system.advance(WITHIN_MS);
    }
    expect(await missesOne()).toBe('waited');
  });
});
