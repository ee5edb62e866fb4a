import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, formatVersion, HybridClock, LATEST_TIME, parseVersion, writerOf } from './version.ts';

const at = (wallMs: number) => ({ wallMs, monotonicMs: 0 });

const anyVersion = fc.record({
  time: fc.oneof(
    fc.integer({ min: 1, max: 3 }),
    fc.maxSafeNat().filter((time) => time <= LATEST_TIME),
  ),
  node: fc.oneof(fc.constantFrom('a.1', 'a.2', 'b.1'), fc.stringMatching(/^\S{1,20}$/)),
});

describe('versions are ordered', () => {
  test('by time, then by who wrote', () => {
    const versions = [
      { time: 2, node: 'a.1' },
      { time: 1, node: 'b.1' },
      { time: 10, node: 'a.1' },
      { time: 1, node: 'a.1' },
    ];
    expect(versions.sort(compareVersions).map(formatVersion)).toEqual(['1@a.1', '1@b.1', '2@a.1', 'a@a.1']);
  });

  test('the same way from every side', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(formatVersion(a) === formatVersion(b));
        if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0) expect(compareVersions(a, c)).toBeLessThan(0);
      }),
    );
  });
});

describe('as text a version', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyVersion, (version) => {
        expect(parseVersion(formatVersion(version))).toEqual(version);
      }),
    );
  });

  test.each([
    undefined,
    null,
    7,
    '',
    '@a.1',
    '1',
    '1@',
    '1@a 1',
    '01@a.1',
    '-1@a.1',
    '1.5@a.1',
    'Z@a.1',
    'zzzzzzzzzzzzzzzz@a.1',
    `${(LATEST_TIME + 1).toString(36)}@a.1`,
    `1@${'x'.repeat(321)}`,
    ['1@a.1'],
  ])('is not %j', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('the clock of a process', () => {
  test('shows what the wall shows, when nothing stands against it', () => {
    expect(new HybridClock(writerOf('a', '1')).next(at(1_000.7))).toEqual({ time: 1_000, node: 'a.1' });
  });

  test('goes on when the wall clock stands still or is set back', () => {
    const clock = new HybridClock('a.1');
    const times = [at(1_000), at(1_000), at(-5)].map((now) => clock.next(now).time);
    expect(times).toEqual([1_000, 1_001, 1_002]);
  });

  test('writes after whatever it has seen, be the other’s wall clock a year ahead', () => {
    const clock = new HybridClock('a.1');
    const seen = { time: 31_536_000_000, node: 'b.1' };
    clock.see(seen);
    expect(compareVersions(clock.next(at(1_000)), seen)).toBeGreaterThan(0);
  });

  test('is not moved by what no clock could have shown', () => {
    const clock = new HybridClock('a.1');
    for (const time of [Number.NaN, Infinity, 1e300, LATEST_TIME + 2, 2_000.5, -1]) clock.see({ time, node: 'b.1' });
    expect(clock.next(at(1_000)).time).toBe(1_000);
  });

  test('driven to its end still writes what others can read', () => {
    const clock = new HybridClock('a.1');
    clock.see({ time: LATEST_TIME, node: 'b.1' });
    const version = clock.next(at(1_000));
    expect(parseVersion(formatVersion(version))).toEqual(version);
  });
});
