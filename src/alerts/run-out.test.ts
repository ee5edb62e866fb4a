/** Whether an alert may run out, fact by fact. */
import { expect, test } from 'vitest';
import { decideRunOut, type RunOutDecision, type RunOutFacts } from './run-out.ts';

const facts = (changed: Partial<RunOutFacts> = {}): RunOutFacts => ({
  isPutOff: false,
  unanswered: [],
  waitedFor: new Set(),
  isCutOff: false,
  checkerHeardAgoMs: 1_000,
  leaseMs: 300_000,
  ...changed,
});

const DEAF = { isCutOff: true, checkerHeardAgoMs: 300_000 };

test.each<[string, Partial<RunOutFacts>, RunOutDecision['reason']]>([
  ['all were asked', {}, 'nobody knows better'],
  ['one has heard of it', { isPutOff: true }, 'put off meanwhile'],
  ['one has heard of it, another does not answer', { isPutOff: true, unanswered: ['b'] }, 'put off meanwhile'],
  ['one does not answer', { unanswered: ['b'] }, 'one more lease: a peer cannot answer'],
  ['the one was waited for', { unanswered: ['b'], waitedFor: new Set(['b']) }, 'its peers were waited for'],
  [
    'another fell silent since',
    { unanswered: ['b', 'c'], waitedFor: new Set(['b']) },
    'one more lease: a peer cannot answer',
  ],
  ['one was waited for and is back', { waitedFor: new Set(['b']) }, 'nobody knows better'],
  ['deaf and cut off', DEAF, 'one more lease: this node reaches nobody'],
  [
    'deaf and cut off, for how long soever',
    { ...DEAF, unanswered: ['b'], waitedFor: new Set(['b']) },
    'one more lease: this node reaches nobody',
  ],
  ['cut off, but heard by checkers', { isCutOff: true }, 'nobody knows better'],
  ['no checker speaks, but peers do', { checkerHeardAgoMs: Number.POSITIVE_INFINITY }, 'nobody knows better'],
])('%s', (_, changed, reason) => {
  expect(decideRunOut(facts(changed)).reason).toBe(reason);
});
