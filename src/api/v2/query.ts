/** The query parameters of API v2, read as go-openapi reads them. */
import type { Config, ReceiverConfig } from '../../config/config.ts';
import { type Matcher, matchesAll } from '../../model/matcher.ts';
import { isAffordable, madeAffordably, TOO_COSTLY } from '../../model/matcher-cost.ts';
import { MatcherParseError, type MatcherSyntax, parseMatcher } from '../../model/matcher-parser.ts';
import { compileRegex } from '../../model/regex.ts';
import { errorText } from '../answers.ts';
import type { ApiContext } from '../request-body.ts';

const TRUE_WORDS: ReadonlySet<string> = new Set([
  '1',
  't',
  'true',
  'yes',
  'y',
  'on',
  'ok',
  'selected',
  'checked',
  'enabled',
]);

/** Of a parameter given several times the last one counts. */
function lastOf(context: ApiContext, name: string): string {
  return context.req.queries(name)?.at(-1) ?? '';
}

/** Any other text is false; an empty or absent parameter is the default, which is true everywhere. */
export function readFlag(context: ApiContext, name: string): boolean {
  const text = lastOf(context, name);
  return text === '' || TRUE_WORDS.has(text.toLowerCase());
}

export interface MatcherQueryOptions {
  readonly maxFilters: number;
  readonly matcherSyntax: MatcherSyntax;
}

/** The matchers of a repeatable parameter, each of which has to hold exactly one; or the 400 that says which is wrong. */
export function readMatchers(
  context: ApiContext,
  parameter: 'filter' | 'receiver_matchers',
  options: MatcherQueryOptions,
): readonly Matcher[] | Response {
  const texts = context.req.queries(parameter) ?? [];
  if (texts.length > options.maxFilters) {
    return errorText(400, `${texts.length} times ${parameter} is too much; give at most ${options.maxFilters}`);
  }
  try {
    const matchers = madeAffordably(() => texts.map((text) => parseMatcher(text, options.matcherSyntax).matcher));
    return isAffordable(matchers) ? matchers : errorText(400, `bad ${parameter}: ${TOO_COSTLY}`);
  } catch (error) {
    return errorText(400, `bad ${parameter}: ${reasonOf(error)}`);
  }
}

export type ReceiverFilter = (receiver: string) => boolean;

/**
 * Which receivers `receiver` (an anchored regular expression) and `receiver_matchers` (on the receivers' labels) let
 * through; undefined for all of them.
 */
export function readReceiverFilter(
  context: ApiContext,
  config: Config,
  options: MatcherQueryOptions,
): ReceiverFilter | undefined | Response {
  const pattern = lastOf(context, 'receiver');
  const matchers = readMatchers(context, 'receiver_matchers', options);
  if (matchers instanceof Response) return matchers;
  if (pattern === '' && matchers.length === 0) return undefined;
  try {
    const regex = pattern === '' ? undefined : compileRegex(pattern);
    const isAllowed = (receiver: ReceiverConfig) =>
      (regex?.test(receiver.name) ?? true) && matchesAll(matchers, receiver.labels);
    const allowed = new Set(config.receivers.filter(isAllowed).map((receiver) => receiver.name));
    return (receiver) => allowed.has(receiver);
  } catch (error) {
    return errorText(400, `failed to parse receiver param: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error instanceof MatcherParseError || error.name === 'RegexError') return error.message;
  throw error;
}
