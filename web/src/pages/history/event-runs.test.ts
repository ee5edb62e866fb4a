import { describe, expect, test } from 'vitest';
import type { HappenedEvent } from '../../../../src/shapes/events.ts';
import { runsOf } from './event-runs.ts';

const group = { groupId: 'g', groupLabels: {}, receiver: 'hook', integration: 'webhook' };
const entry = (event: HappenedEvent) => ({ event, nodes: ['a'] });
const turn = (id: string, at: string, more = {}) =>
  entry({ id, at, node: 'a', kind: 'turn', ...group, decision: 'asks', reason: '', ...more });
const told = (id: string, at: string, outcome: 'sent' | 'refused') =>
  entry({
    id,
    at,
    node: 'a',
    kind: 'notification',
    ...group,
    index: 0,
    outcome,
    reason: '',
    message: '',
    durationMs: 1,
    attempt: 1,
    willRetry: true,
    firing: 1,
    resolved: 0,
    fingerprints: [],
  });
const ids = (entries: ReturnType<typeof entry>[]) =>
  runsOf(entries).map((run) => [run.shown.event.id, run.entries.length]);

describe('what fails again and again', () => {
  test('is one line, which says what failed, with the turns in between', () => {
    expect(
      ids([
        turn('4', '2026-03-02T00:04:00Z'),
        told('3', '2026-03-02T00:03:00Z', 'refused'),
        told('x', '2026-03-02T00:02:30Z', 'sent'),
        told('2', '2026-03-02T00:02:00Z', 'refused'),
      ]),
    ).toEqual([
      ['3', 3],
      ['x', 1],
    ]);
  });

  test('is a line for each ten minutes and each message', () => {
    const attempts = (id: string, minute: number, more = {}) =>
      [0, 1, 2].map((index) => turn(`${id}${index}`, `2026-03-02T00:${minute}:0${index}Z`, more));
    expect(
      ids([...attempts('late', 25), ...attempts('other', 15, { groupId: 'h' }), ...attempts('early', 15)]),
    ).toEqual([
      ['late0', 3],
      ['other0', 3],
      ['early0', 3],
    ]);
  });

  test('is shown as it is while it happened but twice', () => {
    expect(ids([turn('2', '2026-03-02T00:02:00Z'), turn('1', '2026-03-02T00:01:00Z')])).toEqual([
      ['2', 1],
      ['1', 1],
    ]);
  });
});
