import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatGoDuration, parseDuration, parseGoDuration } from './duration.ts';

describe("Prometheus' durations", () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1y', 31_536_000_000],
    ['1y2w3d4h5m6s7ms', 33_019_506_007],
    ['90m', 5_400_000],
  ])('%s is %i ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each([
    '',
    '1',
    '1.5h',
    '-1s',
    '+1s',
    '1h 30m',
    '30m1h',
    '1h1h',
    '1µs',
    '1H',
    's',
    '300y',
    `${'9'.repeat(400)}s`,
    '٣s',
    '1s\n',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [0, '0s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [604_800_000, '1w'],
    [90 * 86_400_000, '90d'],
    [31_536_000_000, '1y'],
    [61_001, '1m1s1ms'],
    [-1_500, '-1s500ms'],
    [0.5, '0s'],
  ])('%d ms is shown as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it('come back as they were shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 43 }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });
});

describe("Go's durations", () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['1.5s', 1_500],
    ['500ms', 500],
    ['2h45m', 9_900_000],
    ['-2h45m', -9_900_000],
    ['+5s', 5_000],
    ['.5s', 500],
    ['1.s', 1_000],
    ['45m2h', 9_900_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['100μs', 0.1],
    ['1ns', 0.000001],
    ['1ms.5s', 501],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseGoDuration(text)).toBe(durationMs);
  });

  it.each(['', '1', '1d', '.s', '-', '1 s', '--1s', '1s-1s', '1..5s', '1e3s', '9999999h', `1${'0'.repeat(300)}h`])(
    'refuses %j',
    (text) => {
      expect(parseGoDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [0, '0s'],
    [5_400_000, '1h30m0s'],
    [90_000, '1m30s'],
    [1_500, '1.5s'],
    [500, '500ms'],
    [1.5, '1.5ms'],
    [0.1, '100µs'],
    [0.000001, '1ns'],
    [-1_500, '-1.5s'],
  ])('%d ms is shown as %s', (durationMs, text) => {
    expect(formatGoDuration(durationMs)).toBe(text);
  });

  it('come back as they were shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (durationNs) => {
        expect(Math.round((parseGoDuration(formatGoDuration(durationNs / 1e6)) ?? 0) * 1e6)).toBe(durationNs + 0);
      }),
    );
  });
});
