import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { type ExchangeOutcome, ExchangeRounds } from './exchange-rounds.ts';
import { TestNode } from './testing/synced-registers.ts';
import type { NodeId } from './transport.ts';

const INTERVAL_MS = 7_500;

let system: VirtualSystem;
let here: TestNode;
let peers: Map<NodeId, TestNode>;
/** Peers that take a question and never answer. */
let silent: Set<NodeId>;
/** How long a question to a silent peer outlives its signal. */
let slowMs: number;
let asked: { readonly peer: NodeId; readonly atMs: number }[];
let outcomes: ExchangeOutcome[];
let rounds: ExchangeRounds;

beforeEach(() => {
  system = new VirtualSystem({ monotonicMs: 0 });
  here = new TestNode(system, 'here');
  peers = new Map(['b', 'a'].map((id) => [id, new TestNode(system, id)]));
  silent = new Set();
  slowMs = 0;
  asked = [];
  outcomes = [];
  rounds = new ExchangeRounds(
    {
      system,
      antiEntropy: here.antiEntropy,
      maps: here.maps,
      request: (peer, body, options) => {
        asked.push({ peer, atMs: system.now().monotonicMs });
        const node = peers.get(peer);
        if (node && !silent.has(peer)) return here.asking(node)(body, options);
        return new Promise((_, reject) => {
          const end = () => reject(options.signal.reason);
          options.signal.addEventListener('abort', () => (slowMs > 0 ? system.setTimer(slowMs, end) : end()), {
            once: true,
          });
        });
      },
      onExchanged: (outcome) => outcomes.push(outcome),
    },
    { intervalMs: INTERVAL_MS },
  );
});

test('with a peer there is an exchange as soon as the link is up, and then in every interval', async () => {
  rounds.linkUp('a');
  await system.advance(10 * INTERVAL_MS);
  const times = asked.map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  expect(times[0]).toBe(0);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(INTERVAL_MS);
  expect(Math.min(...gaps)).toBeGreaterThan(INTERVAL_MS / 2);
});

test('one that is hurried begins at once, or right after the one under way', async () => {
  rounds.linkUp('a');
  await system.advance(1_000);
  const before = asked.length;
  rounds.hurry('a');
  await system.advance(0);
  expect(asked.length).toBeGreaterThan(before);
  silent.add('a');
  rounds.hurry('a');
  rounds.hurry('a');
  silent.clear();
  const during = asked.length;
  await system.advance(5_000);
  expect(asked.slice(during).map(({ atMs }) => atMs)).toContain(6_000);
});

test('what was written on either side while the link was down is there when it is up', async () => {
  here.write('ours', 'x');
  peers.get('a')?.write('theirs', 'x');
  rounds.linkUp('a');
  await system.advance(0);
  expect(here.map.texts()).toEqual({ ours: 'x', theirs: 'x' });
  expect(outcomes).toMatchObject([{ peer: 'a', result: { pulled: 1, pushed: 1 } }]);
});

test('a peer that does not answer is asked one question at a time, and holds up nobody', async () => {
  silent.add('a');
  for (const peer of ['a', 'a', 'b']) rounds.linkUp(peer);
  await system.advance(4_999);
  expect(asked.filter(({ peer }) => peer === 'a').length).toBe(1);
  expect(outcomes).toMatchObject([{ peer: 'b', result: {} }]);
  await system.advance(2 * INTERVAL_MS);
  expect(outcomes.filter(({ peer }) => peer === 'a')[0]).toMatchObject({ cause: { fault: 'no answer' } });
  silent.delete('a');
  await system.advance(INTERVAL_MS + 5_000);
  expect(outcomes.filter(({ peer }) => peer === 'a').at(-1)).toMatchObject({ result: { questions: 1 } });
});

test('how long ago an exchange succeeded is known of each peer', async () => {
  silent.add('a');
  rounds.linkUp('b');
  rounds.linkUp('a');
  await system.advance(1_000);
  expect(rounds.lags(system.now())).toMatchObject([
    { peer: 'a', exchangedAgoMs: undefined, isExchanging: true },
    { peer: 'b', exchangedAgoMs: 1_000, isExchanging: false, result: { behind: 0, left: 0 } },
  ]);
});

describe('when the link closes', () => {
  test('what is under way breaks off without a word, and begins anew with the next link', async () => {
    silent.add('a');
    rounds.linkUp('a');
    rounds.linkClosed('a');
    await system.advance(60_000);
    expect([asked.length, outcomes, rounds.lags(system.now())]).toEqual([1, [], []]);
    silent.delete('a');
    rounds.linkUp('a');
    await system.advance(0);
    expect(outcomes).toMatchObject([{ peer: 'a', result: {} }]);
  });

  test('a peer that was at rest is not asked again', async () => {
    rounds.linkUp('a');
    await system.advance(0);
    rounds.linkClosed('a');
    expect(system.pendingTimers).toBe(0);
    await system.advance(60_000);
    expect(asked.length).toBe(1);
  });
});

test('a stop ends all, and nothing begins after it', async () => {
  silent.add('a');
  rounds.linkUp('a');
  rounds.linkUp('b');
  await system.settle();
  await rounds.stop();
  rounds.linkUp('b');
  await system.advance(60_000);
  expect([asked.length, system.pendingTimers]).toEqual([2, 0]);
});

test('a stop waits for what is slow to break off', async () => {
  silent.add('a');
  rounds.linkUp('a');
  slowMs = 300;
  let isOver = false;
  const stopped = rounds.stop().then(() => {
    isOver = true;
  });
  await system.advance(299);
  expect(isOver).toBe(false);
  await system.advance(1);
  await stopped;
});

test('an exchange without end is given up', async () => {
  const waits: AbortSignal[] = [];
  const endless = new ExchangeRounds(
    {
      system,
      antiEntropy: {
        exchange: (_ask, _maps, { signal }) => {
          waits.push(signal);
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        },
      },
      maps: here.maps,
      request: () => Promise.reject(new Error('not asked')),
      onExchanged: (outcome) => outcomes.push(outcome),
    },
    { intervalMs: INTERVAL_MS },
  );
  endless.linkUp('a');
  await system.advance(10 * 60_000);
  expect(outcomes).toMatchObject([{ peer: 'a', cause: { name: 'DeadlineError' } }]);
  await system.advance(500);
  expect(waits.length).toBe(2);
  await endless.stop();
});
