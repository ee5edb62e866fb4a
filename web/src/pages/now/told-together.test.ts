import { describe, expect, test } from 'vitest';
import type { ShownGroup } from '../../../../src/shapes/groups.ts';
import { toldTogether } from './told-together.ts';

const group = (id: string, receiver: string, changes: Partial<ShownGroup> = {}): ShownGroup => ({
  id,
  groupKey: id,
  labels: { alertname: 'DiskFull' },
  receiver,
  severity: 'urgent',
  alerts: { active: 2, silenced: 0, inhibited: 0, muted: 0, resolved: 0 },
  since: '2026-01-15T12:00:00.000Z',
  latest: '2026-01-15T12:01:00.000Z',
  commonLabels: {},
  commonAnnotations: {},
  mutedBy: [],
  silencedBy: [],
  notifications: [],
  nextFlushAt: null,
  listed: [],
  ...changes,
});
const shown = (groups: readonly ShownGroup[]) =>
  toldTogether(groups).map(({ receiver, others }) => [receiver, ...others.map((other) => other.receiver)].join(' '));

describe('the rows of what fires', () => {
  test('have the same alerts once, with everybody who is told', () => {
    expect(shown([group('1', 'irc'), group('2', 'list'), group('3', 'phone')])).toEqual(['irc list phone']);
  });

  test('have them once also where one way is muted now', () => {
    const muted = { alerts: { active: 0, silenced: 0, inhibited: 0, muted: 2, resolved: 0 }, mutedBy: ['nights'] };
    expect(shown([group('1', 'irc'), group('2', 'list', muted)])).toEqual(['irc list']);
  });

  test.each<[string, Partial<ShownGroup>]>([
    ['other labels', { labels: { alertname: 'Down' } }],
    ['more alerts', { alerts: { active: 3, silenced: 0, inhibited: 0, muted: 0, resolved: 0 } }],
    ['another begin', { since: '2026-01-15T11:00:00.000Z' }],
  ])('tell groups with %s apart', (_, changes) => {
    expect(shown([group('1', 'irc'), group('2', 'list', changes)])).toEqual(['irc', 'list']);
  });
});
