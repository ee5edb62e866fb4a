import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../../../../src/shapes/history.ts';
import { byDay, newEvents, withNewer, withOlder } from './event-list.ts';

const entry = (id: string, at: string, nodes = ['a']): HistoryEntry => ({
  nodes,
  event: { kind: 'node', change: 'started', message: '', id, at, node: 'a' },
});
const ids = (list: { entries: readonly HistoryEntry[] }) => list.entries.map(({ event }) => event.id);

const first = { entries: [entry('4', '2026-03-02T04:00:00Z'), entry('3', '2026-03-02T03:00:00Z')], next: 'c1' };

describe('the list of events', () => {
  test('goes on below where the last page ended', () => {
    const list = withOlder(first, {
      entries: [entry('3', '2026-03-02T03:00:00Z'), entry('2', '2026-03-01T23:00:00Z')],
      next: null,
    });
    expect(ids(list)).toEqual(['4', '3', '2']);
    expect(list.next).toBeNull();
  });

  test('takes new ones at the top, keeps its place below, and hears who else noted an event', () => {
    const fresh = {
      entries: [entry('5', '2026-03-02T05:00:00Z'), entry('4', '2026-03-02T04:00:00Z', ['a', 'b'])],
      next: 'c9',
    };
    const list = withNewer(first, fresh);
    expect(ids(list)).toEqual(['5', '4', '3']);
    expect(list.next).toBe('c1');
    expect(list.entries[1]?.nodes).toEqual(['a', 'b']);
    expect(newEvents(list, first)).toBe(1);
  });

  test('begins anew rather than with a hole when more happened than a page holds', () => {
    const fresh = { entries: [entry('9', '2026-03-02T09:00:00Z')], next: 'c9' };
    expect(withNewer(first, fresh)).toEqual(fresh);
    expect(ids(withNewer(first, { ...fresh, next: null }))).toEqual(['9', '4', '3']);
  });

  test('is grouped by the reader’s own days', () => {
    const days = byDay(
      [entry('2', '2026-03-02T00:30:00Z'), entry('1', '2026-03-01T23:30:00Z'), entry('0', '2026-03-01T22:30:00Z')],
      'Europe/Berlin',
    );
    expect(days.map(({ date, entries }) => [date, entries.length])).toEqual([
      ['2026-03-02', 2],
      ['2026-03-01', 1],
    ]);
  });
});
