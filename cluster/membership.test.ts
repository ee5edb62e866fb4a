/** Who is alive: stories of a few memberships on a network in virtual time. */
import { describe, expect, test } from 'vitest';
import { MembershipStage } from '../test/support/membership-stage.ts';

/** Each of the others' verdict on one, and how long after `sinceMs` it came. */
function deathsOf(node: string, others: string, { stage, sinceMs }: { stage: MembershipStage; sinceMs: number }) {
  const reasons = ['link closed and nobody hears it', 'silent', 'left'];
  return [...others].map((place) => {
    for (const reason of reasons) {
      const delayMs = stage.delayOf(`${place}: ${node} dead (${reason})`, sinceMs);
      if (delayMs !== undefined) return { reason, delayMs };
    }
    return undefined;
  });
}

describe('everyone learns everyone', () => {
  test('from one configured link each', async () => {
    const stage = await MembershipStage.begin('abcde', { links: ['ab', 'ac', 'ad', 'ae'] });
    expect(stage.alive('abcde')).toEqual(['a: bcde', 'b: acde', 'c: abde', 'd: abce', 'e: abcd']);
  });

  test('along a chain, and sees who is linked to whom', async () => {
    const stage = await MembershipStage.begin('abc', { links: ['ab', 'bc'] });
    expect(stage.alive('abc')).toEqual(['a: bc', 'b: ac', 'c: ab']);
    expect(stage.shown('a', 'c')).toMatchObject({ reason: 'heard', links: ['b'], name: 'node c', isSettled: true });
    expect(stage.shown('a', 'b').hears.map(({ node }) => node)).toEqual(['a', 'c']);
  });

  test('as soon as they are linked, when one comes late', async () => {
    const stage = await MembershipStage.begin('abc', { links: ['ab', 'bc'], conditions: { delayMs: 10 } });
    stage.link('cd');
    await stage.start('d');
    await stage.passes(100);
    expect(stage.alive('abcd')).toEqual(['a: bcd', 'b: acd', 'c: abd', 'd: abc']);
    expect(stage.at('d').membership.rankedFor('key')).toHaveLength(4);
  });
});

describe('a killed node', () => {
  test.each([
    ['with all linked', ['abcde']],
    ['at the middle of a line', ['eb', 'ba', 'ac', 'cd', 'ec']],
    ['at the end of a chain', ['ab', 'bc', 'cd', 'de', 'bd']],
  ])('is dead for all within one round trip, %s', async (_, links) => {
    const delayMs = 20;
    const stage = await MembershipStage.begin('abcde', { links, conditions: { delayMs } });
    const sinceMs = stage.passedMs;
    stage.kill('a');
    await stage.passes(10_000);
    const hops = links.length === 1 ? 1 : 3;
    for (const death of deathsOf('a', 'bcde', { stage, sinceMs })) {
      expect(death?.reason).toBe('link closed and nobody hears it');
      // The word that the link closed comes after one way; from then on it is a round trip over the longest way.
      expect(death?.delayMs).toBeLessThanOrEqual(delayMs + 2 * hops * delayMs + 10);
    }
  });

  test('is no longer among those whom the others say they hear', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.kill('c');
    await stage.passes(100);
    expect(stage.shown('b', 'a').hears.map(({ node }) => node)).toEqual(['b']);
  });

  test('that was the only way between two others parts them at once', async () => {
    const stage = await MembershipStage.begin('abc', { links: ['ab', 'bc'] });
    stage.kill('b');
    await stage.passes(100);
    expect(stage.alive('ac')).toEqual(['a: ', 'c: ']);
  });

  test('is a new one when it is started again: it is said, and counted settled only when it is', async () => {
    const stage = await MembershipStage.begin('abc');
    const before = stage.shown('a', 'c').boot;
    stage.kill('c');
    await stage.passes(500);
    expect(stage.said('c dead')).toHaveLength(2);
    const { membership } = await stage.start('c', { settled: false });
    await stage.passes(2_000);
    expect(stage.said('a:')).toEqual(['a: c alive (heard)', 'a: c restarted', 'a: c unsettled']);
    expect(stage.shown('a', 'c').boot).not.toBe(before);
    expect(stage.at('a').membership.rankedFor('key')).not.toContain('c');
    membership.setSettled(true);
    await stage.passes(10);
    expect(stage.said('a:')).toEqual(['a: c settled']);
  });

  test('that is back before anybody noticed is a new one all the same', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.vanish('c');
    stage.network.heal();
    await stage.start('c');
    await stage.passes(5_000);
    expect(stage.said('restarted').toSorted()).toEqual(['a: c restarted', 'b: c restarted']);
  });
});

describe('a node that falls silent', () => {
  test.each(['vanishes', 'freezes'] as const)('because it %s is dead for all within four seconds', async (how) => {
    const stage = await MembershipStage.begin('abcde', {
      links: ['abcd', 'de'],
      conditions: { delayMs: 20, jitterMs: 20 },
    });
    const sinceMs = stage.passedMs;
    if (how === 'vanishes') stage.vanish('a');
    else stage.freeze('a');
    await stage.passes(10_000);
    for (const death of deathsOf('a', 'bcde', { stage, sinceMs })) {
      expect(death?.reason).toBe('silent');
      // Three seconds after its last word has reached whoever hears it last, over two links, and his word is here.
      expect(death?.delayMs).toBeLessThan(3_000 + 3 * 40);
    }
    expect(stage.said('dead')).toHaveLength(4);
  });

  test.each([0, 300, 600, 900])(
    'is dead when three seconds are over, not when a next beat is due (%d ms on)',
    async (ms) => {
      const stage = await MembershipStage.begin('ab', { conditions: { delayMs: 20 } });
      await stage.passes(ms);
      const sinceMs = stage.passedMs;
      const heardAgoMs = stage.shown('a', 'b').heardAgoMs ?? 0;
      stage.vanish('b');
      await stage.passes(5_000);
      expect(deathsOf('b', 'a', { stage, sinceMs })[0]?.delayMs).toBeCloseTo(3_000 - heardAgoMs);
    },
  );

  test('after its thaw declares nobody dead, and is alive again for all', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.freeze('a');
    await stage.passes(20_000);
    stage.said();
    await stage.thaw('a');
    await stage.passes(10_000);
    expect(stage.said().toSorted()).toEqual(['b: a alive (heard)', 'c: a alive (heard)']);
  });

  test('after its thaw declares nobody dead, though all closed their links to it', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.freeze('a');
    await stage.passes(5_000);
    for (const other of 'bc') stage.network.reset('a', other);
    await stage.passes(15_000);
    await stage.thaw('a');
    await stage.passes(10_000);
    expect(stage.said('a: ')).toEqual([]);
    expect(stage.alive('abc')).toEqual(['a: bc', 'b: ac', 'c: ab']);
  });

  test('is believed after its thaw when somebody did die meanwhile, one window later', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.freeze('a');
    await stage.passes(10_000);
    stage.vanish('b');
    await stage.passes(10_000);
    await stage.thaw('a');
    const sinceMs = stage.passedMs;
    await stage.passes(10_000);
    expect(deathsOf('b', 'a', { stage, sinceMs })).toEqual([{ reason: 'silent', delayMs: expect.any(Number) }]);
    expect(stage.alive('a')).toEqual(['a: c']);
  });

  test('is found dead also by one who stalls all the time', async () => {
    const stage = await MembershipStage.begin('ab');
    stage.vanish('b');
    for (let stall = 0; stall < 5; stall += 1) {
      stage.freeze('a');
      await stage.passes(2_500);
      await stage.thaw('a');
      await stage.passes(100);
    }
    expect(stage.alive('a')).toEqual(['a: ']);
  });
});

describe('nobody dies of', () => {
  test('a link that is silently dead in one direction, nor in both, while there is a way round', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.network.blackHole({ from: 'c', to: 'a' });
    await stage.passes(60_000);
    stage.network.blackHole({ from: 'a', to: 'c' });
    await stage.passes(60_000);
    expect(stage.said()).toEqual([]);
    expect(stage.shown('a', 'c')).toMatchObject({ isAlive: true, links: ['a', 'b'] });
  });

  test('one TCP reset', async () => {
    const stage = await MembershipStage.begin('abc', { conditions: { delayMs: 20, jitterMs: 10 } });
    for (let reset = 0; reset < 20; reset += 1) {
      stage.network.reset('a', 'c');
      await stage.passes(1_777);
    }
    expect(stage.said()).toEqual([]);
  });

  test('a link that stays cut while there is a way round', async () => {
    const stage = await MembershipStage.begin('abcd', { links: ['ab', 'bc', 'cd', 'da'] });
    stage.network.cut('a', 'b');
    await stage.passes(600_000);
    expect(stage.said()).toEqual([]);
    expect(stage.shown('a', 'b')).toMatchObject({ isAlive: true, links: ['c'] });
  });

  test.each([1, 2, 3])('an hour of 5 % loss and 300 ms delay, seed %d', async (seed) => {
    const conditions = { delayMs: 300, jitterMs: 50, lossRate: 0.05, reorderRate: 0.05, duplicationRate: 0.05 };
    const stage = await MembershipStage.begin('abc', { seed, conditions });
    await stage.passes(3_600_000);
    expect(stage.said()).toEqual([]);
  });

  test('links that flap, each in its turn, faster than beats are said', async () => {
    const stage = await MembershipStage.begin('abcd', { conditions: { delayMs: 5, jitterMs: 5 }, redialAfterMs: 50 });
    const pairs = [
      ['a', 'b'],
      ['c', 'd'],
      ['b', 'd'],
      ['a', 'c'],
      ['a', 'd'],
      ['b', 'c'],
    ] as const;
    for (let turn = 0; turn < 300; turn += 1) {
      const [one, two] = pairs[turn % pairs.length] ?? ['a', 'b'];
      stage.network.reset(one, two);
      await stage.passes(130);
    }
    expect(stage.said()).toEqual([]);
  });
});

describe('a partition', () => {
  test.each(['closed', 'silent'] as const)('(%s) leaves each side with itself, and heals', async (how) => {
    const stage = await MembershipStage.begin('abcde');
    stage.network.partition(
      [
        ['a', 'b'],
        ['c', 'd', 'e'],
      ],
      { how },
    );
    await stage.passes(10_000);
    expect(stage.alive('abcde')).toEqual(['a: b', 'b: a', 'c: de', 'd: ce', 'e: cd']);
    stage.network.heal();
    await stage.passes(5_000);
    expect(stage.alive('abcde')).toEqual(['a: bcde', 'b: acde', 'c: abde', 'd: abce', 'e: abcd']);
  });
});

describe('one who leaves', () => {
  test('is dead for all at once, and forgotten within minutes', async () => {
    const stage = await MembershipStage.begin('abc', { conditions: { delayMs: 20 } });
    stage.at('c').membership.leave();
    await stage.passes(21);
    expect(stage.said().toSorted()).toEqual([
      'a: c dead (left)',
      'a: c unsettled',
      'b: c dead (left)',
      'b: c unsettled',
    ]);
    stage.kill('c');
    await stage.passes(120_000);
    expect(stage.said().toSorted()).toEqual(['a: c forgotten', 'b: c forgotten']);
  });

  test('is not learned by one who comes after', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.at('c').membership.leave();
    await stage.start('d');
    stage.link('abd');
    await stage.passes(10_000);
    expect(stage.said('d: c')).toEqual([]);
  });

  test('is not called back by what was on its way, nor kept away when it returns', async () => {
    const stage = await MembershipStage.begin('abc');
    // What b says in good faith comes after a itself has heard the goodbye.
    for (const to of 'ac') stage.network.setConditions({ from: 'b', to }, { delayMs: 1_500 });
    await stage.passes(5_000);
    stage.at('c').membership.leave();
    stage.kill('c');
    await stage.passes(10_000);
    expect(stage.said('alive')).toEqual([]);
    await stage.passes(120_000);
    const { membership, now } = stage.at('a');
    expect(membership.members(now()).map(({ node }) => node)).toEqual(['a', 'b']);
    await stage.start('c');
    await stage.passes(2_000);
    expect(stage.alive('ab')).toEqual(['a: bc', 'b: ac']);
  });
});

test('one who is away is remembered for the reconnect timeout, and then forgotten', async () => {
  const stage = new MembershipStage();
  await stage.start('a', { reconnectTimeoutMs: 600_000 });
  await stage.start('b');
  stage.link('ab');
  await stage.passes(5_000);
  stage.vanish('b');
  await stage.passes(599_000);
  expect(stage.shown('a', 'b')).toMatchObject({ isAlive: false, reason: 'silent', name: 'node b' });
  stage.said();
  await stage.passes(10_000);
  expect(stage.said()).toEqual(['a: b forgotten']);
});

test('two living nodes of one id are noticed by everyone, themselves included; a restart is not taken for it', async () => {
  const stage = await MembershipStage.begin('abc');
  stage.kill('c');
  await stage.start('c');
  await stage.passes(60_000);
  expect(stage.said('cloned')).toEqual([]);
  await stage.start('clone', { self: 'c' });
  stage.network.connect('clone', 'a');
  await stage.passes(10_000);
  expect(stage.said('cloned').toSorted()).toEqual(['a: c cloned', 'b: c cloned', 'c: c cloned', 'clone: c cloned']);
  expect(stage.shown('b', 'c').isCloned).toBe(true);
  stage.kill('clone');
  await stage.passes(10_000);
  expect(
    stage
      .said('cloned')
      .filter((text) => !text.startsWith('clone'))
      .toSorted(),
  ).toEqual(['a: c no longer cloned', 'b: c no longer cloned']);
});

describe('the rank for a key', () => {
  const orders = (stage: MembershipStage, places: string) =>
    new Set([...places].map((place) => stage.at(place).membership.rankedFor('key').join('')));

  test('is the same for all, and without whom is dead or not settled', async () => {
    const stage = await MembershipStage.begin('abcd');
    const [order = '', ...others] = orders(stage, 'abcd');
    expect([order.length, others]).toEqual([4, []]);
    stage.kill('d');
    stage.at('c').membership.setSettled(false);
    await stage.passes(100);
    expect([...orders(stage, 'abc')]).toEqual([order.replace(/[cd]/g, '')]);
  });

  test('is empty while nobody is settled', async () => {
    const stage = new MembershipStage();
    const { membership } = await stage.start('a', { settled: false });
    await stage.passes(5_000);
    expect(membership.rankedFor('key')).toEqual([]);
    membership.setSettled(true);
    expect(membership.rankedFor('key')).toEqual(['a']);
  });
});

describe('clocks', () => {
  const FIVE_MINUTES_MS = 300_000;
  /** How far the cluster's time, as each sees it, is from the true one. */
  const errorsMs = (stage: MembershipStage, places: string) =>
    [...places].map((place) => {
      const { membership, now } = stage.at(place);
      return Math.abs(membership.clusterNow(now()).wallMs - stage.system.now().wallMs);
    });

  test('of which one is five minutes fast do not move the cluster’s time, also when a right one is gone', async () => {
    const stage = new MembershipStage({ conditions: { delayMs: 20, jitterMs: 20 } });
    await stage.start('a', { wallOffsetMs: FIVE_MINUTES_MS });
    for (const place of 'bc') await stage.start(place);
    stage.link('abc');
    await stage.passes(10_000);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(50);
    expect(Math.abs((stage.shown('b', 'a').clockOffsetMs ?? 0) - FIVE_MINUTES_MS)).toBeLessThan(50);
    for (const gone of 'cb') {
      stage.kill(gone);
      await stage.passes(10_000);
      for (const error of errorsMs(stage, 'ab')) expect(error).toBeLessThan(50);
    }
  });

  test('that run at other speeds cost no life and are followed', async () => {
    const stage = new MembershipStage();
    await stage.start('a', { rate: 1.01 });
    await stage.start('b', { rate: 0.99 });
    await stage.start('c');
    stage.link('abc');
    await stage.passes(10_000);
    stage.said();
    await stage.passes(3_600_000);
    expect(stage.said()).toEqual([]);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(100);
  });

  test('may be set without the cluster’s time moving, or anybody dying', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.at('a').jumpWallClock(-3_600_000);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(50);
    await stage.passes(10_000);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(50);
    expect(stage.said()).toEqual([]);
  });

  test('are not taken for wrong after a thaw, for what waited is old', async () => {
    const stage = await MembershipStage.begin('abc');
    stage.freeze('a');
    await stage.passes(60_000);
    await stage.thaw('a');
    await stage.passes(1_500);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(50);
  });

  test('count also while their node has not settled: it may have been there all the time', async () => {
    const stage = new MembershipStage();
    await stage.start('a', { wallOffsetMs: FIVE_MINUTES_MS });
    await stage.start('b');
    await stage.start('c', { settled: false });
    stage.link('abc');
    await stage.passes(10_000);
    for (const error of errorsMs(stage, 'abc')) expect(error).toBeLessThan(50);
  });
});

test('links that flap make nobody speak without end', async () => {
  const stage = await MembershipStage.begin('ab', { redialAfterMs: 0 });
  const before = stage.network.traffic('a').messages;
  for (let turn = 0; turn < 1_000; turn += 1) {
    stage.network.reset('a', 'b');
    await stage.passes(10);
  }
  expect(stage.network.traffic('a').messages - before).toBeLessThan(100);
});
