/**
 * Speaks to the node this page is from. What goes wrong is one kind of error, a {@link ProblemError}, whose words can be
 * shown as they are; a node that cannot be reached is one as well, with status 0.
 */
import type { Problem } from '../../../src/shapes/terms.ts';
import { base } from '../base.ts';
import { localNow, noteServerTime, within } from '../clock.ts';
import { type Query, queryText } from './query.ts';

export type { Query } from './query.ts';

const LONGEST_WAIT_MS = 30_000;

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** Of HTTP; 0 if there was no answer. */
  readonly status: number;
  readonly detail: string;

  constructor(status: number, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.detail = detail;
  }
}

/** `path` from the root of the UI, such as `api/v3/groups`. Throws {@link ProblemError}, or the signal's reason. */
export async function getAnswer<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await ask('GET', path + queryText(query), undefined, signal)) as T;
}

export interface PostOptions {
  /** What takes long by its nature may take this instead. */
  readonly longestWaitMs?: number;
}

/** Throws {@link ProblemError}, or the signal's reason. */
export async function postAnswer<T>(
  path: string,
  body: unknown,
  signal?: AbortSignal,
  { longestWaitMs = LONGEST_WAIT_MS }: PostOptions = {},
): Promise<T> {
  return (await ask('POST', path, body, signal, longestWaitMs)) as T;
}

/** Throws {@link ProblemError}. */
export async function deleteAnswer(path: string, signal?: AbortSignal): Promise<void> {
  await ask('DELETE', path, undefined, signal);
}

async function ask(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
  longestWaitMs = LONGEST_WAIT_MS,
): Promise<unknown> {
  const sinceMs = localNow();
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(path.replace(/^\//, ''), base), {
      method,
      signal: within(longestWaitMs, signal),
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const isLate = cause instanceof DOMException && cause.name === 'TimeoutError';
    const words = isLate ? `did not answer within ${longestWaitMs / 1000} s` : 'cannot be reached';
    throw new ProblemError(0, `This node ${words}.`, { cause });
  }
  const value = parsed(text);
  if (!response.ok) throw new ProblemError(response.status, wordsOf(value, response, text));
  if (isAnswer(value)) noteServerTime(value.now, localNow() - sinceMs);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is { readonly now: string } {
  return typeof (value as { now?: unknown } | null | undefined)?.now === 'string';
}

/** A password was changed, or what stands before the node forgot who this is. */
const SIGN_IN = 'A name and password are asked for again: load this page anew';
const LONGEST_WORDS = 2_000;

/** API v3 says `detail`, API v2 a bare string or `message`; a proxy in between may say anything. */
function wordsOf(value: unknown, response: Response, text: string): string {
  const said = value as Partial<Problem> & { readonly message?: unknown };
  const words = [value, said?.detail, said?.message].find((each) => typeof each === 'string');
  const isPage = /^\s*</.test(text);
  const isUnsaid = isPage || text === '';
  if (isUnsaid && response.status === 401) return SIGN_IN;
  const fallback = isUnsaid ? `The answer was ${response.status} ${response.statusText}` : text;
  return String(words ?? fallback)
    .slice(0, LONGEST_WORDS)
    .trim();
}
