import { describe, expect, test } from 'vitest';
import { chartQuery, endsNow, historyQuery, isFiltered, readHistoryView, writeHistoryView } from './history-view.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const read = (text: string) => readHistoryView(new URLSearchParams(text));

describe('the view of the history page', () => {
  test('is the last 24 hours, unfiltered, without a query', () => {
    expect(read('').span).toEqual({ range: '24h' });
    expect(isFiltered(read(''))).toBe(false);
    expect(Object.values(writeHistoryView(read(''))).filter((value) => value !== undefined)).toEqual([]);
  });

  test('comes back from the URL as it went there', () => {
    const text =
      'from=2026-03-01T00:00:00.000Z&to=2026-03-02T00:00:00.000Z&kind=alert&kind=silence&receiver=on+call&node=b&outcome=refused&filter=severity%3D%22urgent%22&fingerprint=ab&group=cd&q=disk';
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(writeHistoryView(read(text)))) {
      for (const each of [value ?? []].flat()) query.append(name, each);
    }
    expect(readHistoryView(query)).toEqual(read(text));
    expect(query.getAll('kind')).toEqual(['alert', 'silence']);
  });

  test('leaves out what makes no sense', () => {
    expect(read('range=9y&kind=evil&outcome=perhaps&filter=')).toEqual(read(''));
    expect(read('from=yesterday').span).toEqual({ range: '24h' });
    expect(read('from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z&range=7d').span).toEqual({ range: '7d' });
  });

  test('asks for a range from its beginning on, open at its end, so that new events are in it', () => {
    expect(historyQuery(read('range=1h'), NOW)).toMatchObject({ from: '2026-03-02T11:00:00.000Z', to: undefined });
    expect(endsNow(read('range=1h').span, NOW)).toBe(true);
    expect(endsNow(read('to=2026-03-01T00:00:00Z').span, NOW)).toBe(false);
  });

  test('gives the chart both ends', () => {
    expect(chartQuery(read('to=2026-03-01T00:00:00Z&kind=alert'), NOW, 120)).toMatchObject({
      from: '2026-01-30T00:00:00.000Z',
      to: '2026-03-01T00:00:00.000Z',
      points: '120',
      kind: ['alert'],
    });
  });
});
