import { describe, expect, test } from 'vitest';
import type { LoggedClaim, NotificationLogEntry, Told } from '../state/notification-log.ts';
import { type KnownOfPlace, toldState } from './told-state.ts';

const NOW_MS = 100_000;

function claim(node: string, state: LoggedClaim['state'], madeMs: number, untilMs = madeMs + 10_000): LoggedClaim {
  return { node, writer: `${node}.1`, state, madeMs, untilMs, tickMs: madeMs };
}

function entry(told: Record<string, Told>): NotificationLogEntry {
  return { told: new Map(Object.entries(told)), toldAtMs: 0, isExact: false };
}

function known(of: Partial<KnownOfPlace>): KnownOfPlace {
  return { entry: undefined, claims: [], lastFailure: undefined, groupMadeMs: 50_000, self: 'a', ...of };
}

describe('what a place was last told', () => {
  test.each<[string, Partial<KnownOfPlace>, object]>([
    ['nothing', {}, { state: 'not yet', atMs: undefined, node: undefined, message: '' }],
    ['a message by another node', { claims: [claim('b', 'sent', 60_000)] }, { state: 'sent', node: 'b', atMs: 60_000 }],
    [
      'a message by the node that took over from one that was refused',
      { claims: [claim('b', 'sent', 61_000), claim('a', 'refused', 60_000)] },
      { state: 'sent', node: 'b' },
    ],
    ['is being told', { claims: [claim('b', 'intent', 99_000)] }, { state: 'telling', node: 'b' }],
    [
      'an attempt whose time is over without an answer',
      { claims: [claim('b', 'intent', 60_000, 70_000)] },
      { state: 'unknown', node: 'b', message: '' },
    ],
    [
      'a refusal, with the error this node had',
      {
        claims: [claim('a', 'refused', 60_000)],
        lastFailure: { kind: 'refused', message: 'connection refused', atMs: 60_000 },
      },
      { state: 'refused', node: 'a', message: 'connection refused' },
    ],
    [
      'a retry after a lost answer',
      {
        claims: [claim('a', 'intent', 99_000)],
        lastFailure: { kind: 'unknown', message: 'the answer was lost', atMs: 98_999 },
      },
      { state: 'telling', node: 'a', message: 'the answer was lost' },
    ],
    [
      'a message after an error, which is forgotten',
      { claims: [claim('a', 'sent', 62_000)], lastFailure: { kind: 'unknown', message: 'lost', atMs: 61_000 } },
      { state: 'sent', node: 'a', message: '' },
    ],
    [
      'a message, and a repetition that was refused where no peer needs a claim',
      { claims: [claim('a', 'sent', 60_000)], lastFailure: { kind: 'refused', message: '503', atMs: 90_000 } },
      { state: 'refused', node: 'a', atMs: 90_000, message: '503' },
    ],
    [
      'a message about a former group with the same key that is over',
      { claims: [claim('a', 'sent', 40_000)], entry: entry({ f: 'resolved' }) },
      { state: 'not yet' },
    ],
    [
      'a message before a restart of this node that is still owed its end',
      { claims: [claim('a', 'sent', 40_000)], entry: entry({ f: 'firing' }) },
      { state: 'sent', node: 'a', atMs: 40_000 },
    ],
  ])('%s', (_, of, expected) => {
    expect(toldState(known(of), NOW_MS)).toMatchObject(expected);
  });
});
