/** The wall apart from the screen: its tiles, its verdict, and how the cluster is. */
import { describe, expect, test } from 'vitest';
import { clusterHealth } from './cluster-health.ts';
import { columnsFor, tilesOf, verdictOf } from './tiles.ts';

const counts = (urgent = 0, important = 0, interesting = 0, other = 0) => ({ urgent, important, interesting, other });

describe('the tiles', () => {
  test('are in the order of what is gravest, and of how much there is of it', () => {
    const values = [
      { value: 'api', severities: counts(0, 9), otherWords: [] },
      { value: 'db', severities: counts(1, 2), otherWords: [] },
      { value: 'web', severities: counts(3), otherWords: [] },
    ];
    expect(tilesOf(values, undefined)).toEqual([
      { value: 'web', severity: 'urgent', word: 'urgent', gravest: 3, alerts: 3 },
      { value: 'db', severity: 'urgent', word: 'urgent', gravest: 1, alerts: 3 },
      { value: 'api', severity: 'important', word: 'important', gravest: 9, alerts: 9 },
    ]);
  });

  test('say the words that people have for a severity of their own', () => {
    const values = [{ value: 'sshd', severities: counts(0, 0, 0, 2), otherWords: ['security', 'sev1'] }];
    expect(tilesOf(values, undefined)).toMatchObject([{ severity: 'other', word: 'security, sev1' }]);
  });

  test('leave nothing out: what has no such label has a tile', () => {
    const values = [{ value: 'db', severities: counts(1), otherWords: [] }];
    expect(tilesOf(values, counts(2, 1))).toContainEqual({
      value: '',
      severity: 'urgent',
      word: 'urgent',
      gravest: 1,
      alerts: 2,
    });
    expect(tilesOf(values, counts(1))).toHaveLength(1);
    expect(tilesOf(values, counts(0))).toHaveLength(1);
  });

  test.each([
    [1, 1],
    [4, 3],
    [12, 4],
    [48, 8],
  ])('%d of them stand in %d columns on a wide screen', (tiles, columns) => {
    expect(columnsFor(tiles, { width: 1920, height: 1080 })).toBe(columns);
  });

  test('are in few columns on a phone', () => {
    expect(columnsFor(20, { width: 390, height: 844 })).toBe(2);
  });
});

test.each([
  [undefined, 'unknown', 'Looking …'],
  [counts(2, 5), 'urgent', 'Urgent'],
  [counts(0, 5, 9), 'important', 'Important'],
  [counts(0, 0, 9), 'firing', 'Nothing urgent'],
  [counts(), 'quiet', 'All is well'],
])('of %j the verdict is %s', (severities, kind, words) => {
  expect(verdictOf(severities)).toEqual({ kind, words });
});

test('that all is well is not said of a time that is not known', () => {
  expect(verdictOf(counts(), { isStale: true })).toEqual({ kind: 'unknown', words: 'Not known' });
});

describe('the cluster', () => {
  const member = (name: string, fields = {}) => ({
    ...{ id: name, name, alive: true, left: false, cloned: false },
    ...fields,
  });
  const health = (members: readonly unknown[], fields = {}) =>
    clusterHealth({ status: 'ready', configDiffers: false, members, ...fields } as never);

  test('is numbers while it is well', () => {
    expect(health([member('a'), member('b'), member('c', { alive: false, left: true })])).toEqual({
      isWell: true,
      words: '2 of 2 nodes alive',
    });
  });

  test('is names when it is not', () => {
    expect(health([member('a'), member('b', { alive: false })], { configDiffers: true })).toEqual({
      isWell: false,
      words: '1 of 2 nodes alive; b dead; configurations differ',
    });
  });

  test('may be none', () => {
    expect(clusterHealth({ status: 'disabled', hints: [] })).toEqual({
      isWell: true,
      words: 'one node, without a cluster',
    });
  });
});
