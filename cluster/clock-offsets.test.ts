import { beforeEach, describe, expect, test } from 'vitest';
import { ClockOffsets } from './clock-offsets.ts';

let alive: Set<string>;
let offsets: ClockOffsets;
/** What time it really is; this node's clock shows so much more. */
let trueMs: number;
let ownErrorMs: number;

beforeEach(() => {
  alive = new Set(['a', 'b', 'c', 'd']);
  offsets = new ClockOffsets({ isAlive: (node) => alive.has(node) });
  trueMs = 1_000_000;
  ownErrorMs = 0;
});

const now = () => ({ wallMs: trueMs + ownErrorMs, monotonicMs: trueMs - 500_000 });

/** A beat of a node whose clock is wrong by so much. */
function hear(node: string, errorMs: number, { lateMs = 0, times = 1 } = {}): void {
  for (let index = 0; index < times; index += 1) {
    trueMs += 1_000;
    offsets.note(node, trueMs - lateMs + errorMs, now());
  }
}

/** How wrong the cluster's clock is. */
const errorMs = (...nodes: string[]) => offsets.clusterNow(now(), nodes).wallMs - trueMs;

describe('the time of the cluster', () => {
  test('is that of the only node', () => {
    ownErrorMs = 7;
    expect(errorMs()).toBe(7);
  });

  test('is not that of one wrong clock among three, be it another’s or our own', () => {
    hear('a', 0);
    hear('b', 300_000);
    expect(errorMs('a', 'b')).toBe(0);
    ownErrorMs = 300_000;
    hear('b', 0, { times: 5 });
    expect(errorMs('a', 'b')).toBe(0);
  });

  test('stays when the node of a right clock goes down', () => {
    ownErrorMs = 300_000;
    hear('a', 0);
    hear('b', 0);
    alive.delete('a');
    expect(errorMs('a', 'b')).toBe(0);
  });

  test('is our own if of two nobody can say which is wrong', () => {
    hear('a', 300_000);
    expect(errorMs('a')).toBe(0);
    hear('b', 60_000);
    hear('c', 70_000);
    expect(errorMs('a', 'b', 'c')).toBe(60_000);
  });

  test('counts only whom it is told to', () => {
    hear('a', 60_000);
    hear('b', 60_000);
    expect([errorMs(), errorMs('never heard'), errorMs('a', 'b')]).toEqual([0, 0, 60_000]);
  });

  test('does not move when our own clock is set', () => {
    hear('a', 0);
    hear('b', 0);
    ownErrorMs = -3_600_000;
    expect(errorMs('a', 'b')).toBe(0);
  });

  test('moves with our own clock when nobody else is there', () => {
    hear('a', 0);
    hear('b', 0);
    alive.clear();
    ownErrorMs = -3_600_000; // Found wrong before, and now set right.
    expect(errorMs('a', 'b')).toBe(-3_600_000);
  });
});

describe('an offset', () => {
  test('is not moved by beats that come late, one or several at a time', () => {
    hear('a', 50);
    hear('a', 50, { lateMs: 900 });
    hear('a', 50, { lateMs: 2_400, times: 3 });
    expect(offsets.offsetMs('a', now())).toBe(50);
  });

  test('follows a clock that is set', () => {
    hear('a', 10_000, { times: 5 });
    hear('a', 0, { times: 5 });
    expect(offsets.offsetMs('a', now())).toBe(0);
  });

  test('is unknown of whom nothing was heard, or who was forgotten', () => {
    hear('a', 0);
    offsets.forget('a');
    expect([offsets.offsetMs('a', now()), offsets.offsetMs('b', now())]).toEqual([undefined, undefined]);
  });
});
