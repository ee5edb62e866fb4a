/** Records of the notification log end alike on all nodes, and tell the same after a journey. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyUnknownFields, anyVersion, replicatedMapLaws } from '../../cluster/replicated-map.laws.ts';
import {
  type ClaimRecord,
  lastTouchedMs,
  mergeTold,
  mergeTurns,
  readTold,
  readTurn,
  type ToldRecord,
  type TurnRecord,
  toldDigest,
  turnDigest,
  writeTold,
  writeTurn,
} from './log-records.ts';

const instant = fc.integer({ min: 0, max: 9 });
const anyTold: fc.Arbitrary<ToldRecord> = fc
  .record({
    state: fc.constantFrom<ToldRecord['state'][]>('untold', 'intent', 'firing', 'resolved'),
    version: anyVersion,
    atMs: instant,
    unknown: anyUnknownFields,
  })
  .map(({ unknown, ...known }) => ({ ...known, ...unknown }));
const anyClaim: fc.Arbitrary<ClaimRecord> = fc.record({
  state: fc.constantFrom('intent', 'refused', 'sent'),
  version: anyVersion,
  tickMs: instant,
  untilMs: instant,
  atMs: instant,
});
const anyTurn: fc.Arbitrary<TurnRecord> = fc
  .record({
    spoke: fc.option(fc.record({ version: anyVersion, tickMs: instant }), { nil: undefined }),
    claims: fc.dictionary(fc.constantFrom('a', 'b'), anyClaim).map((claims) => new Map(Object.entries(claims))),
    unknown: anyUnknownFields,
  })
  .map(({ unknown, ...known }) => ({ groupKey: 'group', receiverKey: 'receiver', ...known, ...unknown }));

replicatedMapLaws({
  name: 'what was told',
  merge: mergeTold,
  digest: toldDigest,
  arbitraryValue: anyTold,
  content: ({ state, version, unknownFields }) => [state, version, unknownFields],
});
replicatedMapLaws({
  name: 'turns',
  merge: mergeTurns,
  digest: turnDigest,
  arbitraryValue: anyTurn,
  content: ({ spoke, claims, unknownFields }) => [
    spoke,
    [...claims].sort(([a], [b]) => (a < b ? -1 : 1)),
    unknownFields,
  ],
});

it('of the same word heard twice the older instants count: the way never makes it seem older', () => {
  const at = (tickMs: number): TurnRecord => ({
    groupKey: 'g',
    receiverKey: 'r',
    spoke: { version: { time: 1, node: 'a.1' }, tickMs },
    claims: new Map(),
  });
  expect(mergeTurns(at(100), at(90)).spoke?.tickMs).toBe(90);
  expect(mergeTurns(at(90), at(100)).spoke?.tickMs).toBe(90);
});

it('what a newer version says besides tells two copies apart, so that both get it', () => {
  const unknownFields = { messageId: 7 };
  fc.assert(
    fc.property(
      anyTold,
      ({ unknownFields: _, ...told }) => toldDigest({ ...told, unknownFields }) !== toldDigest(told),
    ),
  );
  fc.assert(
    fc.property(
      anyTurn,
      ({ unknownFields: _, ...turn }) => turnDigest({ ...turn, unknownFields }) !== turnDigest(turn),
    ),
  );
});

describe('of two words about an alert', () => {
  const at = (time: number, state: ToldRecord['state']): ToldRecord => ({
    state,
    version: { time, node: 'a.1' },
    atMs: 0,
  });

  it('the later counts, whatever it says', () => {
    expect(mergeTold(at(1, 'resolved'), at(2, 'intent')).state).toBe('intent');
    expect(mergeTold(at(2, 'untold'), at(1, 'firing')).state).toBe('untold');
  });
});

describe('on the wire', () => {
  /** As ages, from one node's clock to another's. */
  const sent = (ms: number) => 1_000 - ms;
  const received = (ageMs: number) => 500_000 - ageMs;

  it('a record says how long ago, whatever the clocks show', () => {
    const told = readTold(writeTold({ state: 'firing', version: { time: 1, node: 'a.1' }, atMs: 400 }, sent), received);
    expect(told.atMs).toBe(500_000 - 600);
  });

  it('nothing is lost but the clock', () => {
    const same = (ms: number) => 9 - ms;
    fc.assert(
      fc.property(anyTold, (told) => {
        expect(readTold(json(writeTold(told, same)), same)).toEqual(told);
      }),
    );
    fc.assert(
      fc.property(anyTurn, (turn) => {
        expect(readTurn(json(writeTurn(turn, same)), same)).toEqual(turn);
      }),
    );
  });

  const version = '1@a.1';
  const claim = { node: 'a', state: 'intent', version, tick: 0, until: 0, at: 0 };
  const turn = { groupKey: 'g', receiverKey: 'r', claims: [claim] };
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['an unknown state', { state: 'shouted', version, at: 0 }],
    ['no version', { state: 'firing', at: 0 }],
    ['an endless age', { state: 'firing', version, at: 'long' }],
  ])('%s is no word about an alert', (_what, written) => expect(() => readTold(written, sent)).toThrow());
  it.each<[string, unknown]>([
    ['no group', { ...turn, groupKey: 7 }],
    ['claims that are no list', { ...turn, claims: { a: claim } }],
    ['a claim of nobody', { ...turn, claims: [{ ...claim, node: undefined }] }],
    ['a claim of an unknown state', { ...turn, claims: [{ ...claim, state: 'maybe' }] }],
    ['a claim without a version', { ...turn, claims: [{ ...claim, version: '' }] }],
    ['a last message without a tick', { ...turn, spoke: { version } }],
    ['more claims than a cluster has nodes', { ...turn, claims: Array.from({ length: 65 }, () => claim) }],
  ])('%s is no record of turns', (_what, written) => expect(() => readTurn(written, sent)).toThrow());
  it('and this is one', () => expect(readTurn(turn, sent).claims.get('a')).toMatchObject({ state: 'intent' }));
});

it('a place was touched when its newest claim was made', () => {
  const claims = [3, 9, 4].map((atMs): [string, ClaimRecord] => [
    `n${atMs}`,
    { state: 'sent', version: { time: 1, node: 'a.1' }, tickMs: 0, untilMs: 0, atMs },
  ]);
  expect(lastTouchedMs({ groupKey: 'g', receiverKey: 'r', spoke: undefined, claims: new Map(claims) })).toBe(9);
});

function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
