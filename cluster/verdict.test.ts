import { describe, expect, test } from 'vitest';
import type { Beat } from './beat.ts';
import { type Evidence, judge, type Verdict } from './verdict.ts';

const NOW_MS = 1_000_000;

interface Heard {
  /** When anything came from it last, how long ago; in the order of the story unless said otherwise. */
  readonly agoMs?: number;
  /** Of its newest beat. */
  readonly beat?: { readonly agoMs: number; readonly hears?: Beat['hears']; readonly links?: readonly string[] };
  readonly hasLeft?: boolean;
  readonly forgivenForMs?: number;
}

/** Order follows time here. */
const instant = (agoMs: number) => ({ atMs: NOW_MS - agoMs, order: NOW_MS - agoMs });

function verdicts(
  heard: Readonly<Record<string, Heard>>,
  links: readonly string[] = [],
): Record<string, Verdict['reason']> {
  const members = Object.entries(heard).map(
    ([node, { agoMs, beat, hasLeft = false, forgivenForMs }]): [string, Evidence] => [
      node,
      {
        node,
        hasLeft,
        heard: agoMs === undefined ? undefined : instant(agoMs),
        beat: beat && { ...instant(beat.agoMs), hears: beat.hears ?? [], links: beat.links ?? [] },
        forgivenUntilMs: forgivenForMs === undefined ? undefined : NOW_MS + forgivenForMs,
      },
    ],
  );
  const judgements = judge(new Map(members), { self: 'me', links, nowMs: NOW_MS });
  return Object.fromEntries([...judgements].map(([node, { verdict }]) => [node, verdict.reason]));
}

describe('alive is', () => {
  test('who was heard within three seconds', () => {
    expect(verdicts({ a: { agoMs: 2_999 } }, ['a'])).toEqual({ a: 'heard' });
    expect(verdicts({ a: { agoMs: 3_000 } }, ['a'])).toEqual({ a: 'silent' });
  });

  test('who was heard by another so lately that it is still within three seconds', () => {
    const b = (agoMs: number) => ({ agoMs: 500, beat: { agoMs: 500, hears: [['a', agoMs] as const], links: ['a'] } });
    expect(verdicts({ a: { agoMs: 60_000 }, b: b(2_499) }, ['b'])).toMatchObject({ a: 'heard by others' });
    expect(verdicts({ a: { agoMs: 60_000 }, b: b(2_500) }, ['b'])).toMatchObject({ a: 'silent' });
  });

  test('who was never heard here, but by another', () => {
    const b = { agoMs: 500, beat: { agoMs: 500, hears: [['a', 0] as const], links: ['a'] } };
    expect(verdicts({ a: {}, b }, ['b'])).toMatchObject({ a: 'heard by others' });
  });

  test('who was alive before a stall, for a while', () => {
    expect(verdicts({ a: { agoMs: 60_000, forgivenForMs: 1 } })).toEqual({ a: 'given time after a stall' });
    expect(verdicts({ a: { agoMs: 60_000, forgivenForMs: 0 } })).toEqual({ a: 'silent' });
  });
});

describe('a closed link', () => {
  const a = { agoMs: 500 };

  test('is death if nobody else is there to ask', () => {
    expect(verdicts({ a })).toEqual({ a: 'link closed and nobody hears it' });
  });

  test('is none while a member has a link to it, however far', () => {
    const b = { agoMs: 400, beat: { agoMs: 400, links: ['c'] } };
    const c = { agoMs: 300, beat: { agoMs: 300, links: ['a', 'b'] } };
    expect(verdicts({ a, b, c }, ['b'])).toMatchObject({ a: 'heard' });
  });

  test('is death once every member has said since that it has no link to it', () => {
    const b = { agoMs: 400, beat: { agoMs: 400, links: ['c'] } };
    const c = (agoMs: number) => ({ agoMs: 100, beat: { agoMs, links: ['b'] } });
    expect(verdicts({ a, b, c: c(600) }, ['b'])).toMatchObject({ a: 'heard' });
    expect(verdicts({ a, b, c: c(400) }, ['b'])).toMatchObject({ a: 'link closed and nobody hears it' });
  });

  test('is death of two who only have each other’s word', () => {
    const b = { agoMs: 400, beat: { agoMs: 400, links: ['c'], hears: [['c', 100] as const] } };
    const c = { agoMs: 300, beat: { agoMs: 300, links: ['b'], hears: [['b', 100] as const] } };
    const closed = 'link closed and nobody hears it';
    expect(verdicts({ b, c })).toEqual({ b: closed, c: closed });
  });

  test('is not denied by one who is not alive itself', () => {
    const gone = { agoMs: 5_000, beat: { agoMs: 5_000, links: ['a'] } };
    const left = { agoMs: 100, hasLeft: true, beat: { agoMs: 100, links: ['a'], hears: [['a', 0] as const] } };
    expect(verdicts({ a, gone, left }, ['gone', 'left'])).toEqual({
      a: 'link closed and nobody hears it',
      gone: 'silent',
      left: 'left',
    });
  });

  test('is not judged right after a stall, but later', () => {
    expect(verdicts({ a: { ...a, forgivenForMs: 1 } })).toEqual({ a: 'heard' });
    expect(verdicts({ a: { ...a, forgivenForMs: 0 } })).toEqual({ a: 'link closed and nobody hears it' });
  });
});

test('this node is not judged', () => {
  expect(verdicts({ me: { agoMs: 60_000 } })).toEqual({});
});
