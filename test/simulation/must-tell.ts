/**
 * Compares what was told with what must be: `1:30 phone: first notification: Down firing`, in any order, each exactly once,
 * nothing else; `1:30+2s` may be told so much later.
 */
import { parseDuration } from '../../src/model/duration.ts';
import { type AttemptHappening, messageText } from './world-event.ts';

type Told = Pick<AttemptHappening, 'place' | 'reason' | 'alerts' | 'node'> & { readonly toldAtMs: number | undefined };

/** One line for each that is missing or too much; empty if all is as it must be. */
export function mustTell(told: readonly Told[], expected: readonly string[]): string[] {
  const left = [...told];
  const missing = expected.filter((line) => {
    const { fromMs, toMs, text } = parse(line);
    const index = left.findIndex((message) => {
      const { toldAtMs = Number.NaN, place } = message;
      return fromMs <= toldAtMs && toldAtMs < toMs && text === `${place}: ${messageText(message)}`;
    });
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [
    ...missing.map((line) => `not told: ${line}`),
    ...left.map(
      (message) =>
        `told: ${clock(message.toldAtMs ?? 0)} ${message.place}: ${messageText(message)}, by ${message.node}`,
    ),
  ];
}

/** To the second: `1:30` is until 1:31. */
function parse(line: string): { fromMs: number; toMs: number; text: string } {
  const {
    minutes,
    seconds,
    late = '0s',
    text = '',
  } = /^(?<minutes>\d+):(?<seconds>\d\d)(\+(?<late>\w+))? (?<text>.*)$/.exec(line)?.groups ?? {};
  const lateMs = parseDuration(late);
  if (minutes === undefined || lateMs === undefined) throw new Error(`not an expectation: ${line}`);
  const fromMs = Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return { fromMs, toMs: fromMs + lateMs + 1_000, text };
}

/** `minutes:seconds` since the world began. */
export function clock(atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
