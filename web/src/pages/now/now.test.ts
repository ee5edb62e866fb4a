/** The page Now apart from the screen: its address, what it shows before an answer, and what stands still. */
import { describe, expect, test } from 'vitest';
import type { ShownGroup } from '../../../../src/shapes/groups.ts';
import { queryText } from '../../api/query.ts';
import { fitsDraft, mayMatch } from './draft.ts';
import { isSameOrder, lengthened, steadied } from './steady.ts';
import { countFor } from './use-groups.ts';
import { isNarrowed, queryOf, toggled, viewOf } from './view.ts';

function group(labels: Record<string, string>, fields: Partial<ShownGroup> = {}): ShownGroup {
  return {
    ...{ id: Object.values(labels).join(), groupKey: '', labels, receiver: 'phone', severity: 'urgent' },
    alerts: { active: 1, silenced: 0, inhibited: 0, muted: 0, resolved: 0 },
    ...{ since: '2026-11-29T00:00:00.000Z', latest: '2026-11-29T00:00:00.000Z' },
    ...{ commonLabels: {}, commonAnnotations: {}, mutedBy: [], silencedBy: [], notifications: [], nextFlushAt: null },
    listed: [],
    ...fields,
  };
}

describe('the view in the address', () => {
  const address =
    '?filter=severity%3D%22urgent%22&filter=job%3D%7E%22a%7Cb%22&severity=urgent&receiver=phone&sort=latest&open=abc';

  test('is read and written alike', () => {
    expect(queryText(queryOf(viewOf(new URLSearchParams(address))))).toBe(address);
  });

  test('is empty for what is as by default', () => {
    const view = viewOf(new URLSearchParams(''));
    expect([queryText(queryOf(view)), isNarrowed(view)]).toEqual(['', false]);
  });

  test('leaves out words of other versions', () => {
    const view = viewOf(new URLSearchParams('severity=fatal&severity=other&sort=random&state=gone'));
    expect([view.severity, view.sort, view.state]).toEqual([['other'], 'severity', []]);
  });

  test('takes a choice in and out', () => {
    expect(toggled(toggled<string>(['a'], 'b'), 'a')).toEqual(['b']);
  });
});

describe('before the node has answered', () => {
  const disk = group({ alertname: 'DiskFull' }, { commonLabels: { job: 'db' } });

  test.each([
    ['alertname="DiskFull"', true],
    ['alertname="Other"', false],
    ['job!="db"', false],
    ['job=~"(?i)DB|API"', true],
    ['job=~"(a+)+$"', true],
    ['instance="db-1"', true],
  ])('a group is kept unless it certainly does not match %s', (filter, isKept) => {
    expect(mayMatch(disk, [filter])).toBe(isKept);
  });

  test.each([
    ['', true],
    ['disk', true],
    ['phone', true],
    ['kafka', false],
    ['alertname="Di', true],
    ['alertname=Da', false],
    ['job!="d', true],
    ['job=~"d.', true],
    ['"=', true],
  ])('while %s is typed it is shown: %s', (draft, isShown) => {
    expect(fitsDraft(disk, draft)).toBe(isShown);
  });
});

describe('a list that is being read', () => {
  const keyOf = ({ id }: { id: string }) => id;
  const item = (id: string, version = 1) => ({ id, version });

  test('is renewed in its place', () => {
    const { items, over, waiting } = steadied([item('a'), item('b')], [item('b', 2), item('c'), item('a', 2)], keyOf);
    expect(items).toEqual([item('a', 2), item('b', 2)]);
    expect([...over]).toEqual([]);
    expect(waiting).toEqual([item('c')]);
  });

  test('keeps the place of what is over', () => {
    const { items, over } = steadied([item('a'), item('b')], [item('b', 2)], keyOf);
    expect(items).toEqual([item('a'), item('b', 2)]);
    expect([...over]).toEqual(['a']);
  });

  test('grows at its end only', () => {
    expect(lengthened([item('b')], [item('a'), item('b'), item('c')], keyOf).map(keyOf)).toEqual(['b', 'a', 'c']);
  });

  test('has moved if the order has', () => {
    expect(isSameOrder([item('a'), item('b')], [item('b'), item('a')], keyOf)).toBe(false);
    expect(isSameOrder([item('a')], [item('a', 2)], keyOf)).toBe(true);
  });
});

test.each([
  [15, 100, 100],
  [80, 100, 500],
  [538, 500, 1_000],
  [400, 1_000, 1_000],
])('who has looked at %d groups of %d that are loaded needs %d', (reached, loaded, count) => {
  expect(countFor(reached, loaded)).toBe(count);
});
