import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alternateNick, type LossReason, lossReasonOf, reconnectDelayMs, rejoinDelayMs } from './supervisor.ts';
import { TokenBucket } from './token-bucket.ts';

/** As servers say it: ngircd, InspIRCd, UnrealIRCd, Solanum, hybrid. */
it.each<[string, LossReason | undefined]>([
  ['Closing Link: tocsin[10.0.0.1] (K-Lined)', 'banned'],
  ['Closing Link: 10.0.0.1 (*** Banned (no bots))', 'banned'],
  ['Z-Lined: *@10.0.0.1', 'banned'],
  ['You are banned from this server- AKILL', 'banned'],
  ['Closing Link: [10.0.0.1] (Throttled: Reconnecting too fast) -Email admin@example.org', 'throttled'],
  ['Trying to reconnect too fast.', 'throttled'],
  ['Your host is trying to (re)connect too fast -- throttled', 'throttled'],
  ['Connection refused, too many connections from your IP address!', 'throttled'],
  ['Closing Link: (Too many host connections (local))', 'throttled'],
  ['Closing Link: tocsin[10.0.0.1] (Excess Flood)', 'flooded'],
  ['Closing link: (tocsin@10.0.0.1) [RecvQ exceeded]', 'flooded'],
  ['Closing Link: irc.example.org (Killed (alice (wrong bot)))', 'killed'],
  ['KILLed by root: wrong bot', 'killed'],
  ['Closing Link: (Nickname collision)', 'killed'],
  ['Closing Link: tocsin[10.0.0.1] (Ping timeout: 240 seconds)', 'silent'],
  ['Server going down (TERM)', 'server is going down'],
  ['Closing Link: (Server shutting down)', 'server is going down'],
  ['Closing Link: (Bad Password)', 'wrong password'],
  ['Password incorrect', 'wrong password'],
  ['Closing Link: (something new)', undefined],
])('%j is said of a connection that was %s', (words, reason) => expect(lossReasonOf(words)).toBe(reason));

const reasons: readonly LossReason[] = ['unreachable', 'closed', 'throttled', 'banned', 'wrong password', 'killed'];
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('waits from 1 to 300 s, longer with every failure, and never twice the same', () => {
  fc.assert(
    fc.property(fc.constantFrom(...reasons), fc.nat(5000), random, (reason, failures, fraction) => {
      for (const delayMs of [
        reconnectDelayMs(reason, failures, fraction),
        rejoinDelayMs('kicked', failures, fraction),
      ]) {
        expect(delayMs).toBeGreaterThanOrEqual(1000);
        expect(delayMs).toBeLessThanOrEqual(300_000);
      }
      expect(reconnectDelayMs(reason, failures + 1, fraction)).toBeGreaterThanOrEqual(
        reconnectDelayMs(reason, failures, fraction),
      );
    }),
  );
  expect(reconnectDelayMs('closed', 5, 0.9)).toBeGreaterThan(reconnectDelayMs('closed', 5, 0.1));
});

it('does not hammer a server that told us to stay away', () => {
  expect(reconnectDelayMs('banned', 0, 0)).toBeGreaterThan(120_000);
  expect(reconnectDelayMs('throttled', 0, 0)).toBeGreaterThan(30_000);
  expect(reconnectDelayMs('closed', 0, 0.99)).toBeLessThan(2000);
});

it('other nicks look alike, then are hard to guess, and fit servers that allow nine characters', () => {
  expect(alternateNick('tocsin', ['433'], 0)).toBe('tocsin_');
  expect(alternateNick('tocsin', ['433', '433', '433'], 0)).toBe('tocsin___');
  expect(alternateNick('tocsin', ['433', '433', '433', '433'], 0.1234)).toBe('tocsin1234');
  expect(alternateNick('tocsin-frankfurt', ['433'], 0)).toBe('tocsin-frankfurt_');
  expect(alternateNick('tocsin-frankfurt', ['432'], 0)).toBe('tocsin-f_');
  expect(alternateNick('n'.repeat(30), ['433'], 0)).toBe(`${'n'.repeat(29)}_`);
});

it('a flood limit lets a burst through after a pause, and then no more than it says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
      (burst, intervalMs, pausesMs) => {
        const bucket = new TokenBucket({ burst, intervalMs }, 0);
        let nowMs = 0;
        const taken: number[] = [];
        for (const pauseMs of pausesMs) {
          nowMs += pauseMs;
          const waitMs = bucket.take(nowMs);
          if (waitMs === 0) taken.push(nowMs);
          else {
            expect(waitMs).toBeLessThanOrEqual(intervalMs);
            // Having waited as told there is one.
            nowMs += waitMs;
            expect(bucket.take(nowMs)).toBe(0);
            taken.push(nowMs);
          }
        }
        for (const [index, atMs] of taken.entries()) {
          const later = taken[index + burst];
          if (later !== undefined) expect(later - atMs).toBeGreaterThan(0);
          const muchLater = taken[index + burst + 2];
          if (muchLater !== undefined) expect(muchLater - atMs).toBeGreaterThanOrEqual(intervalMs);
        }
      },
    ),
  );
});
