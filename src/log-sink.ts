/**
 * Where log lines go: a stream whose reader may be slow, stuck or gone, none of which may stop or delay the node. Not
 * pino's own destination: its synchronous form blocks with the reader, and its buffered form hangs at exit once the
 * reader is gone.
 */
import type { Writable } from 'node:stream';
import type { System } from './system.ts';

/** Takes complete lines, each with its line feed. */
export interface LineSink {
  write(line: string): unknown;
}

/** What may wait for a slow reader; beyond it lines are lost, since pages matter more than logs. */
const LARGEST_BACKLOG_BYTES = 16 * 1024 * 1024;

/** `lossLine` makes the line that tells, once there is room again, how many were lost. */
export function streamSink(stream: Writable, lossLine: (lost: number) => string): LineSink {
  let lost = 0;
  // A reader that has gone away ends the log, not the node.
  stream.on('error', () => {});
  return {
    write(line) {
      if (stream.writableLength + line.length > LARGEST_BACKLOG_BYTES) {
        lost++;
        return;
      }
      if (lost > 0) {
        stream.write(lossLine(lost));
        lost = 0;
      }
      stream.write(line);
    },
  };
}

/** Resolves when what was written has left the process, or cannot, or after `withinMs`. For the moment before an exit. */
export async function drained(system: System, stream: Writable, withinMs = 1000): Promise<void> {
  const done = Promise.withResolvers<void>();
  const timer = system.setTimer(withinMs, done.resolve);
  stream.write('', () => done.resolve());
  await done.promise;
  timer.cancel();
}
