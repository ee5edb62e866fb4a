import { describe, expect, test } from 'vitest';
import { type Standing, whatNext } from './what-next.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 12, 0, 0);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function standing(of: Partial<Standing> = {}): Standing {
  return {
    nowMs: NOW_MS,
    route: { receiver: 'team', groupWaitMs: 30_000, groupIntervalMs: 5 * MINUTE_MS, repeatIntervalMs: 4 * HOUR_MS },
    places: 2,
    alert: 'firing',
    group: { dueMs: NOW_MS + 30_000, hasTicked: false, toldAtMs: undefined, toldPlaces: 0 },
    silencedUntilMs: undefined,
    inhibitedBy: undefined,
    muted: undefined,
    ...of,
  };
}

const TOLD = { dueMs: NOW_MS + MINUTE_MS, hasTicked: true, toldAtMs: NOW_MS - 4 * MINUTE_MS, toldPlaces: 2 };

describe('next', () => {
  test.each<[string, Partial<Standing>, number | undefined, string]>([
    ['comes the first message', {}, 30_000, 'a message at 12:00:30 UTC is the first, after group_wait of 30s'],
    [
      'comes the message that tells it beside others',
      { group: { ...TOLD, toldPlaces: 1 } },
      MINUTE_MS,
      'a message at 12:01:00 UTC tells it, unless one under way does before; there is one each group_interval of 5m',
    ],
    [
      'comes another try, after the first message was refused',
      { group: { ...TOLD, toldAtMs: undefined, toldPlaces: 0 } },
      MINUTE_MS,
      'a message at 12:01:00 UTC tells it, unless one under way does before; there is one each group_interval of 5m',
    ],
    [
      'comes the repetition of what is told',
      { group: TOLD },
      4 * HOUR_MS - 4 * MINUTE_MS,
      'told; a repetition at 15:56:00 UTC if nothing changes, after repeat_interval of 4h; a change is told at 12:01:00 UTC',
    ],
    [
      'comes the repetition at a tick, not between two',
      { group: { ...TOLD, toldAtMs: NOW_MS - 2 * MINUTE_MS } },
      4 * HOUR_MS + MINUTE_MS,
      'told; a repetition at 16:01:00 UTC if nothing changes, after repeat_interval of 4h; a change is told at 12:01:00 UTC',
    ],
    [
      'a silence ends',
      { silencedUntilMs: NOW_MS + 24 * HOUR_MS, inhibitedBy: '{a="b"}' },
      24 * HOUR_MS,
      'silenced until 2026-01-16 12:00:00 UTC; if it fires then, the next message tells it',
    ],
    [
      'nothing happens while it is inhibited',
      { inhibitedBy: '{a="b"}' },
      undefined,
      'nothing while {a="b"} fires: it inhibits this alert',
    ],
    [
      'a time interval ends',
      { muted: { by: ['nights'], untilMs: NOW_MS + HOUR_MS } },
      HOUR_MS,
      'nothing until 13:00:00 UTC: the time interval nights mutes it',
    ],
    [
      'nothing happens for a year',
      { muted: { by: ['never', 'ever'], untilMs: undefined } },
      undefined,
      'nothing in the next 400 days: the time intervals never, ever mute it',
    ],
    [
      'a group would begin',
      { alert: 'unknown', group: undefined },
      undefined,
      'if it fired now, a message after group_wait of 30s: it begins a new group',
    ],
    [
      'its end is told',
      { alert: 'ended', group: TOLD, silencedUntilMs: NOW_MS + 1 },
      MINUTE_MS,
      'a message at 12:01:00 UTC says that it has ended',
    ],
    ['nothing is left to say', { alert: 'ended' }, undefined, 'nothing: it has ended, and nobody is owed word of that'],
    ['nobody is told', { places: 0 }, undefined, 'nobody is told: the receiver team has no integrations'],
  ])('%s', (_, of, afterMs, what) => {
    expect(whatNext(standing(of))).toEqual({ atMs: afterMs === undefined ? undefined : NOW_MS + afterMs, what });
  });
});
