import { describe, expect, it } from 'vitest';
import { type AskInput, answerAsk, type Claim, decideTurn, lineAfterRefusals, type TurnInput } from './turn-rules.ts';

const TICK_MS = 1_000_000;
const PEER_TIMEOUT_MS = 15_000;

function claim(node: string, state: Claim['state'], change: Partial<Claim> = {}): Claim {
  return { node, state, tickMs: TICK_MS, madeMs: TICK_MS, untilMs: TICK_MS + 10_000, isAlive: true, ...change };
}

function turn(change: Partial<TurnInput>) {
  return decideTurn({
    self: 'a',
    line: ['a', 'b', 'c'],
    claims: [],
    tickMs: TICK_MS,
    nowMs: TICK_MS,
    groupIntervalMs: 60_000,
    peerTimeoutMs: PEER_TIMEOUT_MS,
    isUndisturbed: true,
    wasDeferred: false,
    asked: undefined,
    ...change,
  });
}

describe('it is the turn of', () => {
  it.each<[string, Partial<TurnInput>, object]>([
    ['the first in line, unasked', {}, { turn: 'go', reason: 'first in line' }],
    [
      'the first in line that stalled, once it has asked',
      { isUndisturbed: false },
      { turn: 'ask', reason: 'disturbed since the last tick' },
    ],
    [
      'the first in line that stalled and heard no objection',
      { isUndisturbed: false, asked: { answer: 'go' } },
      { turn: 'go', reason: 'nobody objects' },
    ],
    [
      'nobody else while the first lives: the second waits a peer timeout',
      { self: 'b' },
      { turn: 'wait', reason: 'others are before', untilMs: TICK_MS + PEER_TIMEOUT_MS },
    ],
    ['the third after two peer timeouts', { self: 'c' }, { turn: 'wait', untilMs: TICK_MS + 2 * PEER_TIMEOUT_MS }],
    [
      'the second, once it has asked, when the first stayed silent',
      { self: 'b', nowMs: TICK_MS + PEER_TIMEOUT_MS },
      { turn: 'ask', reason: 'stepping in' },
    ],
    [
      'the second that heard no objection',
      { self: 'b', nowMs: TICK_MS + PEER_TIMEOUT_MS, asked: { answer: 'go' } },
      { turn: 'go', reason: 'nobody objects' },
    ],
    [
      'nobody any more once another has spoken: what it left out waits for the next tick',
      { claims: [claim('b', 'sent')] },
      { turn: 'defer', reason: 'another has spoken' },
    ],
    [
      'whoever was left out twice, once it has asked',
      { self: 'c', claims: [claim('b', 'sent')], wasDeferred: true },
      { turn: 'ask', reason: 'left out twice' },
    ],
    [
      'whoever was left out twice and heard no objection',
      { self: 'c', claims: [claim('b', 'sent')], wasDeferred: true, asked: { answer: 'go' } },
      { turn: 'go', reason: 'nobody objects' },
    ],
    ['the next at once when the first is dead', { self: 'b', line: ['b', 'c'] }, { turn: 'go' }],
    [
      'whoever is sending, until its deadline',
      { claims: [claim('b', 'intent')] },
      { turn: 'wait', reason: 'another is sending', untilMs: TICK_MS + 10_000 },
    ],
    ['the first again when the sender died', { claims: [claim('b', 'intent', { isAlive: false })] }, { turn: 'go' }],
    [
      'the first again when the sender let its deadline pass',
      { claims: [claim('b', 'intent')], nowMs: TICK_MS + 10_000 },
      { turn: 'go' },
    ],
    [
      'this tick, whatever was said an interval ago',
      { claims: [claim('b', 'sent', { tickMs: TICK_MS - 60_000 })] },
      { turn: 'go' },
    ],
    [
      'whoever has been sending for longer than an interval, until its deadline',
      { claims: [claim('b', 'intent', { tickMs: TICK_MS - 60_000 })] },
      { turn: 'wait', reason: 'another is sending', untilMs: TICK_MS + 10_000 },
    ],
    [
      'whoever is sending about a later tick, which says this one’s news too',
      { claims: [claim('b', 'intent', { tickMs: TICK_MS + 120_000 })] },
      { turn: 'wait', reason: 'another is sending', untilMs: TICK_MS + 10_000 },
    ],
    [
      'nobody any more once another has spoken about a later tick',
      { claims: [claim('b', 'sent', { tickMs: TICK_MS + 120_000 })] },
      { turn: 'defer', reason: 'another has spoken' },
    ],
    ['itself, whatever it claimed before', { claims: [claim('a', 'intent')] }, { turn: 'go' }],
    [
      'the second when the first was refused, once it has asked',
      { self: 'b', claims: [claim('a', 'refused')] },
      { turn: 'ask', reason: 'stepping in' },
    ],
    [
      'nobody that was refused while others have not tried',
      { self: 'a', claims: [claim('a', 'refused')] },
      { turn: 'wait', reason: 'others are before', untilMs: TICK_MS + 2 * PEER_TIMEOUT_MS },
    ],
    [
      'whoever was refused first, when all were',
      {
        claims: [
          claim('a', 'refused', { madeMs: TICK_MS + 1 }),
          claim('b', 'refused', { madeMs: TICK_MS + 2 }),
          claim('c', 'refused', { madeMs: TICK_MS + 3 }),
        ],
        asked: { answer: 'go' },
      },
      { turn: 'go' },
    ],
    [
      'nobody while a peer says that it is about to send',
      { isUndisturbed: false, asked: { answer: 'wait', untilMs: TICK_MS + 500 } },
      { turn: 'wait', reason: 'another answered', untilMs: TICK_MS + 500 },
    ],
    [
      'whoever asks again when that time is over',
      { isUndisturbed: false, asked: { answer: 'wait', untilMs: TICK_MS + 500 }, nowMs: TICK_MS + 500 },
      { turn: 'ask' },
    ],
    [
      'an unsettled node behind everyone',
      { self: 'd' },
      { turn: 'wait', reason: 'others are before', untilMs: TICK_MS + 3 * PEER_TIMEOUT_MS },
    ],
    [
      'an unsettled node that is alone, once it has asked',
      { self: 'd', line: [] },
      { turn: 'ask', reason: 'not settled' },
    ],
    ['an unsettled node that nobody answered', { self: 'd', line: [], asked: { answer: 'go' } }, { turn: 'go' }],
  ])('%s', (_whose, change, decision) => {
    expect(turn(change)).toMatchObject(decision);
  });
});

it('those refused go to the end of the line in the order in which they were refused', () => {
  const claims = [claim('a', 'refused', { madeMs: 2 }), claim('b', 'refused', { madeMs: 1 }), claim('c', 'sent')];
  expect(lineAfterRefusals(['a', 'b', 'c', 'd'], claims)).toEqual(['c', 'd', 'b', 'a']);
});

describe('a peer that asks is answered', () => {
  const answer = (change: Partial<AskInput>) =>
    answerAsk({
      self: 'b',
      asker: 'c',
      askerRank: 2,
      tickMs: TICK_MS,
      groupIntervalMs: 60_000,
      nowMs: TICK_MS,
      claims: [],
      own: undefined,
      ...change,
    });
  const untilMs = TICK_MS + 1000;

  it.each<[string, Partial<AskInput>, object]>([
    ['go, if nobody is sending', {}, { verdict: 'go', reason: 'nobody here is sending' }],
    [
      'wait, by the one that is sending',
      { own: { doing: 'sending', rank: 4, tickMs: TICK_MS, untilMs } },
      { verdict: 'wait', untilMs },
    ],
    [
      'wait, by one that knows of a third that is sending',
      { claims: [claim('a', 'intent')] },
      { verdict: 'wait', reason: 'another is sending', untilMs: TICK_MS + 10_000 },
    ],
    ['go, if that third is dead', { claims: [claim('a', 'intent', { isAlive: false })] }, { verdict: 'go' }],
    ['go, if the claim is its own', { claims: [claim('c', 'intent')] }, { verdict: 'go' }],
    [
      'wait, by one that asks too and ranks better',
      { own: { doing: 'asking', rank: 1, tickMs: TICK_MS, untilMs } },
      { verdict: 'wait', reason: 'asking with a better rank', untilMs },
    ],
    [
      'go, by one that asks too and ranks worse',
      { own: { doing: 'asking', rank: 3, tickMs: TICK_MS, untilMs } },
      { verdict: 'go', reason: 'the asker ranks better' },
    ],
    [
      'wait, by one that asks about a later tick, whoever ranks better',
      { own: { doing: 'asking', rank: 3, tickMs: TICK_MS + 120_000, untilMs } },
      { verdict: 'wait', reason: 'asking about a later tick', untilMs },
    ],
    [
      'wait, by one that is sending about a later tick',
      { own: { doing: 'sending', rank: 3, tickMs: TICK_MS + 120_000, untilMs } },
      { verdict: 'wait', reason: 'sending', untilMs },
    ],
    [
      'wait, by one that knows of a third that is sending about a later tick',
      { claims: [claim('a', 'intent', { tickMs: TICK_MS + 120_000 })] },
      { verdict: 'wait', reason: 'another is sending' },
    ],
    [
      'wait, by one that has been sending for longer than an interval',
      { own: { doing: 'sending', rank: 3, tickMs: TICK_MS - 120_000, untilMs } },
      { verdict: 'wait', reason: 'sending', untilMs },
    ],
    [
      'go, by one that asks about an earlier tick, whoever ranks better',
      { own: { doing: 'asking', rank: 1, tickMs: TICK_MS - 120_000, untilMs } },
      { verdict: 'go', reason: 'nobody here is sending' },
    ],
  ])('%s', (_answer, change, verdict) => {
    expect(answer(change)).toMatchObject(verdict);
  });

  it('by exactly one of two that ask at once with the same rank', () => {
    const own = { doing: 'asking', rank: 1, tickMs: TICK_MS, untilMs } as const;
    const ofB = answer({ self: 'b', asker: 'c', askerRank: 1, own });
    const ofC = answer({ self: 'c', asker: 'b', askerRank: 1, own });
    expect([ofB.verdict, ofC.verdict]).toEqual(['wait', 'go']);
  });
});
