import { expect, test } from 'vitest';
import { ByteStreamEnd } from '../../test/support/byte-stream-pair.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { LARGEST_MESSAGE_BYTES } from '../transport.ts';
import { ask } from './ask.ts';
import { frame } from './frames.ts';
import { RequestServer, type RequestServerOptions } from './request-server.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const never = () => new Promise<Uint8Array>(() => undefined);
const forEver = () => new AbortController().signal;

function begin(answer = async (_: string, request: Uint8Array) => request, options: RequestServerOptions = {}) {
  const system = new VirtualSystem();
  const server = new RequestServer({ system, answer }, options);
  const open = (from = 'peer') => {
    const [asker, served] = ByteStreamEnd.pair();
    const done = server.serve(from, served);
    return { asker, served, done };
  };
  return { system, server, open };
}

test('a request is answered and nothing is left of it', async () => {
  const { system, server, open } = begin();
  const { asker, done } = open();
  expect(await ask(asker, bytes('hello'), { signal: forEver() })).toEqual(bytes('hello'));
  await done;
  expect([server.counts, system.pendingTimers]).toEqual([{ answered: 1, failed: 0 }, 0]);
});

test('a peer that opens a stream and says nothing is cut', async () => {
  const { system, server, open } = begin();
  const { served, done } = open();
  await system.advance(9_999);
  expect(served.isAborted).toBe(false);
  await system.advance(1);
  await done;
  expect([served.isAborted, server.counts.failed]).toEqual([true, 1]);
});

test('a peer that does not take its answer is cut', async () => {
  const { system, open } = begin();
  const { asker, served, done } = open();
  served.isFull = true;
  asker.send(frame(bytes('hello')));
  await system.advance(10_000);
  await done;
  expect(served.isAborted).toBe(true);
});

test.each([
  ['says too much', (asker: ByteStreamEnd) => asker.send(new Uint8Array([255, 255, 255, 255]))],
  ['asks twice', (asker: ByteStreamEnd) => asker.send(new Uint8Array([...frame(bytes('a')), ...frame(bytes('b'))]))],
  ['stops in the middle', (asker: ByteStreamEnd) => asker.send(new Uint8Array([0, 0, 0, 9, 1])) && asker.end()],
  ['goes away', (asker: ByteStreamEnd) => asker.abort(new Error('gone'))],
])('a peer that %s is cut at once', async (_, misbehave) => {
  const { server, open } = begin(never);
  const { asker, served, done } = open();
  void misbehave(asker);
  await done;
  expect([served.isAborted, server.counts.failed]).toEqual([true, 1]);
});

test('an asker that gives up frees its place, whatever the handler does', async () => {
  const { open } = begin(never, { mostPerPeer: 1 });
  const first = open();
  first.asker.send(frame(bytes('hello')));
  first.asker.abort(new Error('given up'));
  await first.done;
  const second = open();
  second.asker.send(frame(bytes('hello')));
  expect(second.served.isAborted).toBe(false);
});

test('of too many at a time those that are too many fail, and other peers are served', async () => {
  const { open } = begin(never, { mostPerPeer: 2, mostInAll: 3 });
  const streams = [open('a'), open('a'), open('a'), open('b'), open('c')];
  await Promise.all([streams[2]?.done, streams[4]?.done]);
  expect(streams.map(({ served }) => served.isAborted)).toEqual([false, false, true, false, true]);
});

test('a handler that fails or answers too much fails the asker, without its reason', async () => {
  for (const answer of [
    () => Promise.reject(new Error('secret')),
    async () => new Uint8Array(LARGEST_MESSAGE_BYTES + 1),
  ]) {
    const { asker } = begin(answer).open();
    const failure = await ask(asker, bytes('hello'), { signal: forEver() }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toContain('secret');
  }
});

test('a stop cuts what is being served and serves nobody more', async () => {
  const { server, open } = begin(never);
  const { asker, done } = open();
  asker.send(frame(bytes('hello')));
  server.stop();
  await done;
  const late = open();
  await late.done;
  expect(late.served.isAborted).toBe(true);
});

test('an asker whose answer does not come leaves with its signal’s reason', async () => {
  const { open } = begin(never);
  const { asker } = open();
  const controller = new AbortController();
  const asked = ask(asker, bytes('hello'), { signal: controller.signal });
  controller.abort(new Error('no time'));
  await expect(asked).rejects.toThrow('no time');
  expect(asker.isAborted).toBe(true);
});
