import { expect, test } from 'vitest';
import { bridged, chartColumns, chartRows, chartSummary } from './chart-data.ts';

const firing = (urgent: number, important: number) => ({ urgent, important, interesting: 1, other: 0 });
const answer = {
  stepMs: 60_000,
  points: [
    { at: '2026-03-02T00:00:00Z', firing: firing(0, 1), sent: 1, failed: 0 },
    { at: '2026-03-02T00:01:00Z', firing: null, sent: 0, failed: 0 },
    { at: '2026-03-02T00:02:00Z', firing: firing(2, 3), sent: 1, failed: 2 },
  ],
};

test('severities are stacked with urgent at the bottom, and holes stay holes', () => {
  const columns = chartColumns(answer);
  expect(columns.stacked).toEqual([
    [0, null, 2, 2],
    [1, null, 5, 5],
    [2, null, 6, 6],
    [2, null, 6, 6],
  ]);
  expect(columns.attempts).toEqual([1, 0, 3, 0]);
  expect((columns.seconds[1] ?? 0) - (columns.seconds[0] ?? 0)).toBe(60);
});

test('the last step is drawn up to its end', () => {
  expect(chartColumns(answer).seconds.at(-1)).toBe(Date.parse('2026-03-02T00:03:00Z') / 1_000);
  expect(chartColumns({ stepMs: 1, points: [] }).seconds).toEqual([]);
});

test('a count holds until the next one is due, but not for long, and never into the future', () => {
  const steps = [0, 60, 120, 180, 240].map((second, index) => ({
    at: new Date(Date.parse('2026-03-02T00:00:00Z') + second * 1_000).toISOString(),
    firing: index === 0 ? firing(1, 0) : null,
    sent: 0,
    failed: 0,
  }));
  const known = (nowText: string) =>
    bridged({ stepMs: 60_000, points: steps }, Date.parse(nowText)).points.map((point) => point.firing !== null);
  expect(known('2026-03-03T00:00:00Z')).toEqual([true, true, true, false, false]);
  expect(known('2026-03-02T00:01:30Z')).toEqual([true, true, false, false, false]);
});

test('the table has the most of each row, and sums what was sent', () => {
  const rows = chartRows(answer, 2);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ firing: firing(0, 1), sent: 1, failed: 0 });
  expect(rows[0]?.toMs).toBe(Date.parse('2026-03-02T00:02:00Z'));
  expect(rows[1]).toMatchObject({ firing: firing(2, 3), sent: 1, failed: 2 });
  expect(chartRows({ ...answer, points: [] }, 5)).toEqual([]);
});

test('the summary knows the peak, and what is not known', () => {
  expect(chartSummary(answer)).toEqual({
    sent: 2,
    failed: 2,
    peak: { firing: 6, atMs: Date.parse('2026-03-02T00:02:00Z') },
    unknownSteps: 1,
  });
});
