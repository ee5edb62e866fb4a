/**
 * Answers of API v2 from two servers, made comparable: what a server chooses itself (ids, its own now, its words for a
 * mistake) is replaced by what it stands for, everything else stays.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

export interface ApiAnswer {
  readonly status: number;
  readonly type: string;
  /** Undefined for an empty body; else parsed. */
  readonly body: unknown;
}

/** 0: the connection was closed without an answer. */
export const NO_ANSWER: ApiAnswer = { status: 0, type: '', body: undefined };

export interface ComparableOptions {
  /** About when the server was asked. */
  readonly nowMs: number;
  readonly resolveTimeoutMs: number;
  /** The server's silences, in the order of their creation. */
  readonly silenceIds: readonly string[];
}

/** How far from now an instant of the server's own choice may be. */
const NOW_TOLERANCE_MS = 60_000;

/** What an error says that a client may go by. The rest of its text is anybody's. */
const CONTRACT_WORDS = [
  'start time must be before end time',
  "end time can't be in the past",
  'silence not found',
  'at least one label pair required',
  'invalid label set: invalid name',
  'invalid annotations: invalid name',
  'at least one matcher must not match the empty string',
  'invalid label matcher 0',
  'invalid label matcher 1',
  'invalid label matcher 2',
  'invalid label name',
  'bad matcher format',
  'unescaped double quote',
  'failed to parse receiver param',
  'error parsing regexp',
  'labels in body is required',
  'should have at least 1 items',
] as const;

/** Texts of the framework that are the same to the letter, but for the order of methods. */
const FRAMEWORK_WORDS =
  /^(path .* was not found|method .* is not allowed, but .* are|unsupported media type .*|silenceID in path .*|(\w+|matchers\.\d\.\w+) in body is required|matchers in body .*)$/;

export function comparable({ status, type, body }: ApiAnswer, options: ComparableOptions): ApiAnswer {
  if (status >= 400 || status === 0) return { status, type, body: errorShape(body) };
  return { status, type, body: comparableValue(body, '', options) };
}

function errorShape(body: unknown): unknown {
  if (typeof body === 'string') return { says: contractWords(body) };
  if (typeof body !== 'object' || body === null || !('message' in body)) return body;
  const { message, ...rest } = body;
  const text = String(message);
  if (FRAMEWORK_WORDS.test(text))
    return { ...rest, message: text.replace(/\[[A-Z,]+\]/, sortedList).replace(/uuid: .*/, 'uuid') };
  return { ...rest, message: { says: contractWords(text) } };
}

function contractWords(text: string): readonly string[] {
  return CONTRACT_WORDS.filter((words) => text.includes(words));
}

function sortedList(list: string): string {
  return `[${list.slice(1, -1).split(',').toSorted().join(',')}]`;
}

function comparableValue(value: unknown, key: string, options: ComparableOptions): unknown {
  if (typeof value === 'string') return comparableText(value, key, options);
  if (Array.isArray(value)) {
    const items = value.map((item) => comparableValue(item, key, options));
    // Of two silences of one alert, and of two sources, either may come first.
    return key === 'silencedBy' ? items.toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, comparableValue(item, name, options)]);
  return Object.fromEntries(entries);
}

function comparableText(text: string, key: string, options: ComparableOptions): unknown {
  const { nowMs, resolveTimeoutMs, silenceIds } = options;
  switch (key) {
    case 'id':
    case 'silenceID':
    case 'silencedBy':
      return `silence ${silenceIds.indexOf(text)}`;
    case 'inhibitedBy':
      return 'a source';
    case 'original':
      return parse(text);
    case 'startsAt':
    case 'endsAt':
    case 'updatedAt':
    case 'uptime': {
      const apartMs = Date.parse(text) - nowMs;
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/.test(text)) return `${text} (in another form)`;
      if (Math.abs(apartMs) < NOW_TOLERANCE_MS) return 'now';
      return Math.abs(apartMs - resolveTimeoutMs) < NOW_TOLERANCE_MS ? 'now + resolve_timeout' : text;
    }
    default:
      return text;
  }
}

/** The places in which two comparable answers differ, with what stands there; as many as fit on a page. */
export function differingPlaces(theirs: unknown, ours: unknown, place = 'answer'): readonly string[] {
  if (isDeepStrictEqual(theirs, ours)) return [];
  if (!isObject(theirs) || !isObject(ours)) return [`${place}: theirs ${excerpt(theirs)}, ours ${excerpt(ours)}`];
  const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...keys].flatMap((key) => differingPlaces(theirs[key], ours[key], `${place}.${key}`)).slice(0, 10);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function excerpt(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
