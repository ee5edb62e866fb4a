/**
 * When a silence begins and ends, from what somebody types: `2h`, `until tomorrow 9:00`, `from 22:00 until 6:00`. What is
 * understood always ends after now and after it begins; what is not is answered with what would be. A day here is the
 * calendar's in words (`until monday`) and 24 hours in durations (`2d`), as in Prometheus.
 */
import { durationMs } from './duration-input.ts';
import { MOMENT_EXAMPLES, moment } from './moment-input.ts';

export interface TimeSpan {
  /** Undefined: it begins at once. */
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number;
  /** The end hangs on when it begins, and moves on while the form is open. */
  readonly isDuration: boolean;
}

export interface TimeProblem {
  readonly problem: string;
}

export interface TimeContext {
  readonly nowMs: number;
  /** IANA name of the zone in which clock times are meant. */
  readonly zone: string;
}

const LONGEST_INPUT = 120;
/** Beyond, four digits do not hold the year. */
const LATEST_MS = Date.UTC(9999, 11, 31);
const UNDERSTOOD = `Write how long, such as 2h, 1h 30m or 3 days, or until when, such as ${MOMENT_EXAMPLES}.`;

export function readTimeInput(text: string, context: TimeContext): TimeSpan | TimeProblem {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[\s,]+/g, ' ')
    .replace(/ from now$/, '');
  if (words === '') return { problem: UNDERSTOOD };
  if (words.length > LONGEST_INPUT) return { problem: `That is too long to be a time. ${UNDERSTOOD}` };
  if (/^\d+$/.test(words)) return { problem: `${words} what? Write ${words} min, ${words} h, or until ${words}:00.` };
  const { start, end } = split(words);
  const startsAt = start === undefined ? undefined : startOf(start, context);
  if (startsAt !== undefined && 'problem' in startsAt) return startsAt;
  const fromMs = startsAt?.ms ?? context.nowMs;
  const endsAt = endOf(end, { ...context, fromMs });
  if ('problem' in endsAt) return endsAt;
  if (endsAt.ms > LATEST_MS) return { problem: 'That is too far away.' };
  if (endsAt.ms <= context.nowMs) return { problem: 'That is already over.' };
  if (endsAt.ms <= fromMs) return { problem: 'It would end before it begins.' };
  return { startsAtMs: startsAt?.ms, endsAtMs: endsAt.ms, isDuration: endsAt.isDuration };
}

interface Parts {
  readonly start: string | undefined;
  readonly end: { readonly kind: 'for' | 'until' | 'either'; readonly text: string };
}

const UNTIL = '(?:until|till|til|to|through)';

/** Which words say the beginning and which the end. */
function split(words: string): Parts {
  const fromWords = words.replace(/^(?:from|starting|start) /, '');
  const isFrom = fromWords !== words;
  const two = new RegExp(`^(.+?) (?:${UNTIL}|(for)|[-–]) (.+)$`).exec(fromWords);
  if (two !== null) {
    const [, start = '', isFor, text = ''] = two;
    return { start, end: { kind: isFor === undefined ? 'until' : 'for', text } };
  }
  if (isFrom) return { start: fromWords, end: { kind: 'until', text: '' } };
  const one = new RegExp(`^(?:${UNTIL}|(for|in)) (.+)$`).exec(words);
  if (one === null) return { start: undefined, end: { kind: 'either', text: words } };
  const [, isFor, text = ''] = one;
  return { start: undefined, end: { kind: isFor === undefined ? 'until' : 'for', text } };
}

type Found = { readonly ms: number; readonly isDuration: boolean };

function startOf(text: string, context: TimeContext): Found | undefined | TimeProblem {
  if (text === 'now') return undefined;
  const waitMs = text.startsWith('in ') ? durationMs(text.slice(3)) : undefined;
  if (waitMs !== undefined) return { ms: context.nowMs + waitMs, isDuration: true };
  const found = moment(text, { ...context, fromMs: context.nowMs, isHourEnough: true });
  if (found === undefined) return { problem: `“${text}” is no beginning. Write it as ${MOMENT_EXAMPLES}.` };
  if (found <= context.nowMs) return { problem: `“${text}” is already past.` };
  return { ms: found, isDuration: false };
}

function endOf({ kind, text }: Parts['end'], context: TimeContext & { readonly fromMs: number }): Found | TimeProblem {
  if (text === '') return { problem: 'And until when? Go on with until 6:00, or for 2h.' };
  if (kind !== 'until') {
    const forMs = durationMs(text);
    if (forMs === 0) return { problem: 'That is no time at all.' };
    if (forMs !== undefined) return { ms: context.fromMs + forMs, isDuration: true };
    if (kind === 'for') return { problem: `“${text}” is no duration. Write it as 2h, 1h 30m, 90 min or 3 days.` };
  }
  const ms = moment(text, { ...context, isHourEnough: kind === 'until' });
  if (ms !== undefined)
    return ms > context.nowMs ? { ms, isDuration: false } : { problem: `“${text}” is already past.` };
  if (kind === 'until') return { problem: `“${text}” is no time. Write it as ${MOMENT_EXAMPLES}.` };
  return { problem: `“${text}” is not understood. ${UNDERSTOOD}` };
}
