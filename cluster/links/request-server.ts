/**
 * The answering half of requests. Peers may open streams as they like: how many are served at a time, how long each may
 * take and how much it may say is bounded here, and a stream that breaks the bounds is cut without a word on why.
 */
import { deadline, type System } from '../../src/system.ts';
import { LARGEST_MESSAGE_BYTES, type NodeId } from '../transport.ts';
import type { ByteStream } from './byte-stream.ts';
import { FrameError, FrameReader, frame } from './frames.ts';

export interface RequestServerOptions {
  /** At a time; each holds at most one message in memory, and then its answer. */
  readonly mostPerPeer?: number;
  readonly mostInAll?: number;
  /** For the whole question to arrive, and for the whole answer to be taken. */
  readonly transferTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
}

export interface RequestCounts {
  readonly answered: number;
  /** Cut: too many, too large, too slow, or the handler failed. */
  readonly failed: number;
}

export class RequestServer {
  readonly #system: System;
  readonly #answer: (from: NodeId, request: Uint8Array) => Promise<Uint8Array>;
  readonly #options: Required<RequestServerOptions>;
  readonly #served = new Map<NodeId, number>();
  readonly #stopped = new AbortController();
  #servedInAll = 0;
  #answered = 0;
  #failed = 0;

  constructor(
    { system, answer }: { system: System; answer: (from: NodeId, request: Uint8Array) => Promise<Uint8Array> },
    {
      mostPerPeer = 64,
      mostInAll = 256,
      transferTimeoutMs = 10_000,
      answerTimeoutMs = 60_000,
    }: RequestServerOptions = {},
  ) {
    this.#system = system;
    this.#answer = answer;
    this.#options = { mostPerPeer, mostInAll, transferTimeoutMs, answerTimeoutMs };
  }

  get counts(): RequestCounts {
    return { answered: this.#answered, failed: this.#failed };
  }

  /** Resolves when the stream is done with, one way or the other; never rejects. */
  async serve(from: NodeId, stream: ByteStream): Promise<void> {
    const served = this.#served.get(from) ?? 0;
    try {
      this.#stopped.signal.throwIfAborted();
      if (served >= this.#options.mostPerPeer || this.#servedInAll >= this.#options.mostInAll) {
        throw new Error('too many requests at a time');
      }
      this.#count(from, 1);
      try {
        await this.#exchange(from, stream);
      } finally {
        this.#count(from, -1);
      }
      this.#answered += 1;
    } catch {
      // The asker sees its stream break; why is not its business, and whoever failed to answer has said so itself.
      this.#failed += 1;
      stream.abort(new Error('the request failed'));
    }
  }

  /** Cuts what is being served. */
  stop(): void {
    this.#stopped.abort(new Error('the node stops'));
  }

  async #exchange(from: NodeId, stream: ByteStream): Promise<void> {
    const broken = new AbortController();
    const request = readRequest(stream, (cause) => broken.abort(cause));
    const signal = AbortSignal.any([this.#stopped.signal, broken.signal]);
    const { transferTimeoutMs, answerTimeoutMs } = this.#options;
    const asked = await this.#within(transferTimeoutMs, signal, () => request);
    const answer = await this.#within(answerTimeoutMs, signal, () => this.#answer(from, asked));
    if (answer.length > LARGEST_MESSAGE_BYTES) throw new RangeError(`an answer of ${answer.length} bytes is too large`);
    await this.#within(transferTimeoutMs, signal, async (limit) => {
      if (!stream.send(frame(answer))) await stream.drained(limit);
      await stream.end(limit);
    });
  }

  async #within<Value>(
    timeoutMs: number,
    parent: AbortSignal,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    using limit = deadline(this.#system, timeoutMs, parent);
    return await unlessAborted(limit.signal, work(limit.signal));
  }

  #count(from: NodeId, change: 1 | -1): void {
    const served = (this.#served.get(from) ?? 0) + change;
    this.#servedInAll += change;
    if (served > 0) this.#served.set(from, served);
    else this.#served.delete(from);
  }
}

/** `onBroken` also when the whole request is there and its asker goes away before the answer. */
function readRequest(stream: ByteStream, onBroken: (cause: Error) => void): Promise<Uint8Array> {
  const frames = new FrameReader({ largestBytes: LARGEST_MESSAGE_BYTES });
  const request = new Promise<Uint8Array>((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(cause);
      onBroken(cause);
    };
    stream.read({
      onBytes(bytes) {
        try {
          const [asked, ...more] = frames.push(bytes);
          if (more.length > 0 || (asked && frames.isWithinFrame)) throw new FrameError('more than one request');
          if (asked) resolve(asked);
        } catch (cause) {
          fail(cause as FrameError);
        }
      },
      onEnd(cause) {
        if (cause) fail(cause);
        else reject(new FrameError('a request that ends early'));
      },
    });
  });
  request.catch(() => undefined);
  return request;
}

function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
