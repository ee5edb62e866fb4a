/** Makes a silence out of a posted body, or the answer that says what is wrong with it; the first problem only. */
import { isValidLabelName, type Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { madeAffordably } from '../../model/matcher-cost.ts';
import { RegexError } from '../../model/regex.ts';
import type { Silence } from '../../model/silence.ts';
import { errorObject, errorText, invalid, VALIDATION } from '../answers.ts';
import type { ApiLimits } from '../options.ts';
import { readInstant } from './instant.ts';

type PostedSilence = Omit<Silence, 'updatedAtMs'>;

/** What go-openapi demands before the handler is asked, in the order it looks. */
const REQUIRED = ['comment', 'createdBy', 'endsAt', 'matchers', 'startsAt'] as const;
const STRINGS = ['id', 'comment', 'createdBy', 'startsAt', 'endsAt'] as const;

class Refused extends Error {
  readonly answer: Response;
  constructor(answer: Response) {
    super('refused');
    this.answer = answer;
  }
}

export function readPostedSilence(posted: unknown, nowMs: number, limits: ApiLimits): PostedSilence | Response {
  try {
    return readSilence(posted, nowMs, limits);
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

function readSilence(posted: unknown, nowMs: number, limits: ApiLimits): PostedSilence {
  if (posted === null) throw new Refused(invalid(VALIDATION.required, 'silence in body is required'));
  const silence = asRecord(posted, 'it');
  for (const field of STRINGS) {
    const value = silence[field];
    if (value !== undefined && value !== null && typeof value !== 'string') throw wrongType(field, 'a string');
  }
  const annotations = readAnnotations(silence.annotations);
  for (const field of REQUIRED) demand(silence, field, `${field} in body is required`);
  const matchers = readMatchers(silence.matchers, limits);

  const startsAt = readTime(silence, 'startsAt');
  const endsAtMs = readTime(silence, 'endsAt') ?? Number.NEGATIVE_INFINITY;
  if ((startsAt ?? Number.NEGATIVE_INFINITY) >= endsAtMs) {
    throw new Refused(errorText(400, 'Failed to create silence: start time must be before end time'));
  }
  if (endsAtMs < nowMs) throw new Refused(errorText(400, "Failed to create silence: end time can't be in the past"));
  return {
    id: readString(silence, 'id'),
    matchers: madeAffordably(() => matchers.map(compileMatcher)),
    startsAtMs: startsAt ?? nowMs,
    endsAtMs,
    createdBy: readString(silence, 'createdBy'),
    comment: readString(silence, 'comment'),
    annotations,
  };
}

interface PostedMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean | undefined;
}

function readMatchers(posted: unknown, limits: ApiLimits): readonly PostedMatcher[] {
  if (!Array.isArray(posted)) throw wrongType('matchers', 'an array');
  if (posted.length === 0) {
    throw new Refused(invalid(VALIDATION.tooFewItems, 'matchers in body should have at least 1 items'));
  }
  if (posted.length > limits.matchersPerSilence) {
    throw new Refused(errorText(400, `invalid silence: at most ${limits.matchersPerSilence} matchers are taken`));
  }
  return posted.map((item, index) => {
    const where = `matchers.${index}`;
    const matcher = asRecord(item, where);
    for (const field of ['isRegex', 'name', 'value']) {
      demand(matcher, field, `${where}.${field} in body is required`);
    }
    const { name, value, isRegex, isEqual } = matcher;
    if (typeof name !== 'string') throw wrongType(`${where}.name`, 'a string');
    if (typeof value !== 'string') throw wrongType(`${where}.value`, 'a string');
    if (typeof isRegex !== 'boolean') throw wrongType(`${where}.isRegex`, 'a boolean');
    if (isEqual !== undefined && isEqual !== null && typeof isEqual !== 'boolean') {
      throw wrongType(`${where}.isEqual`, 'a boolean');
    }
    return { name: name.toWellFormed(), value: value.toWellFormed(), isRegex, isEqual: isEqual ?? undefined };
  });
}

function compileMatcher(posted: PostedMatcher, index: number): Matcher {
  try {
    return Matcher.fromJson(posted);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new Refused(errorText(400, `invalid silence: invalid label matcher ${index}: ${error.message}`));
  }
}

function readAnnotations(posted: unknown): Labels {
  if (posted === undefined || posted === null) return {};
  const annotations: Record<string, string> = {};
  for (const [name, value] of Object.entries(asRecord(posted, 'annotations'))) {
    if (typeof value !== 'string') throw wrongType(`annotations.${name.slice(0, 64)}`, 'a string');
    const wellFormed = name.toWellFormed();
    if (!isValidLabelName(wellFormed, 'utf8')) {
      throw new Refused(
        errorText(400, `invalid silence: invalid annotation name ${JSON.stringify(wellFormed.slice(0, 64))}`),
      );
    }
    annotations[wellFormed] = value.toWellFormed();
  }
  return annotations;
}

/** Undefined if unset. */
function readTime(silence: Record<string, unknown>, field: string): number | undefined {
  const text = readString(silence, field);
  const instant = readInstant(text);
  if (instant === 'unset') return undefined;
  if (instant !== undefined) return instant.ms;
  throw unparsable(`${field} ${JSON.stringify(text.slice(0, 64))} is no RFC 3339 time`);
}

function readString(record: Record<string, unknown>, field: string): string {
  const value = record[field];
  return typeof value === 'string' ? value.toWellFormed() : '';
}

function demand(record: Record<string, unknown>, field: string, message: string): void {
  if (record[field] === undefined || record[field] === null) {
    throw new Refused(invalid(VALIDATION.required, message));
  }
}

function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrongType(where, 'an object');
}

function wrongType(where: string, wanted: string): Refused {
  return unparsable(`${where} is not ${wanted}`);
}

function unparsable(reason: string): Refused {
  return new Refused(errorObject(400, `parsing silence body from "" failed, because ${reason}`));
}
