/**
 * The conversation that keeps a link: each end first says where it can be reached and whom it is linked to, then what
 * changes in that, and something at least every other second. An end that falls silent for some seconds is gone, however
 * open its socket is; time in which this node itself stood still does not count.
 */
import type { System } from '../../src/system.ts';
import type { ByteStream } from './byte-stream.ts';
import { FrameError, FrameReader, frame } from './frames.ts';
import { decodeLinkMessage, encodeLinkMessage, LARGEST_LINK_MESSAGE_BYTES, type LinkMessage } from './link-message.ts';

export interface LinkTalkEvents {
  /** The first one is its greeting. */
  onMessage(message: LinkMessage): void;
  /** Nothing more will be heard. Called once. */
  onEnd(cause: Error): void;
}

/** An empty message. */
const BEAT = frame(new Uint8Array());

export class LinkTalk {
  readonly #system: System;
  readonly #stream: ByteStream;
  readonly #events: LinkTalkEvents;
  readonly #ended = new AbortController();
  #heardMs: number;
  #isFull = false;

  constructor({ system, stream, events }: { system: System; stream: ByteStream; events: LinkTalkEvents }) {
    this.#system = system;
    this.#stream = stream;
    this.#events = events;
    this.#heardMs = system.now().monotonicMs;
    const frames = new FrameReader({ largestBytes: LARGEST_LINK_MESSAGE_BYTES });
    stream.read({
      onBytes: (bytes) => this.#hear(frames, bytes),
      onEnd: (cause) => this.#end(cause ?? new Error('the peer ended the link')),
    });
  }

  /** Bytes came from this peer on some other stream. */
  noteHeard(): void {
    this.#heardMs = this.#system.now().monotonicMs;
  }

  /** This node stood still, so that it could have heard nothing. */
  forgive(stalledMs: number): void {
    this.#heardMs = Math.min(this.#heardMs + stalledMs, this.#system.now().monotonicMs);
  }

  silentForMs(nowMs: number): number {
    return nowMs - this.#heardMs;
  }

  tell(message: LinkMessage): void {
    this.#send(frame(encodeLinkMessage(message)));
  }

  /** Nothing, if the peer has not yet taken what was said before: it would only grow. */
  beat(): void {
    if (!this.#isFull) this.#send(BEAT);
  }

  end(cause: Error): void {
    this.#stream.abort(cause);
    this.#end(cause);
  }

  #hear(frames: FrameReader, bytes: Uint8Array): void {
    this.noteHeard();
    try {
      for (const message of frames.push(bytes)) {
        if (message.length === 0) continue;
        const heard = decodeLinkMessage(message);
        if (!heard) throw new FrameError('a link message that cannot be read');
        this.#events.onMessage(heard);
      }
    } catch (cause) {
      this.end(cause as Error);
    }
  }

  #send(bytes: Uint8Array): void {
    if (this.#ended.signal.aborted) return;
    try {
      if (this.#stream.send(bytes) || this.#isFull) return;
    } catch (cause) {
      this.end(cause as Error);
      return;
    }
    this.#isFull = true;
    void this.#stream.drained(this.#ended.signal).then(
      () => {
        this.#isFull = false;
      },
      // The stream broke, which its reader is told too.
      () => undefined,
    );
  }

  #end(cause: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(cause);
    this.#events.onEnd(cause);
  }
}
