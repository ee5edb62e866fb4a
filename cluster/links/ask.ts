/**
 * The asking half of a request: one stream carries one message there and one back. Ends in the whole answer, or in a
 * rejection as soon as the signal aborts, the stream breaks, or the peer does not keep to that.
 */
import { LARGEST_MESSAGE_BYTES } from '../transport.ts';
import type { ByteStream } from './byte-stream.ts';
import { FrameError, FrameReader, frame } from './frames.ts';

/** Rejects with the signal's reason, or with what happened to the stream. The stream is of no use afterwards. */
export async function ask(
  stream: ByteStream,
  request: Uint8Array,
  { signal }: { signal: AbortSignal },
): Promise<Uint8Array> {
  const answer = readAnswer(stream);
  // Whatever fails first is what counts; the other one is heard of by nobody.
  answer.catch(() => undefined);
  const onAbort = () => stream.abort(new Error('the question was given up'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    if (!stream.send(frame(request))) await stream.drained(signal);
    await stream.end(signal);
    return await answer;
  } catch (cause) {
    stream.abort(new Error('the question failed'));
    throw signal.aborted ? signal.reason : cause;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function readAnswer(stream: ByteStream): Promise<Uint8Array> {
  const frames = new FrameReader({ largestBytes: LARGEST_MESSAGE_BYTES });
  return new Promise((resolve, reject) => {
    stream.read({
      onBytes(bytes) {
        try {
          const [answer, ...more] = frames.push(bytes);
          if (more.length > 0) throw new FrameError('more than one answer');
          if (answer) resolve(answer);
        } catch (cause) {
          reject(cause);
          stream.abort(cause as FrameError);
        }
      },
      onEnd: (cause) => reject(cause ?? new Error('the peer gave no answer')),
    });
  });
}
