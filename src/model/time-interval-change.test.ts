import { expect, test } from 'vitest';
import { containsInstant, type TimeInterval, type TimeIntervalBlock, timeIntervalFromConfig } from './time-interval.ts';
import { nextChangeMs } from './time-interval-change.ts';

const DAY_MS = 86_400_000;

function interval(block: TimeIntervalBlock): TimeInterval {
  const read = timeIntervalFromConfig(block);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.interval;
}

function change(blocks: readonly TimeIntervalBlock[], from: string): string | undefined {
  const atMs = nextChangeMs(blocks.map(interval), Date.parse(from), { withinMs: 400 * DAY_MS });
  return atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 16);
}

const work = { weekdays: ['monday:friday'], times: [{ start_time: '09:00', end_time: '17:00' }] };
const berlin = { location: 'Europe/Berlin' };

test.each([
  ['a working day ends', [work], '2026-01-15T12:00:00Z', '2026-01-15T17:00'],
  ['the next begins after the weekend', [work], '2026-01-16T17:00:00Z', '2026-01-19T09:00'],
  ['in its own zone', [{ ...work, ...berlin }], '2026-01-15T12:00:00Z', '2026-01-15T16:00'],
  ['a month begins there', [{ months: ['march'], ...berlin }], '2026-01-15T12:00:00Z', '2026-02-28T23:00'],
  [
    'two that follow each other are one',
    [{ weekdays: ['monday'] }, { weekdays: ['tuesday'] }],
    '2026-01-19T01:00:00Z',
    '2026-01-21T00:00',
  ],
  [
    'across midnight',
    [{ times: [{ start_time: '22:00', end_time: '24:00' }] }, { times: [{ start_time: '00:00', end_time: '06:00' }] }],
    '2026-01-15T23:00:00Z',
    '2026-01-16T06:00',
  ],
  [
    'a leap of the clocks jumps into it',
    [{ times: [{ start_time: '02:30', end_time: '04:00' }], ...berlin }],
    '2026-03-29T00:00:00Z',
    '2026-03-29T01:00',
  ],
  ['in the very next minute', [work], '2026-01-15T16:59:59Z', '2026-01-15T17:00'],
  ['never, for all time', [{}], '2026-01-15T12:00:00Z', undefined],
  ['never, being over', [{ years: ['2020'] }], '2026-01-15T12:00:00Z', undefined],
  ['never, there being none', [], '2026-01-15T12:00:00Z', undefined],
] as const)('%s', (_, blocks, from, at) => {
  expect(change(blocks as readonly TimeIntervalBlock[], from)).toBe(at);
});

test('until then nothing changes, minute by minute', () => {
  const blocks = [
    work,
    { ...work, ...berlin, times: [{ start_time: '01:15', end_time: '02:45' }], weekdays: ['sunday'] },
  ];
  const intervals = blocks.map(interval);
  const holdsAt = (atMs: number) => intervals.some((one) => containsInstant(one, atMs));
  // Both weekends on which Berlin's clocks are set.
  for (const day of ['2026-03-27', '2026-10-23']) {
    let atMs = Date.parse(`${day}T00:00:00Z`);
    const endMs = atMs + 4 * DAY_MS;
    while (atMs < endMs) {
      const nextMs = nextChangeMs(intervals, atMs, { withinMs: 30 * DAY_MS }) ?? Number.NaN;
      for (let minuteMs = atMs; minuteMs < nextMs; minuteMs += 60_000) expect(holdsAt(minuteMs)).toBe(holdsAt(atMs));
      expect(holdsAt(nextMs)).toBe(!holdsAt(atMs));
      atMs = nextMs;
    }
  }
});
