/** When a group speaks first. Whatever takes a running node is told in test/stories. */
import { describe, expect, test } from 'vitest';
import { firstTickMs } from './dispatcher.ts';

const route = { groupWaitMs: 30_000, groupIntervalMs: 300_000 };
const now = { wallMs: Date.UTC(2026, 0, 5, 12), monotonicMs: 5_000_000 };

/** Seconds from now. */
function firstTickSeconds(
  { startedAgo = 0, knownFor = 0 }: { startedAgo?: number; knownFor?: number },
  spoke?: { ago: number; toAll?: boolean },
): number {
  const alert = { startsAtMs: now.wallMs - startedAgo * 1000, receivedAtMs: now.wallMs - knownFor * 1000 };
  const before = spoke && { lastTickMs: now.monotonicMs - spoke.ago * 1000, toAll: spoke.toAll ?? true };
  return (firstTickMs(route, { alert, now }, before) - now.monotonicMs) / 1000;
}

describe('a group that has not spoken', () => {
  test.each([
    ['its first alert has just begun: group_wait', {}, 30],
    ['it was known for a while: what is left of group_wait', { knownFor: 20 }, 10],
    ['it was known for longer than group_wait: at once', { knownFor: 90 }, 0],
    ['it began longer than group_wait ago: at once', { startedAgo: 31 }, 0],
    ['it began exactly group_wait ago: group_wait', { startedAgo: 30 }, 30],
    ['it begins in the future: group_wait', { startedAgo: -3600 }, 30],
    ['it was received in the future, by a clock that was set back since: group_wait', { knownFor: -3600 }, 30],
  ])('%s', (_, alert, seconds) => {
    expect(firstTickSeconds(alert)).toBe(seconds);
  });
});

describe('a group that spoke before a restart', () => {
  test.each([
    ['a moment ago: a group_interval after that', { ago: 0 }, 300],
    ['within its interval: at the end of it', { ago: 200 }, 100],
    ['exactly an interval ago: now', { ago: 300 }, 0],
    ['longer ago: at once, as the last tick it missed', { ago: 301 }, -1],
    ['many intervals ago: as the last of the ticks it missed', { ago: 1000 }, -100],
    ['but not to all its receivers: at once, as the tick that did not get through', { ago: 200, toAll: false }, -200],
    ['not to all, and missed ticks since: as the last of them', { ago: 1000, toAll: false }, -100],
  ])('%s', (_, spoke, seconds) => {
    expect(firstTickSeconds({ startedAgo: 3600, knownFor: 3600 }, spoke)).toBe(seconds);
  });
});
