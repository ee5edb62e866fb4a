/** Receipts cost one message at a time, and nothing depends on them. */
import { beforeEach, expect, test } from 'vitest';
import { VirtualSystem } from '../test/support/virtual-system.ts';
import { ReceiptSender } from './receipt-sender.ts';

let system: VirtualSystem;
let sent: string[];
let lost: string[];
let sender: ReceiptSender;

beforeEach(() => {
  system = new VirtualSystem({ monotonicMs: 0 });
  sent = [];
  lost = [];
  sender = new ReceiptSender({
    system,
    send: (peer, batches, { signal }) => {
      sent.push(`${peer} ${batches.join(' ')}`);
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        if (peer !== 'mute') system.setTimer(20, () => resolve({}));
      });
    },
    onLost: (peer) => lost.push(peer),
  });
});

test('what is owed while one is under way goes with the next; each peer has its own', async () => {
  for (const batch of [1, 2, 3]) sender.owe('a', batch);
  sender.owe('b', 7);
  expect(sent).toEqual(['a 1', 'b 7']);
  await system.advance(100);
  expect(sent).toEqual(['a 1', 'b 7', 'a 2 3']);
});

test('of what piles up behind a peer that is mute the newest go, when it is given up', async () => {
  for (let batch = 1; batch <= 200; batch += 1) sender.owe('mute', batch);
  await system.advance(1_000);
  expect([sent.length, sent[1]?.split(' ').length, sent[1]?.endsWith(' 200')]).toEqual([2, 65, true]);
  expect(lost).toEqual(['mute']);
});

test('a stop ends what is under way and sends nothing more', async () => {
  sender.owe('mute', 1);
  sender.owe('mute', 2);
  const stopped = sender.stop();
  sender.owe('a', 3);
  await system.advance(0);
  await stopped;
  expect(sent).toEqual(['mute 1']);
});
