/** Whatever a receiver does, an attempt ends in time with an outcome. */
import { expect, test } from 'vitest';
import type { Outcome, Receiver } from '../../receivers/receiver.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import type { Notification } from '../model/notification.ts';
import { attempt } from './attempt.ts';
import { PlaceHealth } from './place-health.ts';

const notification = {} as Notification;

function begin(send: Receiver['send'], signal = new AbortController().signal) {
  const system = new VirtualSystem();
  const receiver: Receiver = {
    integration: 'webhook',
    sendResolved: true,
    destination: '',
    attemptTimeoutMs: 10_000,
    send,
  };
  let outcome: Outcome | undefined;
  void attempt({ system, receiver, health: new PlaceHealth() }, notification, signal).then((result) => {
    outcome = result;
  });
  return { system, outcome: () => outcome };
}

/** A receiver that does as the contract says: it ends soon after the signal aborts. */
const obedient: Receiver['send'] = (_, { signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'refused', retryable: true, reason: 'other', message: '' }));
  });

test("gives the receiver's own outcome and leaves no timer", async () => {
  const { system, outcome } = begin(async () => ({ kind: 'sent' }));
  await system.settle();
  expect(outcome()).toEqual({ kind: 'sent' });
  expect(system.pendingTimers).toBe(0);
});

test('tells the receiver when its time is up, and takes its word', async () => {
  const { system, outcome } = begin(obedient);
  await system.advance(9_999);
  expect(outcome()).toBeUndefined();
  await system.advance(1);
  expect(outcome()).toMatchObject({ kind: 'refused' });
});

test('leaves a receiver behind that does not listen, a second later', async () => {
  const { system, outcome } = begin(() => new Promise(() => {}));
  await system.advance(10_999);
  expect(outcome()).toBeUndefined();
  await system.advance(1);
  expect(outcome()).toEqual({
    kind: 'unknown',
    reason: 'contextDeadlineExceeded',
    message: 'no answer within 10000 ms',
  });
  expect(system.pendingTimers).toBe(0);
});

test('passes on that the flush is over, and says so', async () => {
  const flush = new AbortController();
  const { system, outcome } = begin(() => new Promise(() => {}), flush.signal);
  await system.advance(3_000);
  flush.abort(new Error('the node stops'));
  await system.advance(1_000);
  expect(outcome()).toMatchObject({ kind: 'unknown', reason: 'contextCanceled' });
});

test('begun when the flush is over already ends at once', async () => {
  const { system, outcome } = begin(obedient, AbortSignal.abort(new Error('the node stops')));
  await system.advance(1_000);
  expect(outcome()).toBeDefined();
});

test.each<[string, Receiver['send']]>([
  ['rejects', () => Promise.reject(new Error('a bug'))],
  [
    'throws',
    () => {
      throw new Error('a bug');
    },
  ],
])('a receiver that %s may have delivered', async (_, send) => {
  const { system, outcome } = begin(send);
  await system.settle();
  expect(outcome()).toEqual({ kind: 'unknown', reason: 'other', message: 'the receiver failed: a bug' });
});
