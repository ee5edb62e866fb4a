import { describe, expect, test } from 'vitest';
import type { Beat } from './beat.ts';
import { Member } from './member.ts';

/** A member, and beats that come in one after the other. */
function listener(options: { ownBoot?: string } = {}) {
  const member = new Member('berlin', { learnedMs: 0, ...options });
  const sequences = new Map<string, number>();
  let order = 0;
  const hear = (boot: string, atMs: number, fields: Partial<Beat> = {}) => {
    const sequence = (sequences.get(boot) ?? 0) + 1;
    sequences.set(boot, sequence);
    const beat: Beat = {
      boot,
      sequence,
      name: boot,
      version: '1',
      configHash: 'c',
      hears: [],
      links: [],
      clones: [],
      isSettled: true,
      isLeaving: false,
      wallMs: atMs,
      rootHashes: {},
      ...fields,
    };
    order += 1;
    return member.receive(beat, { atMs, order });
  };
  return { member, hear };
}

describe('a restart', () => {
  test('is a new boot, which is followed', () => {
    const { member, hear } = listener();
    expect([hear('one', 0), hear('one', 1_000), hear('two', 1_500)]).toEqual(['new boot', 'newer', 'new boot']);
    expect(member.says?.boot).toBe('two');
  });

  test('is not undone by beats of the former process that come late', () => {
    const { member, hear } = listener();
    hear('one', 0);
    hear('two', 1_500);
    for (let late = 0; late < 20; late += 1) hear('one', 20_000, { isLeaving: late === 19 });
    expect([member.says?.boot, member.isCloned(20_000), member.hasLeft]).toEqual(['two', false, false]);
  });

  test('is followed back if the newer process is gone and the former still speaks', () => {
    const { member, hear } = listener();
    hear('one', 0);
    hear('two', 0);
    for (let second = 1; second < 8; second += 1) hear('one', second * 1_000);
    expect([member.says?.boot, member.isCloned(8_000)]).toEqual(['one', false]);
  });

  test('again and again is remembered for the last few only', () => {
    const { member, hear } = listener();
    for (let boot = 0; boot < 1_000; boot += 1) hear(`boot-${boot}`, boot);
    expect(hear('boot-0', 1_000, { sequence: 1 })).toBe('new boot');
    expect(member.isCloned(1_000)).toBe(false);
  });
});

describe('two living processes of one id', () => {
  test('are known when both have gone on speaking for a while, though first heard in one millisecond', () => {
    const { member, hear } = listener();
    const isCloned: boolean[] = [];
    for (let second = 0; second < 8; second += 1) {
      hear('one', second * 1_000);
      hear('two', second * 1_000);
      isCloned.push(member.isCloned(second * 1_000));
    }
    expect(isCloned.indexOf(true)).toBe(4);
    expect(isCloned.lastIndexOf(false)).toBe(3);
    expect(member.isCloned(60_000)).toBe(false);
  });

  test('do not make a node take the other for itself', () => {
    const { member, hear } = listener({ ownBoot: 'mine' });
    hear('mine', 0);
    hear('other', 500);
    expect(member.says?.boot).toBe('mine');
  });
});

describe('a beat', () => {
  test('that is not newer is stale, and no sign of life', () => {
    const { member, hear } = listener();
    hear('one', 0, { sequence: 5 });
    expect([hear('one', 1_000, { sequence: 5 }), hear('one', 1_000, { sequence: 4 })]).toEqual(['stale', 'stale']);
    expect(member.heard?.atMs).toBe(0);
  });

  test('of goodbye is the last of its boot', () => {
    const { member, hear } = listener();
    hear('one', 0);
    hear('one', 1_000, { isLeaving: true });
    expect([hear('one', 2_000), member.hasLeft]).toEqual(['stale', true]);
    hear('two', 3_000);
    expect(member.hasLeft).toBe(false);
  });
});
